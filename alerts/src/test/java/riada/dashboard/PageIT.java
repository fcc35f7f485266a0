package riada.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.BoundingBox;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.geo.TileId;
import riada.mask.Mask;
import riada.proto.Alert;
import riada.proto.Observation;
import riada.proto.PassRef;
import riada.proto.Picture;
import riada.proto.Region;
import riada.proto.RegionState;
import riada.proto.Topics;
import riada.proto.Visibility;

/** The page in a real browser, fed through the verticle; screenshots land in target/page. */
@Timeout(120)
class PageIT {
  private static final Path SHOTS = Path.of("target", "page");
  private static final InstantSource CLOCK = Clock.systemUTC();
  private static final TileId TILE = new TileId(14, 8183, 5448);

  /** Made once: it takes longer than all that is done with it. */
  private static final List<News> FLOODED = flooded(CLOCK.instant().minus(Duration.ofMinutes(4)));

  private static Playwright playwright;
  private static Browser browser;

  private final List<String> complaints = new ArrayList<>();
  private Vertx vertx;
  private DashboardVerticle dashboard;
  private Page page;

  @BeforeAll
  static void openBrowser() throws Exception {
    Optional<Path> chromium =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    if (chromium.isEmpty()) {
      System.err.println("*** THE PAGE WAS NOT TESTED: no Chromium; apt-get install chromium ***");
    }
    assumeTrue(
        chromium.isPresent(), "The page was NOT tested: install Chromium at /usr/bin/chromium.");
    Files.createDirectories(SHOTS);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium.get())
                    .setHeadless(true)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--disable-dev-shm-usage",
                            "--disable-gpu")));
  }

  @AfterAll
  static void closeBrowser() {
    if (playwright != null) {
      browser.close();
      playwright.close();
    }
  }

  @BeforeEach
  void serve() {
    vertx = Vertx.vertx();
    deploy(0);
    page = browser.newPage(new Browser.NewPageOptions().setViewportSize(1280, 720));
    page.onConsoleMessage(
        message -> {
          boolean bad = message.type().equals("error") || message.type().equals("warning");
          if (bad
              && !message.text().contains("willReadFrequently")) { // that is this test's reading
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
  }

  @AfterEach
  void end() {
    page.close();
    vertx.close().await();
  }

  @Test
  void aTileIsNotTakenForNoFloodBeforeItIsKnown() throws Exception {
    tell(new News.Connection(true, ""));
    open();
    page.waitForFunction("() => document.body.dataset.known === 'loading'");
    shot("loading");

    tell(new News.CaughtUp());

    page.waitForFunction("() => document.body.dataset.known === 'nothing'");
    shot("empty");
    assertThat(page.textContent("#notice"))
        .contains("Waiting for the first tile", "not the same as no flood");
    assertThat(page.textContent("#verdict")).doesNotContain("clear").doesNotContain("No alert");
    assertThat(complaints).isEmpty();
  }

  @Test
  void theFirstOverlayAppearsAndChangesInTheSameDocumentWithoutAGap() throws Exception {
    live();
    open();
    page.evaluate("() => { window.sameDocument = true; }");
    tell(Valley.square(TILE, 100, 100, 300, CLOCK.instant()));
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");
    // From here on the number of flood pixels is watched at every frame.
    page.evaluate(
        "() => { window.least = Infinity; const look = () => { window.least = Math.min(window.least, "
            + FLOOD_PIXELS
            + "); requestAnimationFrame(look); }; look(); }");
    int before = (Integer) page.evaluate("() => " + FLOOD_PIXELS);

    tell(Valley.square(TILE, 50, 50, 420, CLOCK.instant()));

    page.waitForFunction("n => " + FLOOD_PIXELS + " > 1.5 * n", before);
    assertThat((Boolean) page.evaluate("() => window.sameDocument")).isTrue();
    assertThat((Integer) page.evaluate("() => window.least")).isGreaterThanOrEqualTo(before);
    assertThat(complaints).isEmpty();
  }

  @Test
  void groundThatCannotBeFetchedIsNotDrawnAsItWasBefore() throws Exception {
    live();
    tell(Valley.square(TILE, 100, 100, 300, CLOCK.instant()));
    open();
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");
    page.route("**/overlay/**", Route::abort);

    tell(Valley.square(TILE, 100, 100, 400, CLOCK.instant()));

    page.waitForFunction("() => " + FLOOD_PIXELS + " === 0 && " + STALE_PIXELS + " > 1000");
    shot("unfetched");
    page.unroute("**/overlay/**"); // and is drawn without another word of it
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000 && " + STALE_PIXELS + " < 100");
    assertThat(complaints).isNotEmpty().allMatch(said -> said.contains("ERR_FAILED"));
  }

  @Test
  void aFloodIsTold() throws Exception {
    live();
    flood();
    open();

    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");

    assertThat(page.textContent("#verdict")).contains("1 REGION IN ALERT", "Lower Valley");
    assertThat(page.textContent("#regions li:first-child"))
        .contains("Lower Valley", "ALERT", "PARTIAL", "3.41", "raise at 2.00 km²");
    assertThat(page.textContent("#regions"))
        .contains("No reference known: normal water counts as flood.", "NO DATA", "Not seen");
    assertThat(page.textContent("#alerts li:first-child")).contains("update", "flood 3.41");
    assertThat(page.textContent("#regions li:last-child dl"))
        .as("nobody looked")
        .contains("?", "?");
    assertThat(page.textContent("#sign-device dd")).isEqualTo("CPU (no GPU)");
    assertThat(page.locator("header").boundingBox().height).as("of the header").isLessThan(80);
    page.hover("#sign-device");
    assertThat(page.isVisible("#sign-device small")).isTrue();
    assertThat(page.textContent("#sign-device small")).contains("no CUDA device");
    shot("device");
    page.hover("h1");
    assertThat(page.isVisible("#sign-device small")).isFalse();
    page.waitForTimeout(1500); // for the screenshots' pictures only
    shot("flood-1280");
    page.setViewportSize(1920, 1080);
    page.waitForTimeout(1200);
    shot("flood-1920");
    page.setViewportSize(800, 900);
    page.waitForTimeout(800);
    shot("flood-800");
    assertThat(complaints).isEmpty();
  }

  @Test
  void figuresAreMarkedOldWhenTheServerGoesAndLiveWhenItIsBack() throws Exception {
    live();
    flood();
    open();
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");
    int port = dashboard.actualPort();

    vertx.close().await();

    page.waitForFunction("() => document.body.dataset.link === 'reconnecting'");
    assertThat(page.textContent("#verdict")).contains("FIGURES ARE OLD");
    assertThat(page.textContent("#banner")).contains("The connection was lost", "old");
    page.waitForTimeout(700); // for the screenshot only
    shot("disconnected");
    vertx = Vertx.vertx();
    deploy(port);
    live();
    flood();
    page.waitForFunction("() => document.body.dataset.link === 'live'");
    assertThat(page.isVisible("#banner")).isFalse();
  }

  @Test
  void aBrokerThatIsAwayMarksTheFiguresOld() throws Exception {
    live();
    flood();
    open();
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");

    tell(new News.Connection(false, "The broker does not answer; trying again."));

    page.waitForFunction("() => document.body.dataset.link === 'old'");
    assertThat(page.textContent("#banner")).contains("The broker does not answer");
    assertThat(page.textContent("#verdict")).contains("FIGURES ARE OLD");
    assertThat(complaints).isEmpty();
  }

  @Test
  void theAgeOfTheLastNewsRunsOnAndIsNotAnnounced() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), normal("a", CLOCK.instant()));
    tell(new News.Connection(false, "The broker does not answer; trying again."));
    open();
    page.waitForFunction("() => document.querySelector('#banner-age').textContent");
    page.evaluate(
        "() => { window.announced = 0; new MutationObserver(() => window.announced++).observe("
            + "document.querySelector('#banner [role=alert]'),"
            + " {childList: true, characterData: true, subtree: true}); }");
    String age = page.textContent("#banner-age");

    page.waitForFunction("age => document.querySelector('#banner-age').textContent !== age", age);

    assertThat(page.textContent("#banner-age")).startsWith("Last news").contains(" ago");
    assertThat(page.textContent("#banner [role=alert]"))
        .isEqualTo("The broker does not answer; trying again.");
    assertThat((Integer) page.evaluate("() => window.announced")).isZero();
    assertThat(page.locator("#banner").getAttribute("role")).isNull();
  }

  @Test
  void theTitleCountsTheIncidentsThatAreNotOver() throws Exception {
    live();
    tell(
        Valley.region("a", "Upper Valley", 0, 3.5),
        Valley.region("b", "Lower Valley", 3.5, 5),
        normal("a", CLOCK.instant()),
        seen("b", "Lower Valley", 1));
    open();
    page.waitForFunction("() => document.title === 'All clear – Riada'");

    tell(state("a", RegionState.ALERTING), state("b", RegionState.RECOVERING));

    page.waitForFunction("() => document.title === '(2) ▲ 1 REGION IN ALERT – Riada'");
    tell(state("a", RegionState.RECOVERING), state("b", RegionState.PENDING));
    page.waitForFunction("() => document.title === '(1) 1 region pending – Riada'");
    tell(normal("a", CLOCK.instant()), seen("b", "Lower Valley", 1));
    page.waitForFunction("() => document.title === 'All clear – Riada'");
    assertThat(complaints).isEmpty();
  }

  @Test
  void theTitleOfATabInTheBackgroundTellsAnAlertThoughNoFrameIsDrawnThere() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), normal("a", CLOCK.instant()));
    open();
    page.waitForFunction("() => document.title === 'All clear – Riada'");
    page.evaluate(
        "() => { Object.defineProperty(document, 'hidden', {value: true});"
            + " window.requestAnimationFrame = () => 0;"
            + " for (let timer = 1; timer < 1000; timer++) clearInterval(timer); }");

    tell(state("a", RegionState.ALERTING));

    page.waitForFunction(
        "() => document.title.startsWith('(1) ')",
        null,
        new Page.WaitForFunctionOptions().setPollingInterval(50));
    assertThat(complaints).isEmpty();
  }

  @Test
  void anIncidentThatIsNotOverIsToldThoughNothingIsSeen() throws Exception {
    live();

    tell(
        Valley.region("a", "Upper Valley", 0, 3.5),
        Valley.stats(
            Valley.stats(
                "a", "Upper Valley", RegionState.RECOVERING, Visibility.NO_DATA, CLOCK.instant())));

    open();
    awaitVerdict("1 region recovering");
    assertThat(page.textContent("#notice"))
        .contains("Regions stand as they were last known")
        .doesNotContain("Nothing is known");
    assertThat(complaints).isEmpty();
  }

  private static News state(String id, RegionState state) {
    return Valley.stats(
        Valley.stats(id, "Upper Valley", state, Visibility.SEEN, CLOCK.instant())
            .setObservedFraction(1));
  }

  @Test
  void onlyTheCancelOfAFloodThatWasSeenDryBearsTheSignOfIt() throws Exception {
    live();
    tell(
        cancel("dry", Alert.Cause.SEEN_DRY, 0),
        cancel("low", Alert.Cause.SEEN_DRY, 0.2),
        cancel("gone", Alert.Cause.REGION_DELETED, 0));

    open();

    page.waitForFunction("() => document.querySelectorAll('#alerts li').length === 3");
    assertThat(page.locator("#alerts [data-dry=true] .sign").innerHTML()).contains("i-cancel");
    assertThat(page.locator("#alerts [data-cause=SEEN_DRY][data-dry=false] .sign").innerHTML())
        .as("below clear_km2, but some of it is left")
        .contains("i-update");
    assertThat(page.locator("#alerts [data-cause=REGION_DELETED] .sign").innerHTML())
        .contains("i-nodata");
    assertThat(page.textContent("#alerts [data-cause=REGION_DELETED] .line"))
        .as("nobody saw that zero")
        .contains("flood ? · stale flood ? · observed 0 %");
  }

  private static News cancel(String incident, Alert.Cause cause, double floodedKm2) {
    Alert alert =
        Alert.newBuilder()
            .setIncidentId(incident)
            .setAlertId(incident + "-2")
            .setKind(Alert.Kind.CANCEL)
            .setCause(cause)
            .setFloodedKm2(floodedKm2)
            .setRegionName("Upper Valley")
            .setAlertedAt(Observation.timestamp(CLOCK.instant()))
            .build();
    return Valley.read(Topics.ALERTS.name(), incident, alert.toByteArray());
  }

  @Test
  void anAlertSaysTheWholeNameOfItsRegion() throws Exception {
    String name = "Confederación Hidrográfica del Júcar, Ribera Baja and Albufera de València";
    live();
    tell(Valley.alert("i", 1, Alert.Kind.ALERT, name, "Flood of 2.13 km².", CLOCK.instant()));

    open();

    page.waitForFunction("() => document.querySelector('#alerts .name')");
    assertThat((Boolean) page.evaluate("() => " + CUT)).isFalse();
    assertThat(page.locator("#alerts .name").boundingBox().height).as("wrapped").isGreaterThan(30);
    shot("long-name");
    assertThat(complaints).isEmpty();
  }

  @Test
  void anAlertOfPicturesThatCameLateSaysOfWhenItsFiguresAre() throws Exception {
    Alert late =
        Alert.newBuilder()
            .setIncidentId("i")
            .setAlertId("i-1")
            .setKind(Alert.Kind.ALERT)
            .setReason("99 % of the region was seen in the last 12 h.")
            .setAsOf(Observation.timestamp(Instant.parse("2026-03-01T04:05:06Z")))
            .setAlertedAt(Observation.timestamp(CLOCK.instant()))
            .build();
    live();
    tell(Valley.read(Topics.ALERTS.name(), "i", late.toByteArray()));

    open();

    page.waitForFunction("() => document.querySelector('#alerts .line')");
    assertThat(page.textContent("#alerts .line")).contains("as of 2026-03-01 04:05:06 · sent ");
    assertThat(complaints).isEmpty();
  }

  @Test
  void anOverlayThatIsSwitchedOffIsSaidToBe() throws Exception {
    live();
    flood();
    open();
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");

    page.click("#legend [data-layer=flood]");

    page.waitForFunction("() => " + FLOOD_PIXELS + " === 0");
    assertThat(page.textContent("#hidden-note")).contains("Switched off: flood");
    assertThat(complaints).isEmpty();
  }

  @Test
  void aMapThatCannotHoldAllTilesSaysSo() throws Exception {
    vertx.close().await();
    vertx = Vertx.vertx();
    deploy(new DashboardConfig(DashboardConfig.LOOPBACK, 0, Map.of(), 1500, 0));
    live();
    open();
    tell(Valley.square(TILE, 100, 100, 2, CLOCK.instant()));
    page.waitForFunction("() => document.querySelector('#notice').hidden");
    assertThat(page.isVisible("#hidden-note")).isFalse();

    tell(Valley.square(new TileId(14, 8184, 5448), 100, 100, 2, CLOCK.instant()));

    page.waitForFunction("() => !document.querySelector('#hidden-note').hidden");
    assertThat(page.textContent("#hidden-note")).contains("more tiles than the map can hold");
    assertThat(complaints).isEmpty();
  }

  @Test
  void allClearIsOnlySaidWhenEveryRegionIsSeen() throws Exception {
    live();
    Instant now = CLOCK.instant();
    tell(
        Valley.region("a", "Upper Valley", 0, 3.5),
        Valley.stats(
            Valley.stats("a", "Upper Valley", RegionState.NORMAL, Visibility.SEEN, now)
                .setObservedFraction(1)));
    open();
    page.waitForFunction(
        "() => document.querySelector('#verdict').textContent.includes('All clear')");

    tell(
        Valley.stats(
            Valley.stats("a", "Upper Valley", RegionState.NORMAL, Visibility.PARTIAL, now)
                .setObservedFraction(0.4)));

    page.waitForFunction(
        "() => document.querySelector('#verdict').textContent.includes('not all seen')");
    shot("clear");
    assertThat(page.textContent("#regions")).contains("Normal where seen", "PARTIAL", "40 %");
    assertThat(complaints).isEmpty();
  }

  @Test
  void aRegionSeenInPartIsOnlyDryWhereItIsSeenThoughItPassesForSeen() throws Exception {
    live();
    tell(
        Valley.region("a", "Upper Valley", 0, 3.5),
        Valley.region("b", "Lower Valley", 3.5, 5),
        normal("a", CLOCK.instant()),
        seen("b", "Lower Valley", 0.8));
    open();
    awaitVerdict("No flood where seen");
    assertThat(page.textContent("#verdict"))
        .contains("Of Lower Valley 80 % was seen within 2 h")
        .doesNotContain("clear");
    shot("seen-in-part");

    tell(seen("b", "Lower Valley", 0.996));

    awaitVerdict("All clear");
    assertThat(complaints).isEmpty();
  }

  private static News seen(String id, String name, double share) {
    return Valley.stats(
        Valley.stats(id, name, RegionState.NORMAL, Visibility.SEEN, CLOCK.instant())
            .setObservedFraction(share));
  }

  @Test
  void aRegionThatCannotBeDrawnTakesNothingElseOffThePage() throws Exception {
    live();
    Region region = Region.newBuilder().setId("a").setName("Broken").build();
    News broken = new News.RegionSeen(region, new JsonObject().put("type", "Polygon"));
    tell(broken, Valley.region("b", "Upper Valley", 0, 3.5), normal("b", CLOCK.instant()));
    tell(Valley.square(TILE, 100, 100, 300, CLOCK.instant()));
    open();
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");

    tell(broken, normal("c", CLOCK.instant()));

    page.waitForFunction("() => document.querySelectorAll('#regions li').length === 3");
    assertThat(page.textContent("#regions")).contains("Broken", "Upper Valley");
    assertThat(complaints).isNotEmpty().allMatch(said -> said.startsWith("cannot "));
  }

  @Test
  void figuresThatNobodyMeasuresAnyMoreAreOldThoughPicturesComeIn() throws Exception {
    live();
    Instant now = CLOCK.instant();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), normal("a", now));
    open();
    awaitVerdict("All clear");

    tell(
        Valley.picture(TILE, Picture.Format.PNG, Valley.pngHead(512, 64), now),
        Valley.stats(
            Valley.stats("a", "Upper Valley", RegionState.NORMAL, Visibility.SEEN, now)
                .setMeasuredAt(Observation.timestamp(now.minus(Duration.ofMinutes(4))))));

    awaitVerdict("FIGURES ARE OLD");
    assertThat(page.textContent("#banner")).contains("No figures of Upper Valley since");
    assertThat(page.getAttribute("body", "data-link")).isEqualTo("old");
  }

  @Test
  void aRegionSeenTooLongAgoIsNotClear() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), normal("a", CLOCK.instant()));
    open();
    awaitVerdict("All clear");

    tell(normal("a", CLOCK.instant().minus(Duration.ofHours(3)))); // its max_age is two hours

    awaitVerdict("No alert, figures are old");
    assertThat(page.textContent("#verdict"))
        .contains("Upper Valley: nothing was seen within 2 h")
        .doesNotContain("clear", "not fully seen"); // its card says SEEN
    assertThat(page.textContent("#regions")).contains("Normal when last seen");
    shot("old");
    assertThat(complaints).isEmpty();
  }

  @Test
  void aWatchedRegionWithoutFiguresIsNotClear() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), normal("a", CLOCK.instant()));
    open();
    awaitVerdict("All clear");

    tell(Valley.region("b", "Lower Valley", 3.5, 5));

    awaitVerdict("1 region is not fully seen");
    assertThat(complaints).isEmpty();
  }

  @Test
  void aTileSeenTooLongAgoIsDrawnStaleAndUnknown() throws Exception {
    live();
    Instant then = CLOCK.instant().minus(Duration.ofHours(3));
    tell(Valley.square(TILE, 100, 100, 300, then), normal("a", then));
    open();
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000 && " + STALE_PIXELS + " < 100");

    tell(normal("a", CLOCK.instant())); // time goes on elsewhere; no word of this tile

    page.waitForFunction("() => " + FLOOD_PIXELS + " === 0 && " + STALE_PIXELS + " > 1000");
    page.hover("#map");
    assertThat(page.textContent("#spot")).contains("flood 0 km²", "unknown 100 %");
    shot("aged");
    assertThat(complaints).isEmpty();
  }

  @Test
  void whatARegionsFiguresCallSeenIsDrawnAsSeenThoughAnotherRegionIsYounger() throws Exception {
    live();
    Instant then = CLOCK.instant().minus(Duration.ofHours(3)); // longer ago than max_age
    tell(Valley.region("a", "Upper Valley", 0, 7), normal("a", then));
    tell(Valley.square(TILE, 100, 100, 300, then));
    open();
    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");

    tell(normal("elsewhere", CLOCK.instant()));

    page.waitForFunction("() => document.querySelectorAll('#regions li').length === 2");
    assertThat((Integer) page.evaluate("() => " + FLOOD_PIXELS)).isGreaterThan(1000);
    assertThat(complaints).isEmpty();
  }

  @Test
  void aPassThatSawOnlyCloudIsNoSight() throws Exception {
    live();
    Instant now = CLOCK.instant();
    Mask none = new Mask(512, 512);
    Mask all = new Mask(512, 512);
    for (int y = 0; y < 512; y++) {
      all.setRow(y, 0, 512);
    }
    tell(
        Valley.region("a", "Upper Valley", 0, 7),
        Valley.ground(TILE, none, none, none, all, now),
        Valley.stats(
            Valley.stats("a", "Upper Valley", RegionState.NORMAL, Visibility.NO_DATA, now)
                .setNewestObservation(Observation.timestamp(now.minus(Duration.ofHours(3))))));

    open();

    page.waitForFunction(
        "() => document.querySelector('#regions .lastseen')?.textContent === 'last seen 3 h 00"
            + " ago'");
    assertThat(page.getAttribute("#regions .lastseen", "class")).contains("old");
    assertThat(complaints).isEmpty();
  }

  @Test
  void figuresThatLieBehindWhatWasReceivedAreSaidTo() throws Exception {
    live();
    Instant now = CLOCK.instant();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), behind(now, Duration.ofSeconds(2)));
    open();
    awaitVerdict("All clear");
    assertThat(page.textContent("#sign-update")).doesNotContain("behind");

    tell(behind(now, Duration.ofSeconds(240)));

    awaitVerdict("FIGURES MAY BE OLD");
    assertThat(page.textContent("#sign-update")).contains("4 min behind");
    assertThat(page.textContent("#banner")).contains("lie 4 min behind what was received");
    assertThat(complaints).isEmpty();
  }

  private static News behind(Instant now, Duration queued) {
    return Valley.stats(
        Valley.stats("a", "Upper Valley", RegionState.NORMAL, Visibility.SEEN, now)
            .setObservedFraction(1)
            .setReceivedAt(Observation.timestamp(Instant.now().minus(queued))));
  }

  @Test
  void aServiceThatIsNotAtWorkIsToldUntilItIs() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), normal("a", CLOCK.instant()));
    tell(new News.ServiceHealth("segmenter", false, "The model does not answer."));
    open();
    awaitVerdict("FIGURES MAY BE OLD");
    assertThat(page.textContent("#sign-services")).contains("segmenter down");
    assertThat(page.textContent("#banner")).contains("segmenter: The model does not answer.");
    assertThat(page.textContent("#sign-link")).contains("live");
    BoundingBox services = page.locator("#sign-services").boundingBox();
    BoundingBox device = page.locator("#sign-device").boundingBox();
    assertThat(services.x + services.width).as("nothing overlaps").isLessThan(device.x);
    shot("service");

    tell(new News.ServiceHealth("segmenter", true, "It works."));

    awaitVerdict("All clear");
    assertThat(page.isVisible("#banner")).isFalse();
    assertThat(complaints).isEmpty();
  }

  @Test
  void aWarningOnWhichNoFigureRestsIsToldAndMakesNoFigureDoubtful() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), normal("a", CLOCK.instant()));
    tell(new News.ServiceHealth("evidence", true, true, "Evidence is not copied now."));
    open();

    page.waitForFunction("() => !document.querySelector('#banner').hidden");

    assertThat(page.textContent("#banner")).isEqualTo("evidence: Evidence is not copied now.");
    assertThat(page.textContent("#sign-services")).contains("evidence warns");
    assertThat(page.textContent("#verdict")).contains("All clear");
    assertThat(complaints).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1280, 720", "1400, 900", "1920, 1080"})
  void theLegendLiesOnNothingThatTheMapShowsByItself(int width, int height) throws Exception {
    page.setViewportSize(width, height);
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), Valley.region("b", "Lower Valley", 3.5, 7));
    open();
    page.waitForFunction("() => " + SCALE + ".endsWith('00 m')");
    awaitFrames();

    BoundingBox legend = page.locator("#legend").boundingBox();

    BoundingBox map = page.locator("#map").boundingBox();
    assertThat(legend.x + legend.width).isLessThan(map.x + map.width);
    double top = legend.y - map.y;
    double left = legend.x - map.x;
    assertThat(drawn(left, top, legend.width, legend.height)).as("under the legend").isZero();
    assertThat(drawn(left, map.height - 15, legend.width, 15)).as("labels below it").isPositive();
    shot("legend-" + width);
  }

  /** How many pixels labels, outlines and ground cover there; the graticule's lines are fainter. */
  private int drawn(double left, double top, double width, double height) {
    return (Integer)
        page.evaluate(
            "box => [...document.querySelectorAll('#map canvas')].reduce((sum, canvas) => {"
                + " const d = canvas.getContext('2d').getImageData(...box).data; let n = 0;"
                + " for (let i = 3; i < d.length; i += 4) if (d[i] > 100) n++;"
                + " return sum + n; }, 0)",
            List.of(left, top, width, height));
  }

  /**
   * The lightness L* of CIE 1976 as eyes without red or without green receptors have it, by the
   * matrices of Machado, Oliveira and Fernandes (2009), severity 1.
   */
  @ParameterizedTest
  @CsvSource({
    "protanopia, 0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216",
    "deuteranopia, 0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413"
  })
  void floodIsLighterThanReferenceToEyesThatSeeFewerColours(
      String eyes, double rr, double rg, double rb, double gr, double gg, double gb) {
    open();
    List<Double> red = List.of(rr, rg, rb);
    List<Double> green = List.of(gr, gg, gb);

    // Known ground without a picture, muddy water, a field, a cloud.
    for (String ground : List.of("#39434d", "#5c5442", "#60703e", "#e2e5e9")) {
      double flood = lightness(fill("flood", ground), red, green);
      double reference = lightness(fill("reference", ground), red, green);

      assertThat(flood - reference).as("%s, over %s", eyes, ground).isGreaterThan(18);
    }
  }

  /** The colour of most pixels of a layer over a ground of one colour: red, green, blue, 0..255. */
  @SuppressWarnings("unchecked")
  private List<Integer> fill(String layer, String ground) {
    return (List<Integer>)
        page.evaluate(
            "async ([id, ground]) => {"
                + " const {LAYERS, patternTile} = await import('/ground.js');"
                + " const tile = patternTile(id); const n = tile.width;"
                + " const canvas = Object.assign(document.createElement('canvas'),"
                + " {width: n, height: n});"
                + " const c = canvas.getContext('2d');"
                + " c.fillStyle = ground; c.fillRect(0, 0, n, n);"
                + " c.globalAlpha = LAYERS.find((layer) => layer.id === id).alpha;"
                + " c.drawImage(tile, 0, 0);"
                + " const d = c.getImageData(0, 0, n, n).data; const counts = new Map();"
                + " for (let i = 0; i < d.length; i += 4) {"
                + " const rgb = [...d.slice(i, i + 3)].join();"
                + " counts.set(rgb, (counts.get(rgb) ?? 0) + 1); }"
                + " const [most] = [...counts].sort((a, b) => b[1] - a[1])[0];"
                + " return most.split(',').map(Number); }",
            List.of(layer, ground));
  }

  /**
   * L* of a colour, 0..100.
   *
   * @param red the row of the matrix that makes the red that is seen of linear red, green and blue
   * @param green that of green; blue adds 7 % of luminance and is taken as it is
   */
  private static double lightness(List<Integer> srgb, List<Double> red, List<Double> green) {
    double[] linear =
        srgb.stream()
            .mapToDouble(v -> v / 255.0)
            .map(v -> v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4))
            .toArray();
    double luminance =
        0.2126729 * seen(red, linear) + 0.7151522 * seen(green, linear) + 0.072175 * linear[2];
    return 116 * Math.cbrt(luminance) - 16; // above 0.0089, as all colours here are
  }

  private static double seen(List<Double> row, double[] linear) {
    double sum = row.get(0) * linear[0] + row.get(1) * linear[1] + row.get(2) * linear[2];
    return Math.min(1, Math.max(0, sum));
  }

  @Test
  void aCardSaysWhetherTheFloodGrowsAndWhoActedOnIt() throws Exception {
    live();
    Instant now = CLOCK.instant();
    tell(
        Valley.region("a", "Upper Valley", 0, 3.5),
        Valley.stats(
            Valley.stats("a", "Upper Valley", RegionState.ALERTING, Visibility.SEEN, now)
                .setTrendKm2PerHour(0.52)
                .addTrendPasses(PassRef.newBuilder().setScene("s2"))
                .addTrendPasses(PassRef.newBuilder().setScene("s1"))
                .setAcknowledgedBy("Ana")
                .setAcknowledgedAt(Observation.timestamp(now.minus(Duration.ofMinutes(10))))
                .setSilencedBy("Béla")
                .setSilencedUntil(Observation.timestamp(now.plus(Duration.ofHours(1))))));

    open();

    page.waitForFunction("() => document.querySelector('#regions .note')?.textContent");
    assertThat(page.textContent("#regions .note"))
        .contains("Rising 0.520 km²/h over the last 2 passes.")
        .contains("Acknowledged by Ana at", "Silenced by Béla until");
  }

  @Test
  void aCardSaysHowFarBackSeenReachesAndHowOldItsLooksAre() throws Exception {
    live();
    Instant now = CLOCK.instant();
    tell(
        Valley.region("a", "Upper Valley", 0, 3.5), // its max_age is two hours
        Valley.stats(
            Valley.stats("a", "Upper Valley", RegionState.NORMAL, Visibility.SEEN, now)
                .setObservedFraction(0.95)
                .setNewestObservation(Observation.timestamp(now.minus(Duration.ofMinutes(10))))
                .setOldestObservation(Observation.timestamp(now.minus(Duration.ofMinutes(95))))));

    open();

    page.waitForFunction("() => document.querySelector('#regions .oldest')?.textContent");
    assertThat(page.textContent("#regions .line"))
        .contains("SEEN within 2 h, a cloud may hide it now")
        .contains("last seen 10 min ago", "oldest part 95 min ago");
    assertThat(page.textContent(".flooded-figure")).contains("seen within 2 h");
    assertThat(page.textContent(".stale-figure")).contains("longer ago");
    assertThat(page.textContent(".observed-figure")).contains("95 %", "within 2 h");
    assertThat(page.getAttribute(".region", "title"))
        .contains("Flood was seen within 2 h of “as of” (max_age); a cloud may hide it now.");
    assertThat(page.textContent("#legend [data-layer=flood]")).contains("seen within max_age");
    assertThat(complaints).isEmpty();
  }

  @Test
  void figuresThatAreOldThemselvesDoNotSayWithinTwoHoursAsIfItWereOfNow() throws Exception {
    live();
    tell(
        Valley.region("a", "Upper Valley", 0, 3.5),
        normal("a", CLOCK.instant().minus(Duration.ofHours(3))));

    open();

    page.waitForFunction("() => document.querySelector('#regions .asof.old')");
    assertThat(page.textContent(".flooded-figure")).contains("seen within 2 h of as of");
  }

  @Test
  void theTicksOfAGaugeAreNamed() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5), normal("a", CLOCK.instant()));

    open();

    page.waitForFunction("() => document.querySelector('#regions .raise-limit')?.textContent");
    assertThat(page.textContent("#regions .clear-limit")).isEqualTo("clear below 1.00 km²");
    assertThat(page.textContent("#regions .raise-limit")).isEqualTo("raise at 2.00 km²");
    assertThat(page.locator("#regions .limits s").count()).as("drawn as on the bar").isEqualTo(2);
    assertThat(page.getAttribute("#regions .gauge", "aria-label"))
        .contains("raised at 2.00 km² of flood")
        .contains("cleared below 1.00 km² of flood and stale flood in 2 passes");
    assertThat(complaints).isEmpty();
  }

  @Test
  void theMapGoesFromTheWorldToTheRegionsWhenTheyAreFirstKnown() throws Exception {
    live();
    open();
    page.waitForFunction("() => " + SCALE + ".endsWith('000 km')");

    tell(Valley.region("a", "Upper Valley", 0, 3.5));

    page.waitForFunction("() => " + SCALE + ".endsWith('00 m')");
    assertThat(page.textContent("#whole")).isEqualTo("Whole area");
  }

  @Test
  void theMapStaysUnderTheOperatorsHandAndSaysWhatIsOutOfView() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5));
    open();
    page.waitForFunction("() => " + SCALE + ".endsWith('00 m')");
    page.click(".ol-zoom-in"); // a hand on the map, as much as a wheel

    tell(Valley.region("b", "Far Valley", 100, 103.5));

    page.waitForFunction(
        "() => document.querySelector('#whole').textContent.includes('1 region is out of view')");
    awaitFrames();
    assertThat((Boolean) page.evaluate("() => " + SCALE + ".endsWith('00 m')")).isTrue();
    page.click("#whole");
    page.waitForFunction("() => document.querySelector('#whole').textContent === 'Whole area'");
    assertThat(complaints).isEmpty();
  }

  @Test
  void theMapStaysWhereItSettledThoughNobodyTouchedItWhenARegionIsSetLater() throws Exception {
    live();
    tell(Valley.region("a", "Upper Valley", 0, 3.5));
    open();
    page.waitForFunction("() => " + SCALE + ".endsWith('00 m')");
    Object since = page.evaluate("() => performance.now()");
    page.waitForFunction("since => performance.now() > since + 2100", since); // it has settled

    tell(Valley.region("b", "Far Valley", 100, 103.5));

    page.waitForFunction(
        "() => document.querySelector('#whole').textContent.includes('1 region is out of view')");
    awaitFrames();
    assertThat((Boolean) page.evaluate("() => " + SCALE + ".endsWith('00 m')")).isTrue();
    assertThat(complaints).isEmpty();
  }

  /** Until what was asked of the next frame has been drawn. */
  private void awaitFrames() {
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>"
            + " requestAnimationFrame(done))))");
  }

  @ParameterizedTest
  @CsvSource({"1400, 900", "1024, 768"})
  void everySignOfTheHeaderIsInSightAndNoneLiesOnAnother(int width, int height) throws Exception {
    live();
    flood();
    tell(
        new News.ServiceHealth("segmenter", true, "It works."),
        new News.Skipped("flood.tiles.v1", "A tile could not be used."));
    page.setViewportSize(width, height);

    open();

    page.waitForFunction("() => " + FLOOD_PIXELS + " > 1000");
    assertThat(page.textContent("#sign-model dd")).startsWith("riada-lite");
    List<BoundingBox> boxes = new ArrayList<>();
    for (Locator sign : page.locator("#signs > div:not([hidden]), #verdict").all()) {
      BoundingBox box = sign.boundingBox();
      assertThat(box).as("shown").isNotNull();
      assertThat(box.x + box.width).isLessThanOrEqualTo(width);
      assertThat(boxes).noneMatch(other -> overlap(box, other));
      boxes.add(box);
    }
    assertThat(boxes).hasSizeGreaterThan(7);
    shot("header-" + width);
  }

  private static boolean overlap(BoundingBox a, BoundingBox b) {
    return a.x < b.x + b.width
        && b.x < a.x + a.width
        && a.y < b.y + b.height
        && b.y < a.y + a.height;
  }

  /** What the bar of the map's scale says: "1000 m". */
  private static final String SCALE = "document.querySelector('.ol-scale-line-inner').textContent";

  /** Whether the first alert's name is wider or higher than its box. */
  private static final String CUT =
      "(() => { const {scrollWidth, clientWidth, scrollHeight, clientHeight} ="
          + " document.querySelector('#alerts .name');"
          + " return scrollWidth > clientWidth || scrollHeight > clientHeight; })()";

  /** How many of the map's pixels have the flood's hue. */
  private static final String FLOOD_PIXELS =
      pixels("d[i] > 150 && d[i + 1] < 110 && d[i + 2] > 90");

  /** How many have that of stale flood's stripes. */
  private static final String STALE_PIXELS =
      pixels("d[i] > 200 && d[i + 1] > 120 && d[i + 1] < 200 && d[i + 2] < 60");

  private static String pixels(String hue) {
    return "(() => { const c = document.querySelector('canvas.ground');"
        + " if (!c || !c.width) return 0;"
        + " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
        + " for (let i = 0; i < d.length; i += 4)"
        + (" if (" + hue + ") n++; return n; })()");
  }

  /** Figures without flood of a region that is wholly seen. */
  private static News normal(String id, Instant asOf) {
    return Valley.stats(
        Valley.stats(id, "Upper Valley", RegionState.NORMAL, Visibility.SEEN, asOf)
            .setObservedFraction(1));
  }

  private void awaitVerdict(String words) {
    page.waitForFunction(
        "words => document.querySelector('#verdict').textContent.includes(words)", words);
  }

  private void deploy(int port) {
    deploy(DashboardConfig.unfed(port));
  }

  private void deploy(DashboardConfig config) {
    dashboard =
        new DashboardVerticle(config, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), CLOCK);
    vertx.deployVerticle(dashboard).await();
  }

  private void open() {
    page.navigate("http://127.0.0.1:" + dashboard.actualPort() + "/");
    page.waitForFunction(
        "() => document.body.dataset.link === 'live' || document.body.dataset.link === 'old'");
  }

  private void live() throws InterruptedException {
    tell(new News.Connection(true, ""), new News.CaughtUp());
  }

  private void tell(News... news) throws InterruptedException {
    dashboard.accept(List.of(news));
  }

  private void flood() throws InterruptedException {
    Instant now = CLOCK.instant();
    Instant pass = now.minus(Duration.ofMinutes(4));
    tell(
        Valley.region("upper", "Upper Valley", 0, 2.2),
        Valley.region("lower", "Lower Valley", 2.3, 5),
        Valley.region("mouth", "River Mouth", 5.1, 8.4),
        Valley.stats(
            Valley.stats("upper", "Upper Valley", RegionState.RECOVERING, Visibility.SEEN, now)
                .setFloodedKm2(0.42)
                .setObservedFraction(0.97)
                .setReferenceFraction(0)
                .setPassesBelow(1)),
        Valley.stats(
            Valley.stats("lower", "Lower Valley", RegionState.ALERTING, Visibility.PARTIAL, pass)
                .setFloodedKm2(3.41)
                .setFloodedStaleKm2(0.6)
                .setObservedFraction(0.58)
                .setIncidentId("lower-2026-11-22-1")),
        Valley.stats(
            Valley.stats("mouth", "River Mouth", RegionState.NORMAL, Visibility.NO_DATA, pass)),
        Valley.alert(
            "mouth-1",
            3,
            Alert.Kind.CANCEL,
            "River Mouth",
            "Flood and stale flood stayed below 1.00 km² for 2 passes.",
            now.minus(Duration.ofMinutes(70))),
        Valley.alert(
            "lower-2026-11-22-1",
            1,
            Alert.Kind.ALERT,
            "Lower Valley",
            "Flood of 2.13 km² is above 2.00 km².",
            now.minus(Duration.ofMinutes(9))),
        Valley.alert(
            "lower-2026-11-22-1",
            2,
            Alert.Kind.UPDATE,
            "Lower Valley",
            "Flood rose from 2.13 to 3.41 km².",
            pass),
        new News.DeviceWarning(
            "No CUDA device can be used (no CUDA device was found), so tiles are segmented on the"
                + " CPU, which is several times slower."));
    dashboard.accept(FLOODED);
  }

  private static List<News> flooded(Instant pass) {
    List<News> news = new ArrayList<>();
    for (TileId tile : Valley.tiles()) {
      if (tile.x() < Valley.WEST + 6) {
        double cover = tile.x() < Valley.WEST + 2 ? 0 : 0.62;
        news.add(Valley.picture(tile, 5, cover, pass));
        news.add(Valley.ground(tile, 5, 5, cover, pass));
      }
    }
    return news;
  }

  private void shot(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(SHOTS.resolve(name + ".png")));
  }
}
