package riada.local;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import riada.proto.Topic;
import riada.proto.Topics;

/** Makes the topics of {@link Topics} on a cluster and compares what is there with them. */
public final class TopicAdmin {
  private TopicAdmin() {}

  /**
   * A topic of the contract on a cluster.
   *
   * @param status {@code created}, {@code exists}, {@code missing}, or {@code differs:} and how
   * @param partitions 0 when it is missing, as is {@code replication}
   * @param kept how long, by the contract
   * @param maxBytes the largest record, by the contract
   */
  public record TopicStatus(
      String topic,
      String key,
      String message,
      int partitions,
      int replication,
      String kept,
      int maxBytes,
      String status) {
    static TopicStatus of(Topic topic, int partitions, int replication, String status) {
      return new TopicStatus(
          topic.name(),
          topic.key(),
          topic.message(),
          partitions,
          replication,
          topic.compacted()
              ? "newest of a key"
              : topic.retention().equals(Topic.FOREVER)
                  ? "forever"
                  : topic.retention().toDays() + " days",
          topic.maxMessageBytes(),
          status);
    }
  }

  /**
   * Makes the topics that are missing and leaves the others as they are.
   *
   * @param client configuration of a Kafka client
   * @return every topic of the contract, in its order
   */
  public static List<TopicStatus> create(
      Map<String, Object> client, int partitions, short replication)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      Set<String> created = new HashSet<>();
      Set<String> there = admin.listTopics().names().get();
      List<NewTopic> missing =
          Topics.all().stream()
              .filter(topic -> !there.contains(topic.name()))
              .map(t -> new NewTopic(t.name(), partitions, replication).configs(t.config()))
              .toList();
      for (var making : admin.createTopics(missing).values().entrySet()) {
        try {
          making.getValue().get();
          created.add(making.getKey());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) { // somebody else was quicker
            throw e;
          }
        }
      }
      List<TopicStatus> all = new ArrayList<>();
      for (Topic topic : Topics.all()) {
        if (created.contains(topic.name())) {
          all.add(TopicStatus.of(topic, partitions, replication, "created"));
        }
      }
      List<Topic> others =
          Topics.all().stream().filter(topic -> !created.contains(topic.name())).toList();
      all.addAll(compare(admin, others, partitions, replication));
      return all;
    }
  }

  /** Every topic of the contract as it is on the cluster. */
  public static List<TopicStatus> describe(Map<String, Object> client)
      throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(client)) {
      return compare(admin, Topics.all(), 0, (short) 0);
    }
  }

  /**
   * How many records were ever written to a topic.
   *
   * @throws IOException with a sentence when the cluster does not tell
   */
  static long written(Cluster cluster, Topic topic) throws IOException, InterruptedException {
    try (Admin admin = Admin.create(cluster.impatient())) {
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      admin
          .describeTopics(List.of(topic.name()))
          .allTopicNames()
          .get()
          .values()
          .forEach(
              described ->
                  described
                      .partitions()
                      .forEach(
                          p ->
                              latest.put(
                                  new TopicPartition(topic.name(), p.partition()),
                                  OffsetSpec.latest())));
      return admin.listOffsets(latest).all().get().values().stream()
          .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
          .sum();
    } catch (ExecutionException e) {
      throw new IOException(
          "The broker at " + cluster + " does not tell of " + topic.name() + ": " + e.getCause(),
          e);
    }
  }

  /** Partitions or replication of 0: any number will do. */
  private static List<TopicStatus> compare(
      Admin admin, List<Topic> topics, int partitions, short replication)
      throws ExecutionException, InterruptedException {
    Set<String> there = admin.listTopics().names().get();
    List<String> names = topics.stream().map(Topic::name).filter(there::contains).toList();
    Map<String, TopicDescription> described = admin.describeTopics(names).allTopicNames().get();
    Map<String, Config> configs = new HashMap<>();
    admin
        .describeConfigs(
            names.stream().map(n -> new ConfigResource(ConfigResource.Type.TOPIC, n)).toList())
        .all()
        .get()
        .forEach((resource, config) -> configs.put(resource.name(), config));
    List<TopicStatus> all = new ArrayList<>();
    for (Topic topic : topics) {
      TopicDescription is = described.get(topic.name());
      if (is == null) {
        all.add(TopicStatus.of(topic, 0, 0, "missing"));
        continue;
      }
      int isPartitions = is.partitions().size();
      int isReplication = is.partitions().get(0).replicas().size();
      List<String> differences = new ArrayList<>();
      differ(differences, "partitions", isPartitions, partitions == 0 ? isPartitions : partitions);
      differ(
          differences,
          "replication",
          isReplication,
          replication == 0 ? isReplication : replication);
      Config config = configs.get(topic.name());
      topic
          .config()
          .forEach((name, wanted) -> differ(differences, name, value(config, name), wanted));
      all.add(
          TopicStatus.of(
              topic,
              isPartitions,
              isReplication,
              differences.isEmpty() ? "exists" : "differs: " + String.join(", ", differences)));
    }
    return all;
  }

  private static void differ(List<String> differences, String what, Object is, Object wanted) {
    if (!is.equals(wanted)
        && !(is instanceof Number n && n.intValue() == ((Number) wanted).intValue())) {
      differences.add(what + " is " + is + ", not " + wanted);
    }
  }

  private static String value(@Nullable Config config, String name) {
    return config == null || config.get(name) == null ? "unset" : config.get(name).value();
  }
}
