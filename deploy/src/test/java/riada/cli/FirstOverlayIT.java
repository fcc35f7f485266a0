package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import riada.local.Demo;
import riada.local.DemoPlan;
import riada.local.Inference;
import riada.onnx.Device;
import riada.simulate.Scenario;

/** From the start of the demo to the first flood on the page, in a real browser. */
@Timeout(180)
class FirstOverlayIT {
  /** Set by the page once the ground of a tile is drawn. */
  private static final String DRAWN = "() => document.body.dataset.known === 'known'";

  @Test
  void theFirstOverlayIsDrawnSoonAfterTheStart() throws Exception {
    Optional<Path> chromium =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(chromium.isPresent(), "The page was NOT tested: install Chromium (.ci/run does).");
    CompletableFuture<URI> ready = new CompletableFuture<>();
    try (Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser =
            playwright
                .chromium()
                .launch(
                    new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium.get())
                        .setArgs(List.of("--no-sandbox", "--disable-gpu")));
        Page page = browser.newPage();
        Demo demo = demo(ready)) {
      long start = System.nanoTime();
      Thread running = new Thread(() -> run(demo, ready), "demo");
      running.start();
      page.navigate(ready.get().toString());

      page.waitForFunction(DRAWN, null, new Page.WaitForFunctionOptions().setTimeout(60_000));

      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf("first overlay in the browser after %.1f s%n", seconds);
      Files.createDirectories(Path.of("target", "page"));
      page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "page", "demo.png")));
      assertThat(Duration.ofMillis((long) (seconds * 1000))).isLessThan(Duration.ofSeconds(60));
      demo.close();
      running.join();
    }
  }

  private static Demo demo(CompletableFuture<URI> ready) {
    DemoPlan plan =
        new DemoPlan(
            Duration.ofSeconds(60),
            0,
            0,
            Optional.empty(),
            DemoPlan.DEFAULT_SPEED,
            1,
            Optional.of(Scenario.RISING),
            OptionalLong.empty());
    return new Demo(
        plan,
        Optional.empty(),
        new Inference(Station.MODEL, Device.Choice.CPU, 2),
        Clock.systemUTC(),
        new Demo.Listener() {
          @Override
          public void ready(URI page, String bootstrapServers) {
            ready.complete(page);
          }

          @Override
          public void sent(int tiles, int all) {
            // the page shows it
          }

          @Override
          public void draining() {
            // the test ends before
          }
        });
  }

  private static void run(Demo demo, CompletableFuture<URI> ready) {
    try {
      demo.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the test has seen enough
    } catch (Exception e) {
      ready.completeExceptionally(e);
    }
  }
}
