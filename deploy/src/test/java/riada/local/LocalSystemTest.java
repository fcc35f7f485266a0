package riada.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one service that fails does to the others: nothing. */
@Timeout(30)
class LocalSystemTest {
  private final LocalSystem system =
      new LocalSystem(Cluster.plain("127.0.0.1:1"), Clock.systemUTC());

  @Test
  void aServiceThatDoesNotStopKeepsNoOtherRunning() {
    List<String> stopped = new ArrayList<>();
    system.opened(() -> stopped.add("first"));
    system.opened(
        () -> {
          throw new IOException("stuck");
        });
    system.opened(() -> stopped.add("last"));

    assertThatThrownBy(system::close)
        .isInstanceOf(IllegalStateException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

    assertThat(stopped).containsExactly("last", "first");
  }

  @Test
  void anAddressThatIsNoneIsASentence() {
    assertThatThrownBy(() -> system.startHealth("nowhere.invalid", 0))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Port 0 of nowhere.invalid cannot be listened on (")
        .hasMessageEndingWith("or another --host.");
    system.close();
  }

  @Test
  void thePageIsToldAgainAfterItFailedToListen() {
    AtomicInteger told = new AtomicInteger();
    HealthNews.Page page =
        news -> {
          if (told.incrementAndGet() == 1) {
            throw new IllegalStateException("not yet");
          }
        };

    HealthNews news = new HealthNews(system, page);

    try {
      await().atMost(Duration.ofSeconds(20)).until(() -> told.get() == 2);
    } finally {
      news.close();
    }
  }
}
