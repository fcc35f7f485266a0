package riada.dashboard;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Iterator;
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

  EventStream(HttpServerResponse response, LiveState state, Counter coalesced) {
    this.response = response;
    this.state = state;
    this.coalesced = coalesced;
  }

  /** Sends the headers and everything that is known. */
  void open() {
    response.setChunked(true).setWriteQueueMaxSize(QUEUE_BYTES);
    response.putHeader("Content-Type", "text/event-stream");
    response.putHeader("Cache-Control", "no-store");
    response.drainHandler(drained -> flush());
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
    if (pending.isEmpty() && !response.writeQueueFull()) {
      write(new JsonObject().put("type", "heartbeat").put("now", now));
    }
  }

  /** How many things wait for this browser. */
  int backlog() {
    return pending.size();
  }

  private void flush() {
    Iterator<Key> keys = pending.iterator();
    while (keys.hasNext() && !response.writeQueueFull()) {
      Key key = keys.next();
      keys.remove();
      write(state.event(key));
    }
  }

  private void write(JsonObject event) {
    // A failed write means that the browser left; the close handler takes this stream away.
    response.write("data: " + event.encode() + "\n\n");
  }
}
