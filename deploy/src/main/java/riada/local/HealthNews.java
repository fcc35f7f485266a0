package riada.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.dashboard.News;

/**
 * Tells the page how the services beside it are: looks once a second, on a thread of its own, and
 * says what has changed.
 */
final class HealthNews implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HealthNews.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final LocalSystem system;
  private final Page page;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "riada-health");
            thread.setDaemon(true);
            return thread;
          });
  private List<News> told = List.of(); // the clock's thread alone

  /** Where the news go; returns when they have arrived. */
  @FunctionalInterface
  interface Page {
    void accept(List<News> news) throws InterruptedException;
  }

  HealthNews(LocalSystem system, Page page) {
    this.system = system;
    this.page = page;
    clock.scheduleWithFixedDelay(this::look, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whatever goes wrong is said and tried again: the clock drops a task that throws. */
  private void look() {
    try {
      tell();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } catch (RuntimeException e) {
      log.error("The page was not told how the services are; trying again.", e);
    }
  }

  private void tell() throws InterruptedException {
    List<News> now = new ArrayList<>();
    now.add(new News.DeviceWarning(system.deviceWarning().orElse("")));
    for (LocalSystem.ServiceState service : system.services()) {
      now.add(new News.ServiceHealth(service.name(), service.isWorking(), service.words()));
    }
    if (!now.equals(told)) {
      page.accept(now);
      told = now;
    }
  }

  /** Ends at once, also while the page does not take the news because it is being closed. */
  @Override
  public void close() {
    clock.shutdownNow();
  }
}
