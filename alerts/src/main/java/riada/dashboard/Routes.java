package riada.dashboard;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import riada.cap.CapFeed;
import riada.geo.TileId;
import riada.proto.Alert;
import riada.proto.BadInput;
import riada.proto.Picture;

/** What the dashboard answers to which path. Reads the state on the event loop that owns it. */
final class Routes {
  private static final Logger log = LoggerFactory.getLogger(Routes.class);

  /** Everything comes from here, and nobody may frame the page or guess at content types. */
  static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Browsers that may watch at once. */
  static final int MAX_STREAMS = 200;

  private static final long OVERLAY_CACHE_BYTES = 32L << 20;

  private final Vertx vertx;
  private final LiveState state;
  private final Set<EventStream> streams;
  private final PrometheusMeterRegistry metrics;
  private final Counter coalesced;
  private final boolean loopback;
  private final BoundedBytes<String, Buffer> overlays =
      new BoundedBytes<>(OVERLAY_CACHE_BYTES, Buffer::length);

  Routes(
      Vertx vertx,
      LiveState state,
      Set<EventStream> streams,
      PrometheusMeterRegistry metrics,
      Counter coalesced,
      boolean loopback) {
    this.loopback = loopback;
    this.vertx = vertx;
    this.state = state;
    this.streams = streams;
    this.metrics = metrics;
    this.coalesced = coalesced;
  }

  Router router() {
    Router router = Router.router(vertx);
    router.route().handler(this::guard);
    router.get("/api/state").handler(this::snapshot);
    router.get("/api/stream").handler(this::stream);
    router.get("/overlay/:layer/:z/:x/:file").handler(this::overlay);
    router.get("/picture/:z/:x/:y").handler(this::picture);
    router.get("/" + CapFeed.PATH).handler(this::feed);
    router.get("/cap/:file").handler(this::cap);
    router.get("/health").handler(this::health);
    router.get("/metrics").handler(this::metrics);
    // Asked for by browsers that open an answer which is no page.
    router.get("/favicon.ico").handler(c -> c.reroute("/icon.svg"));
    router
        .get("/webjars/*")
        .handler(
            StaticHandler.create("META-INF/resources/webjars")
                .setDirectoryListing(false)
                .setMaxAgeSeconds(86_400));
    router
        .get("/*")
        .handler(StaticHandler.create("web").setDirectoryListing(false).setMaxAgeSeconds(0));
    router.route().last().handler(c -> refuse(c, 404, "There is nothing at this path."));
    router.route().failureHandler(this::failed);
    return router;
  }

  /** Only reading, only without a body, and never without the headers that keep browsers strict. */
  private void guard(RoutingContext c) {
    c.response()
        .putHeader("Content-Security-Policy", CONTENT_POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin");
    HttpMethod method = c.request().method();
    String length = c.request().getHeader(HttpHeaders.CONTENT_LENGTH);
    boolean body =
        (length != null && !length.equals("0"))
            || c.request().getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
    if (loopback && !isLocal(c.request().authority())) {
      refuse(c, 421, "This dashboard answers to localhost only; open it as http://localhost.");
    } else if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
      c.response().putHeader("Allow", "GET, HEAD");
      if (c.request().version() != HttpVersion.HTTP_2) { // which knows no such header
        c.response().putHeader("Connection", "close");
      }
      refuse(c, 405, "The dashboard only answers GET.");
    } else if (body) {
      // The body is never read, so the connection cannot be used again.
      c.response().endHandler(sent -> c.request().connection().close());
      refuse(c, 413, "A request to the dashboard has no body.");
    } else {
      c.next();
    }
  }

  /** Another name that leads here is a stranger's page which had its name point at this machine. */
  private static boolean isLocal(@Nullable HostAndPort asked) {
    return asked == null
        || asked.host().equalsIgnoreCase("localhost")
        || asked.host().startsWith("127.") && asked.host().matches("[0-9.]+")
        || asked.host().equals("::1")
        || asked.host().equals("[::1]");
  }

  private void snapshot(RoutingContext c) {
    c.response().putHeader("Cache-Control", "no-store");
    c.response()
        .putHeader("Content-Type", "application/json")
        .end(
            Buffer.buffer("{\"status\":" + state.status().encode() + ",")
                .appendBuffer(state.known()));
  }

  private void stream(RoutingContext c) {
    if (streams.size() >= MAX_STREAMS) {
      refuse(c, 503, MAX_STREAMS + " browsers watch already; close one and try again.");
      return;
    }
    EventStream stream = new EventStream(c.response(), state, coalesced);
    streams.add(stream);
    c.response().closeHandler(closed -> streams.remove(stream));
    c.response().exceptionHandler(broken -> streams.remove(stream));
    stream.open();
  }

