/**
 * Fine-tuning of a model's mask decoder on labelled pictures: encoder, detector and prompt encoder
 * stay as they are.
 */
package riada.finetune;
