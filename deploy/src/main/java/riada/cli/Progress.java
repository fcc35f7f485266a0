package riada.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** How far a long command is: a bar on stderr where that is a terminal, else nothing. */
final class Progress implements AutoCloseable {
  private final @Nullable ProgressBar bar;

  Progress(String of, int all) {
    bar =
        Boolean.getBoolean("riada.terminal") // bin/riada looks whether stderr is one
            ? new ProgressBarBuilder()
                .setTaskName(of)
                .setInitialMax(all)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build()
            : null;
  }

  void stepTo(int done) {
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