  private void overlay(RoutingContext c) {
    Optional<Layer> named = Layer.of(c.pathParam("layer"));
    String file = c.pathParam("file");
    if (named.isEmpty() || !file.endsWith(".png")) {
      refuse(c, 400, "Overlays are /overlay/flood|stale|reference|unknown/z/x/y.png.");
      return;
    }
    Layer layer = named.get();
    TileId tile = tile(c, file.substring(0, file.length() - ".png".length()));
    if (tile == null) {
      return;
    }
    News.GroundSeen seen = state.ground(tile);
    News.Cover cover = seen == null ? null : seen.covers().get(layer);
    if (cover == null) {
      if (c.queryParam("v").isEmpty()) {
        refuse(c, 404, "No " + layer.id() + " is known on tile " + tile + ".");
      } else { // it was there a moment ago, and the page is about to hear that it is gone: no error
        c.response().setStatusCode(204).putHeader("Cache-Control", "no-store").end();
      }
      return;
    }
    String version = cover.version();
    String key = layer.id() + version;
    Buffer held = overlays.get(key);
    if (held != null) {
      image(c, "image/png", version, held);
      return;
    }
    vertx
        .executeBlocking(() -> Buffer.buffer(OverlayPng.render(cover.runs(), layer.rgb())), false)
        .onSuccess(
            png -> {
              overlays.put(key, png);
              image(c, "image/png", version, png);
            })
        .onFailure(c::fail);
  }

  private void picture(RoutingContext c) {
    TileId tile = tile(c, c.pathParam("y"));
    if (tile == null) {
      return;
    }
    News.PictureSeen seen = state.picture(tile);
    if (seen == null) {
      if (c.queryParam("v").isEmpty()) {
        refuse(c, 404, "No picture of tile " + tile + " is held.");
      } else { // likewise
        c.response().setStatusCode(204).putHeader("Cache-Control", "no-store").end();
      }
      return;
    }
    String type = seen.format() == Picture.Format.JPEG ? "image/jpeg" : "image/png";
    image(c, type, seen.version(), Buffer.buffer(seen.data().toByteArray()));
  }

  private void feed(RoutingContext c) {
    c.response()
        .putHeader("Content-Type", "application/atom+xml; charset=utf-8")
        .putHeader("Cache-Control", "no-cache")
        .end(CapFeed.xml(state.newestAlerts()));
  }

  /** The alert's own CAP document, under the name that the feed gives it. */
  private void cap(RoutingContext c) {
    String file = c.pathParam("file");
    Alert alert = file.endsWith(".xml") ? state.alert(file.substring(0, file.length() - 4)) : null;
    if (alert == null || alert.getCapXml().isEmpty()) {
      refuse(c, 404, "No CAP document of that alert is held; /cap.atom names those there are.");
      return;
    }
    c.response()
        .putHeader("Content-Type", "application/cap+xml; charset=utf-8")
        .putHeader("Cache-Control", "no-cache")
        .end(alert.getCapXml());
  }

  /** Content under its own version never changes; under another it may not be kept. */
  private static void image(RoutingContext c, String type, String version, Buffer bytes) {
    boolean exact = c.queryParam("v").contains(version);
    c.response()
        .putHeader("Content-Type", type)
        .putHeader("Cache-Control", exact ? "max-age=3600, immutable" : "no-store")
        .end(bytes);
  }

  private void health(RoutingContext c) {
    boolean up = state.isHealthy();
    c.response().setStatusCode(up ? 200 : 503).putHeader("Cache-Control", "no-store");
    json(c, state.status().put("status", up ? "up" : "down").put("browsers", streams.size()));
  }

  private void metrics(RoutingContext c) {
    vertx
        .executeBlocking(metrics::scrape, false)
        .onSuccess(
            text ->
                c.response()
                    .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                    .end(text))
        .onFailure(c::fail);
  }

  private @Nullable TileId tile(RoutingContext c, String y) {
    try {
      return TileId.parse(c.pathParam("z") + "/" + c.pathParam("x") + "/" + y);
    } catch (BadInput e) {
      refuse(c, 400, e.reason());
      return null;
    }
  }

  /** What a handler threw or another part of the router refused, as a sentence and no more. */
  private void failed(RoutingContext c) {
    if (c.response().headWritten()) {
      c.response().reset();
      return;
    }
    int status = c.statusCode() < 400 ? 500 : c.statusCode();
    if (status >= 500) {
      log.error("failed on {}", c.request().path(), c.failure());
    }
    refuse(
        c,
        status,
        status >= 500
            ? "The dashboard failed on this request; its log says why."
            : "The dashboard cannot use this request.");
  }

  private static void json(RoutingContext c, JsonObject body) {
    c.response().putHeader("Content-Type", "application/json").end(body.encode());
  }

  private static void refuse(RoutingContext c, int status, String sentence) {
    c.response().setStatusCode(status).putHeader("Cache-Control", "no-store");
    json(c, new JsonObject().put("error", sentence));
  }
}
