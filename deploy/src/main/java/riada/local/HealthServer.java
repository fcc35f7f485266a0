package riada.local;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** Answers {@code /health} (200, or 503 while a service does not work) and {@code /metrics}. */
final class HealthServer implements AutoCloseable {
  private final LocalSystem system;
  private final Vertx vertx = Vertx.vertx();

  HealthServer(LocalSystem system) {
    this.system = system;
  }

  /**
   * @return the port it listens on
   */
  int listen(String host, int port) throws IOException, InterruptedException {
    try {
      HttpServer server =
          vertx
              .createHttpServer()
              .requestHandler(this::answer)
              .listen(port, host)
              .toCompletionStage()
              .toCompletableFuture()
              .get();
      return server.actualPort();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) { // taken, or no address of this machine
        throw new IOException(
            "Port "
                + port
                + " of "
                + host
                + " cannot be listened on ("
                + String.valueOf(failed.getMessage()).strip()
                + "); choose another with --port (0 takes any free one), or another --host.",
            failed);
      }
      throw new IllegalStateException("the health server does not start", e.getCause());
    }
  }

  private void answer(HttpServerRequest request) {
    switch (request.path()) {
      case "/health" -> {
        boolean working = system.isWorking();
        request
            .response()
            .setStatusCode(working ? 200 : 503)
            .putHeader("Content-Type", "application/json")
            .end(
                new JsonObject()
                    .put("status", working ? "up" : "down")
                    .put("health", system.health())
                    .put("device_warning", system.deviceWarning().orElse(""))
                    .encode());
      }
      case "/metrics" ->
          request
              .response()
              .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
              .end(system.scrape());
      default -> request.response().setStatusCode(404).end();
    }
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }
}
