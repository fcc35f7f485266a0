package riada.ingest;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes tiles as JPEG, the same bytes for the same pixels. Owned by one thread. */
public final class JpegEncoder implements AutoCloseable {
  /** At 0.85 a 512 px tile is 50 to 150 kB, and water's edge keeps its place. */
  public static final float QUALITY = 0.85f;

  private final ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
  private final ImageWriteParam settings = writer.getDefaultWriteParam();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 17);

  public JpegEncoder() {
    settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    settings.setCompressionQuality(QUALITY);
  }

  /**
   * @param image without alpha
   */
  public byte[] encode(BufferedImage image) {
    bytes.reset();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be written", e);
    } finally {
      writer.setOutput(null);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    writer.dispose();
  }
}
