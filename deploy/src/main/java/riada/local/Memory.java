package riada.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Resident memory of this process and others that belong to it, where the system tells it. */
final class Memory {
  private static final long EVERY_NANOS = 1_000_000_000L;

  private final List<Long> processes =
      new CopyOnWriteArrayList<>(List.of(ProcessHandle.current().pid()));
  private long peakKb;
  private long lookedAt = System.nanoTime() - EVERY_NANOS;

  void add(long pid) {
    processes.add(pid);
  }

  /** Notes the peak, at most once a second. */
  synchronized void look() {
    long now = System.nanoTime();
    if (now - lookedAt >= EVERY_NANOS) {
      lookedAt = now;
      peakKb = Math.max(peakKb, kb());
    }
  }

  /** In mebibytes; 0 where the system does not tell. */
  synchronized DemoSummary.Rss rss() {
    long now = kb();
    peakKb = Math.max(peakKb, now);
    return new DemoSummary.Rss(now >> 10, peakKb >> 10);
  }

  private long kb() {
    return processes.stream().mapToLong(Memory::kb).sum();
  }

  private static long kb(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      return 0; // no such process any more, or no such system
    }
    return 0;
  }
}
