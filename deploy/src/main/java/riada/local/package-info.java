/** The embedded broker and the demo: the whole system on one machine. */
package riada.local;
