/**
 * Promptable segmentation with the Segment Anything architecture: a picture becomes an embedding,
 * an embedding and prompts become masks.
 */
package riada.sam;
