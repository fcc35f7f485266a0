/**
 * Masks become ground, statistics and alerts: {@link riada.stream.FloodTopology} shows the way,
 * {@link riada.stream.StreamService} runs it.
 */
package riada.stream;
