package riada.segmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import riada.onnx.Device;
import riada.onnx.ServedFolder;
import riada.onnx.TinyModels;
import riada.proto.BadInput;
import riada.proto.WaterMask;

/** With copies of the tiny model; the test stands in for the worker's thread. */
@Timeout(60)
class ModelWatchTest {
  private static final Duration OFTEN = Duration.ofMillis(20);

  @TempDir Path folder;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<WaterModel> loaded = new CopyOnWriteArrayList<>();
  private boolean alone;
  private Path served;
  private ModelWatch watch;
  private TilePipeline pipeline;
  private Optional<Shadow> shadow = Optional.empty();

  @BeforeEach
  void serveTheTinyModel() throws Exception {
    served = TinyModels.copy(folder.resolve("served"));
    begin();
  }

  private void begin() throws BadInput {
    watch =
        new ModelWatch(
            served,
            loader(),
            () ->
                new MockProducer<>(
                    true, null, new ByteArraySerializer(), new ByteArraySerializer()),
            meters,
            Painted.CLOCK,
            OFTEN);
    pipeline = watch.open();
    watch.watch();
  }

  @AfterEach
  void end() {
    shadow.ifPresent(Shadow::close);
    pipeline.close();
    watch.close();
  }

  private ModelWatch.Loader loader() {
    return new ModelWatch.Loader() {
      @Override
      public WaterModel load(Path model) throws BadInput {
        WaterModel opened = WaterModel.open(model, Device.Choice.CPU, 1);
        loaded.add(opened);
        return opened;
      }

      @Override
      public WaterModel check(Path model) throws BadInput {
        return WaterModel.open(model, Device.Choice.CPU, 1);
      }

      @Override
      public boolean isAlone(WaterModel serving) {
        return alone;
      }
    };
  }

  @Test
  void aSwapIsHandedOverWarmAndTheModelBeforeIsClosed() throws Exception {
    ServedFolder.serve(served, TinyModels.changed(folder.resolve("next"), "2"));

    awaitVersion("2");

    assertThat(loaded.get(0).isClosed()).isTrue();
    assertThat(pipeline.model().encodings()).isEqualTo(1);
    assertThat(mask(pipeline).getModel().getVersion()).isEqualTo("2");
    assertThat(meters.counter("riada.model.swaps").count()).isEqualTo(1);
    assertThat(watch.note()).isEmpty();
  }

  @Test
  void aModelThatIsCopiedByHandIsTakenUpWhenItIsWhole() throws Exception {
    Path next = TinyModels.withoutOutputs(folder.resolve("next")); // for its other encoder
    TinyModels.changed(folder.resolve("whole"), "4");

    Files.copy(
        next.resolve("encoder.onnx"),
        served.resolve("encoder.onnx"),
        StandardCopyOption.REPLACE_EXISTING);
    await().until(() -> watch.note().contains("(model_digest)"));
    pipeline = watch.next(pipeline);
    String meanwhile = mask(pipeline).getModel().getVersion();
    for (String name : List.of("encoder.onnx", "model.json")) {
      Files.copy(
          folder.resolve("whole").resolve(name),
          served.resolve(name),
          StandardCopyOption.REPLACE_EXISTING);
    }

    awaitVersion("4");

    assertThat(meanwhile).isEqualTo("1");
    assertThat(watch.note()).isEmpty();
  }

  @Test
  void aModelWhoseGraphLacksItsOutputsIsRefusedByNameAndTheOldGoesOn() throws Exception {
    ServedFolder.serve(served, TinyModels.withoutOutputs(folder.resolve("next")));

    await().until(() -> watch.note().contains("(model_unfit)"));

    assertThat(watch.next(pipeline)).isSameAs(pipeline);
    assertThat(mask(pipeline).getModel().getVersion()).isEqualTo("1");
    assertThat(watch.note())
        .startsWith("Warning: a model was refused (model_unfit).")
        .contains("has no input named image", "tiny 1 goes on.");
    assertThat(refused("served", "model_unfit")).isEqualTo(1);
  }

  @Test
  void aModelOfAnotherInputSizeThanItsGraphIsRefused() throws Exception {
    Path next = TinyModels.changed(folder.resolve("next"), "2");
    TinyModels.edit(next, "\"input_size\": 512", "\"input_size\": 1024");
    ServedFolder.serve(served, next);

    await().until(() -> watch.note().contains("(model_unfit)"));

    assertThat(watch.note()).contains("[-1, 3, 1024, 1024]");
  }

