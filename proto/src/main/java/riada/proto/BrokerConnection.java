package riada.proto;

import org.apache.kafka.clients.consumer.Consumer;

/** Whether a client has a broker to talk to, which Kafka's clients do not say of themselves. */
public final class BrokerConnection {
  private BrokerConnection() {}

  /**
   * Whether any connection of this consumer is open: without one its polls are just empty, for as
   * long as the broker is away. A consumer that does not count its connections is taken to have
   * one.
   */
  public static boolean isOpen(Consumer<?, ?> consumer) {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("connection-count"))
        .noneMatch(metric -> metric.metricValue() instanceof Double n && n == 0);
  }
}
