package riada.local;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Shows what Kafka Streams measures of itself beside Riada's own metrics, as gauges {@code
 * kafka.stream.<group>.<name>}: its client, threads and tasks; not each store, whose names differ.
 * Any thread may call it.
 */
final class StreamMeters {
  /** All metrics of one of these groups have the same tags, as the registry asks. */
  private static final Set<String> GROUPS =
      Set.of("stream-metrics", "stream-thread-metrics", "stream-task-metrics");

  private final MeterRegistry registry;
  private final Supplier<Map<MetricName, ? extends Metric>> source;
  private final Map<MetricName, Meter> shown = new HashMap<>();

  StreamMeters(MeterRegistry registry, Supplier<Map<MetricName, ? extends Metric>> source) {
    this.registry = registry;
    this.source = source;
  }

  /** Adds what is new and takes away what is gone: threads and tasks come and go. */
  synchronized void refresh() {
    Set<MetricName> gone = new HashSet<>(shown.keySet());
    for (Metric metric : source.get().values()) {
      MetricName name = metric.metricName();
      if (GROUPS.contains(name.group()) && metric.metricValue() instanceof Number) {
        gone.remove(name);
        shown.computeIfAbsent(name, added -> gauge(metric));
      }
    }
    for (MetricName name : gone) {
      registry.remove(shown.remove(name));
    }
  }

  private Gauge gauge(Metric metric) {
    MetricName name = metric.metricName();
    List<Tag> tags =
        name.tags().entrySet().stream().map(tag -> Tag.of(tag.getKey(), tag.getValue())).toList();
    String group = name.group().replace("-metrics", "").replace('-', '.');
    return Gauge.builder(
            "kafka." + group + "." + name.name().replace('-', '.'), metric, m -> value(m))
        .tags(tags)
        .description(name.description())
        .strongReference(true)
        .register(registry);
  }

  private static double value(Metric metric) {
    return metric.metricValue() instanceof Number number ? number.doubleValue() : Double.NaN;
  }
}
