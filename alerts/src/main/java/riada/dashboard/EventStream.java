package riada.dashboard;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * One browser's stream of Server-Sent Events. A browser that reads too slowly costs one key for
 * each thing that changed, never a queue of events: when it reads on, it gets each thing as it
 * stands then. Owned by the event loop.
 */
final class EventStream {
  /** What may wait in the connection before events are held back, in bytes. */
  static final int QUEUE_BYTES = 256 << 10;

  private final HttpServerResponse response;
  private final LiveState state;
  private final Counter coalesced;
  private final Set<Key> pending = new LinkedHashSet<>();
  private long queued; // characters handed to the connection that it has not sent yet

  EventStream(HttpServerResponse response, LiveState state, Counter coalesced) {
    this.response = response;
    this.state = state;
    this.coalesced = coalesced;
  }

  /** Sends the headers and everything that is known. */
  void open() {
    response.setChunked(true);
    response.putHeader("Content-Type", "text/event-stream");
    response.putHeader("Cache-Control", "no-store");
    write(state.snapshot().put("type", "snapshot"));
  }

  /** Tells the browser of a change, now or as soon as it reads on. */
  void changed(Key key) {
    if (!pending.add(key)) {
      coalesced.increment();
    }
    flush();
  }

  /** A sign of life that the page can see, so that it notices a connection which hangs. */
  void heartbeat(String now) {
    if (pending.isEmpty() && queued < QUEUE_BYTES) {
      write(new JsonObject().put("type", "heartbeat").put("now", now));
    }
  }

  /** How many things wait for this browser. */
  int backlog() {
    return pending.size();
  }

  private void flush() {
    while (!pending.isEmpty() && queued < QUEUE_BYTES) {
      Key key = pending.iterator().next(); // a write may come back here: no iterator is kept
      pending.remove(key);
      write(state.event(key));
    }
  }

  private void write(JsonObject event) {
    String text = "data: " + event.encode() + "\n\n";
    queued += text.length();
    response
        .write(text)
        .onSuccess(
            sent -> {
              queued -= text.length();
              flush();
            });
    // A failed write means that the browser left; the close handler takes this stream away.
  }
}
