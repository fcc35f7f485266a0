/** Scenes become tiles on the grid, and tiles become records. */
package riada.ingest;