  /** As after a failed inference: the folder's own model cannot be used, so the old is loaded. */
  @Test
  void afterARefusalTheModelAtWorkIsOpenedAnewFromWhereItWasKept() throws Exception {
    ServedFolder.serve(served, TinyModels.changed(folder.resolve("next"), "2"));
    awaitVersion("2");
    ServedFolder.serve(served, TinyModels.withoutOutputs(folder.resolve("bad")));
    await().until(() -> watch.note().contains("(model_unfit)"));
    pipeline.close();

    pipeline = watch.open();

    assertThat(mask(pipeline).getModel().getVersion()).isEqualTo("2");
  }

  @Test
  void aRefusalIsForgottenWhenTheSwapIsTakenBack() throws Exception {
    Path kept =
        ServedFolder.serve(served, TinyModels.withoutOutputs(folder.resolve("next")))
            .beforeFolder()
            .orElseThrow();
    await().until(() -> watch.note().contains("(model_unfit)"));

    ServedFolder.serve(served, kept);

    await().until(() -> watch.note().isEmpty());
    assertThat(watch.next(pipeline)).isSameAs(pipeline);
  }

  @Test
  void whereAModelMustBeAloneTheOldOneIsClosedBeforeTheNewOneIsLoaded() throws Exception {
    alone = true;
    restart();
    ServedFolder.serve(served, TinyModels.changed(folder.resolve("next"), "2"));

    awaitVersion("2");

    assertThat(loaded).hasSize(3); // of the setup, then one after the other
    assertThat(loaded.subList(0, 2)).allMatch(WaterModel::isClosed);
  }

  @Test
  void whereAModelMustBeAloneAShadowIsRefusedInASentence() throws Exception {
    alone = true;
    restart();
    ServedFolder.tryOut(served, TinyModels.changed(folder.resolve("next"), "2"));

    await().until(() -> watch.note().contains("(shadow_on_cuda)"));

    assertThat(watch.trial(Optional.empty())).isEmpty();
    assertThat(refused("shadow", "shadow_on_cuda")).isEqualTo(1);
  }

  @Test
  void aShadowBeginsAndEndsWithItsMark() throws Exception {
    ServedFolder.tryOut(served, TinyModels.changed(folder.resolve("next"), "2"));
    awaitShadow(true);
    String running = watch.note();
    ServedFolder.endTrial(served);

    awaitShadow(false);

    assertThat(running).isEqualTo("The shadow tiny 2 has seen no tile yet.");
    assertThat(loaded.get(1).isClosed()).isTrue();
    assertThat(watch.note()).isEmpty();
    assertThat(meters.find("riada.shadow.iou").meters()).isEmpty();
  }

  @Test
  void aShadowThatIsNotWholeIsRefusedAndTheOldGoesOn() throws Exception {
    Path placed =
        ServedFolder.tryOut(served, TinyModels.changed(folder.resolve("next"), "2")).folder();
    Files.writeString(placed.resolve("encoder.onnx"), "half");

    await().until(() -> watch.note().contains("(model_digest)"));

    assertThat(refused("shadow", "model_digest")).isEqualTo(1);
    assertThat(watch.next(pipeline)).isSameAs(pipeline);
  }

  @Test
  void whatNobodyTookIsClosedWithTheWatch() throws Exception {
    ServedFolder.serve(served, TinyModels.changed(folder.resolve("next"), "2"));
    await().until(() -> loaded.size() == 2);

    watch.close();

    assertThat(loaded.get(1).isClosed()).isTrue();
    assertThat(loaded.get(0).isClosed()).isFalse();
  }

  @Test
  void aFolderThatIsGoneAtTheStartIsRefused() {
    ModelWatch nowhere =
        new ModelWatch(
            folder.resolve("nowhere"), loader(), () -> null, meters, Painted.CLOCK, OFTEN);

    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(nowhere::open)
        .withMessageContaining("There is no model at");
  }

  private void restart() throws BadInput {
    pipeline.close();
    watch.close();
    begin();
  }

  private void awaitVersion(String version) {
    await()
        .until(
            () -> {
              pipeline = watch.next(pipeline);
              return pipeline.model().ref().getVersion().equals(version);
            });
  }

  private void awaitShadow(boolean present) {
    await()
        .until(
            () -> {
              shadow = watch.trial(shadow);
              return shadow.isPresent() == present;
            });
  }

  private static WaterMask mask(TilePipeline pipeline) throws Exception {
    return pipeline.segment(Painted.ID, Painted.tile(Painted.pond()).build(), Instant.EPOCH);
  }

  private double refused(String role, String reason) {
    return meters.counter("riada.model.refused", "role", role, "reason", reason).count();
  }
}
