package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import riada.proto.ModelVersions;

class TunedVersionTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0.3.0, 0.3.0+tuned.20261124T120000Z.ab12cd34",
    "0.3.0+tuned.20261123T235959Z.ffffffff, 0.3.0+tuned.20261124T120000Z.ab12cd34",
    "1+tuned.00000000, 1+tuned.20261124T120000Z.ab12cd34",
    "1+tuned.20261124T120001Z.00, 1+tuned.20261124T120001Z.00+tuned.20261124T120000Z.ab12cd34"
  })
  void aTunedModelHasAHigherVersionThanItsParent(String parent, String expected) {
    String version = TunedFolder.version(parent, NOON, "ab12cd34");

    assertThat(version).isEqualTo(expected);
    assertThat(ModelVersions.ORDER.compare(version, parent)).isPositive();
  }

  @Test
  void theLaterOfTwoHasTheHigherVersionWhicheverCameOfTheOther() {
    String first = TunedFolder.version("0.3.0", NOON, "ff");
    String ofFirst = TunedFolder.version(first, NOON.plusSeconds(60), "ee");

    String sibling = TunedFolder.version("0.3.0", NOON.plusSeconds(3600), "00");

    assertThat(new String[] {ofFirst, first, "0.3.0", sibling})
        .isNotEmpty()
        .satisfies(
            all -> assertThat(sorted(all)).containsExactly("0.3.0", first, ofFirst, sibling));
  }

  private static String[] sorted(String[] versions) {
    String[] sorted = versions.clone();
    java.util.Arrays.sort(sorted, ModelVersions.ORDER);
    return sorted;
  }
}
