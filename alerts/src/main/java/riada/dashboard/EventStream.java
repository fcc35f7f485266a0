package riada.dashboard;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.buffer.Buffer;
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

  private static final int CHUNK_BYTES = 32 << 10;

  private final HttpServerResponse response;
  private final LiveState state;
  private final Counter coalesced;
  private final Set<Key> pending = new LinkedHashSet<>();
  private long queued; // bytes handed to the connection that it has not sent yet
  private Buffer opening = Buffer.buffer(); // what was known at the start; all streams share it
  private int opened; // how much of that is written

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
    String status = state.status().encode();
    opening = state.known();
    write(Buffer.buffer("data: {\"status\":" + status + ",\"type\":\"snapshot\","));
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
    if (pending.isEmpty() && isOpen() && queued < QUEUE_BYTES) {
      event(new JsonObject().put("type", "heartbeat").put("now", now));
    }
  }

  private boolean isOpen() {
    return opened == opening.length();
  }

  private void flush() {
    while (!isOpen() && queued < QUEUE_BYTES) {
      int from = opened;
      opened = Math.min(opening.length(), from + CHUNK_BYTES);
      Buffer chunk = opening.slice(from, opened);
      if (isOpen()) { // its end goes in the same write, for a write may come back here
        chunk = Buffer.buffer().appendBuffer(chunk).appendString("\n\n");
        opening = Buffer.buffer(); // let go of, before the next one is encoded
        opened = 0;
      }
      write(chunk);
    }
    while (isOpen() && !pending.isEmpty() && queued < QUEUE_BYTES) {
      Key key = pending.iterator().next(); // a write may come back here: no iterator is kept
      pending.remove(key);
      event(state.event(key));
    }
  }

  private void event(JsonObject event) {
    write(Buffer.buffer("data: " + event.encode() + "\n\n"));
  }

  private void write(Buffer bytes) {
    queued += bytes.length();
    response
        .write(bytes)
        .onSuccess(
            sent -> {
              queued -= bytes.length();
              flush();
            });
    // A failed write means that the browser left; the close handler takes this stream away.
  }
}
