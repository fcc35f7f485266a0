package riada.local;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.GroupState;
import riada.stream.StreamsSettings;

/**
 * Whether somebody else's alerts stage is at work on a cluster: it would call a simulated flood an
 * actual one, and the demo its alerts a test.
 */
final class OtherAlerts implements AutoCloseable {
  /** Longer than the session of a stage that has ended. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Admin admin;

  OtherAlerts(Cluster cluster) {
    this.cluster = cluster;
    admin = Admin.create(cluster.impatient());
  }

  /** A stage that was killed counts until its session ends. */
  boolean areAtWork() throws InterruptedException, IOException {
    try {
      return admin.listGroups().all().get().stream()
          .filter(group -> group.groupId().equals(StreamsSettings.APPLICATION_ID))
          .flatMap(group -> group.groupState().stream())
          .anyMatch(state -> state != GroupState.EMPTY && state != GroupState.DEAD);
    } catch (ExecutionException e) {
      String why = e.getCause() == null ? "" : e.getCause().getMessage();
      throw new IOException(
          "The broker at " + cluster + " does not say who is at work on it (" + why + ").", e);
    }
  }

  /** The sentence for whoever started the demo. */
  IOException refusal() {
    return new IOException(
        "An alerts stage is at work on the cluster at "
            + cluster
            + ": it would alert of a simulated flood as of an actual one. Leave out"
            + " --bootstrap-servers (and RIADA_BOOTSTRAP_SERVERS) for a broker of the demo's own, or"
            + " play an exercise beside the real system with riada drill.");
  }

  @Override
  public void close() {
    admin.close();
  }
}
