/** A flood on synthetic terrain with exact truth: for drills, the demo, tests and training. */
package riada.simulate;
