package riada.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import riada.local.DemoSummary;

/** A demo's account as a person reads it. */
final class DemoLines {
  private DemoLines() {}

  static List<String> of(DemoSummary demo) {
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "tiles      %d published, %d segmented, %d dead letters, %d lost, %d duplicates",
            demo.tilesPublished(),
            demo.tilesSegmented(),
            demo.tilesDeadLettered(),
            demo.lost(),
            demo.duplicates()));
    lines.add(
        "flood      " + areas(demo.measuredFloodedKm2(), demo.truthFloodedKm2()) + " at the end");
    DemoSummary.AtPeak peak = demo.atPeak();
    if (peak != null) {
      lines.add(
          "           "
              + areas(peak.measuredFloodedKm2(), peak.truthFloodedKm2())
              + " at the peak, as of "
              + peak.asOf());
    }
    if (demo.maskIou() != null) {
      lines.add(line("masks      IoU %.3f over %d of them", demo.maskIou(), demo.masksCompared()));
    }
    if (demo.alerts().isEmpty()) {
      lines.add("alerts     none");
    }
    if (demo.alertsLeftOut() > 0) {
      lines.add(line("alerts     %d before these", demo.alertsLeftOut()));
    }
    for (DemoSummary.AlertRow alert : demo.alerts()) {
      lines.add(
          line(
              "alert      %-6s %s, flood %.2f km2 in %s, as of %s",
              alert.kind(), alert.incident(), alert.floodedKm2(), alert.region(), alert.asOf()));
    }
    lines.add(
        line(
            "latency    p50 %.0f ms, p99 %.0f ms from received to measured",
            demo.latencyMs().p50(), demo.latencyMs().p99()));
    lines.add(
        line(
            "speed      %.1f tiles a second; ready after %.1f s",
            demo.tilesPerSecond(), demo.readySeconds()));
    lines.add(line("model      %s on %s", name(demo.model().name()), name(demo.model().device())));
    lines.add(
        line(
            "memory     %d MiB at the end, %d MiB at most",
            demo.rssMb().end(), demo.rssMb().peak()));
    return lines;
  }

  private static String areas(double measured, @Nullable Double truth) {
    return truth == null
        ? line("%.2f km2 measured", measured)
        : line("%.2f km2 measured, %.2f km2 by the simulator's truth", measured, truth);
  }

  private static String name(String text) {
    return text.isEmpty() ? "none yet" : text;
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
