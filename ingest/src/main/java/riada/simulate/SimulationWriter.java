package riada.simulate;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import riada.geo.TileId;
import riada.ingest.JpegEncoder;
import riada.mask.Mask;
import riada.proto.BadInput;
import riada.proto.Pictures;

/**
 * Writes simulated tiles with their truth as PNG files of the same name in four folders: {@code
 * image} (as a reader of the published JPEG sees it), {@code mask} (255 where there is water),
 * {@code cloud} (0 clear, 127 shadow, 255 cloud) and {@code objects} (a number for each object).
 * Names are {@code <scenario>-<seed>-<pass>-<z>-<x>-<y>}. Owned by one thread.
 */
public final class SimulationWriter implements AutoCloseable {
  /** Tiles of one seed, and the passes from which they are taken. */
  public static final int TILES_A_SEED = 8;

  private static final int PASSES = 32;
  private static final int SIZE = TileGround.SIZE;

  private final Path folder;
  private final JpegEncoder jpeg = new JpegEncoder();
  private final BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);

  /** Creates the folders. */
  public SimulationWriter(Path folder) throws IOException {
    this.folder = folder;
    for (String kind : new String[] {"image", "mask", "cloud", "objects"}) {
      Files.createDirectories(folder.resolve(kind));
    }
  }

  /**
   * Writes {@value #TILES_A_SEED} tiles of a world of 2 x 2, each tile at two times. Half of them
   * lie under a sky of their own, so that cloud of every density is among them.
   *
   * @return how many tiles were written
   */
  public int write(Scenario scenario, int seed) throws IOException {
    World world = new World(seed, Simulation.NORTH_WEST, 2, 2, scenario);
    TilePainter painter = new TilePainter(world);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < TILES_A_SEED; i++) {
      TileId tile = world.tiles().get(i / 2);
      int pass = PASSES / 2 * (i % 2) + random.nextInt(PASSES / 2);
      Moment moment = scenario.at(seed, (pass + 0.5) / PASSES);
      if (random.nextBoolean()) {
        moment = moment.under((float) random.nextDouble(0, 0.65), moment.bank());
      }
      String name =
          String.format(
              Locale.ROOT,
              "%s-%d-%d-%d-%d-%d.png",
              scenario.name().toLowerCase(Locale.ROOT),
              seed,
              pass,
              tile.z(),
              tile.x(),
              tile.y());
      painter.paint(tile, moment, picture);
      save(decoded(), "image", name);
      Truth truth = painter.truth(tile, moment);
      save(grey(truth.water(), 255, truth.water(), 255), "mask", name);
      save(grey(truth.cloud(), 255, truth.shadow(), 127), "cloud", name);
      save(grey(truth.objects()), "objects", name);
    }
    return TILES_A_SEED;
  }

  private BufferedImage decoded() {
    try {
      return Pictures.read("a simulated tile", jpeg.encode(picture), TileGround.CELLS);
    } catch (BadInput e) {
      throw new IllegalStateException("our own JPEG cannot be read", e);
    }
  }

  private static BufferedImage grey(Mask upper, int value, Mask lower, int other) {
    byte[] cells = new byte[TileGround.CELLS];
    for (int at = 0; at < cells.length; at++) {
      int x = at % SIZE;
      int y = at / SIZE;
      cells[at] = (byte) (upper.get(x, y) ? value : lower.get(x, y) ? other : 0);
    }
    return grey(cells);
  }

  private static BufferedImage grey(byte[] cells) {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
    byte[] data = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    System.arraycopy(cells, 0, data, 0, cells.length);
    return image;
  }

  private void save(BufferedImage image, String kind, String name) throws IOException {
    Path file = folder.resolve(kind).resolve(name);
    if (!ImageIO.write(image, "png", file.toFile())) {
      throw new IOException("no PNG writer for " + file);
    }
  }

  @Override
  public void close() {
    jpeg.close();
  }
}
