/** The {@code riada} command: one class a verb, each a few lines that call the module. */
package riada.cli;
