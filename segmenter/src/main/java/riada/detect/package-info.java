/** From the detector's maps to what the mask decoder is asked. */
package riada.detect;
