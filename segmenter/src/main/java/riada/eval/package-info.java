/** How good masks are. */
package riada.eval;
