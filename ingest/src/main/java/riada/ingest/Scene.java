package riada.ingest;

import java.awt.image.BufferedImage;
import riada.geo.Bounds;

/**
 * A picture that lies on the earth: its pixels are evenly spaced in longitude and latitude.
 *
 * @param name the scene's name in published tiles
 * @param image of any size, in colours as {@link riada.proto.Pictures#read} gives them: Java would
 *     brighten the samples of a grey picture; read only
 * @param bounds the outer edges of its outer pixels
 */
public record Scene(String name, BufferedImage image, Bounds bounds) {}
