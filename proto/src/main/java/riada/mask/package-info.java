/** Bit masks on a tile's cells and their run-length codec. */
package riada.mask;
