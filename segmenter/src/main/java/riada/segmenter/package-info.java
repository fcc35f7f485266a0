/**
 * Tiles become water masks: the way of one tile through the model, and the worker that reads tiles
 * from Kafka.
 */
package riada.segmenter;
