package riada.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import riada.local.DemoSummary;

class DemoLinesTest {
  private static final Instant AT = Instant.parse("2026-05-01T06:00:00Z");

  @Test
  void anAccountIsReadInUnitsAndRoundFigures() {
    DemoSummary.AlertRow alert =
        new DemoSummary.AlertRow("ALERT", "valley-1", "valley", AT, AT, 4.0449999);

    List<String> lines =
        DemoLines.of(
            summary(4.2, 0.82845, List.of(alert), new DemoSummary.AtPeak(AT, 6.543, 6.1234)));

    assertThat(lines)
        .containsExactly(
            "tiles      180 published, 181 segmented, 2 dead letters, 0 lost, 1 duplicates",
            "flood      4.11 km2 measured, 4.20 km2 by the simulator's truth at the end",
            "           6.12 km2 measured, 6.54 km2 by the simulator's truth at the peak, as of "
                + AT,
            "masks      IoU 0.828 over 179 of them",
            "alerts     3 before these",
            "alert      ALERT  valley-1, flood 4.04 km2 in valley, as of " + AT,
            "latency    p50 242 ms, p99 643 ms from received to measured",
            "speed      7.7 tiles a second; ready after 6.2 s",
            "model      riada-lite on cpu",
            "memory     700 MiB at the end, 800 MiB at most");
  }

  @Test
  void withoutASimulationThereIsNoTruth() {
    List<String> lines = DemoLines.of(summary(null, null, List.of(), null));

    assertThat(lines).contains("flood      4.11 km2 measured at the end");
    assertThat(lines).noneMatch(line -> line.startsWith("masks"));
  }

  private static DemoSummary summary(
      Double truth, Double iou, List<DemoSummary.AlertRow> alerts, DemoSummary.AtPeak peak) {
    return new DemoSummary(
        180,
        181,
        2,
        truth,
        4.1123,
        iou,
        179,
        alerts,
        3,
        new DemoSummary.Latency(242.4, 642.6, 180),
        new DemoSummary.Model("riada-lite", "abc", "cpu"),
        0,
        0,
        1,
        7.7123,
        Map.of(),
        0.06,
        6.199,
        new DemoSummary.Rss(700, 800),
        100,
        peak,
        new DemoSummary.Sums(0, 0, 0, 0),
        "digest");
  }
}
