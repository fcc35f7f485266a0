package riada.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import riada.eval.Bootstrap;

class VerdictTest {
  @Test
  void whatIsWorseIsSaidOnce() {
    String sentence = Verdict.sentence(List.of(row("mine", 5, "worse")));

    assertThat(sentence)
        .isEqualTo(
            "The tuned model is worse on 5 pictures of mine on which nothing was chosen (mean IoU"
                + " 0.600, before 0.500, difference within 0.050 to 0.150).");
  }

  @Test
  void fewPicturesShowNothing() {
    String sentence = Verdict.sentence(List.of(row("mine", 4, "neither")));

    assertThat(sentence)
        .startsWith("The tuned model was not shown to be better on 4 pictures of mine")
        .endsWith("; fewer than 5 pictures that look different show nothing, so label more.");
  }

  @Test
  void fewPicturesOfElsewhereForbidNothingAndThatIsSaid() {
    List<Tuned.Row> rows = List.of(row("mine", 5, "better"), row("photographs", 1, "neither"));

    String sentence = Verdict.sentence(rows);

    assertThat(Verdict.better(rows)).isTrue();
    assertThat(sentence)
        .endsWith(
            "; of photographs fewer than 5 pictures that look different judge, which shows"
                + " nothing.");
  }

  @Test
  void whatIsBetterHereAndWorseElsewhereIsNotBetter() {
    List<Tuned.Row> rows = List.of(row("mine", 5, "better"), row("photographs", 9, "worse"));

    String sentence = Verdict.sentence(rows);

    assertThat(Verdict.better(rows)).isFalse();
    assertThat(sentence)
        .contains("is better on 5 pictures of mine")
        .contains(", and worse on 9 pictures of photographs")
        .endsWith(": use it only where nothing else is to be seen.");
  }

  private static Tuned.Row row(String folder, int images, String verdict) {
    Bootstrap.Interval interval = new Bootstrap.Interval(0.05, 0.15);
    return new Tuned.Row(
        folder,
        List.of("rgb"),
        "detector",
        images,
        images,
        0.5,
        0.6,
        0.5,
        0.6,
        0.1,
        interval,
        verdict);
  }
}
