package riada.ingest;

import java.awt.image.BufferedImage;
import riada.geo.Bounds;

/**
 * A picture that lies on the earth: its pixels are evenly spaced in longitude and latitude.
 *
 * @param name the scene's name in published tiles
 * @param image any size and colour model; read only
 * @param bounds the outer edges of its outer pixels
 */
public record Scene(String name, BufferedImage image, Bounds bounds) {}
