package riada.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class StreamMetersTest {
  private final Map<MetricName, Metric> measured = new HashMap<>();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final StreamMeters meters = new StreamMeters(registry, () -> measured);

  private record Told(MetricName metricName, Object metricValue) implements Metric {}

  @Test
  void numbersOfThreadsAndTasksAreShownWithTheirTags() {
    tell("stream-thread-metrics", "process-rate", 7.5, Map.of("thread-id", "t1"));
    tell("stream-thread-metrics", "process-rate", 2.5, Map.of("thread-id", "t2"));
    tell("stream-metrics", "state", "RUNNING", Map.of("client-id", "c"));
    tell("stream-state-metrics", "put-rate", 1.0, Map.of("rocksdb-state-id", "s"));

    meters.refresh();

    assertThat(registry.scrape())
        .contains("kafka_stream_thread_process_rate{thread_id=\"t1\"} 7.5")
        .contains("kafka_stream_thread_process_rate{thread_id=\"t2\"} 2.5")
        .doesNotContain("RUNNING", "put_rate");
  }

  @Test
  void whatIsGoneIsShownNoLonger() {
    tell("stream-thread-metrics", "process-rate", 7.5, Map.of("thread-id", "t1"));
    meters.refresh();
    measured.clear();

    meters.refresh();

    assertThat(registry.scrape()).doesNotContain("process_rate");
  }

  private void tell(String group, String name, Object value, Map<String, String> tags) {
    MetricName metric = new MetricName(name, group, "What it is.", tags);
    measured.put(metric, new Told(metric, value));
  }
}
