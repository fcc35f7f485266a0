package riada.cli;

import org.jspecify.annotations.Nullable;

/** How far a command of several stages is: one {@link Progress} after the other. */
final class StageProgress implements AutoCloseable {
  private String stage = "";
  private @Nullable Progress bar;

  /**
   * @param all of the stage; -1 when that is not known
   */
  void at(String of, int done, int all) {
    if (bar == null || !of.equals(stage)) {
      close();
      stage = of;
      bar = new Progress(of, all);
    }
    bar.stepTo(done);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
