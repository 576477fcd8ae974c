package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpeCommandTest {
  @TempDir private Path folder;

  /** 400 decisions between two actions by even chances; the target takes the better one. */
  private Path log(String... more) throws IOException {
    StringBuilder text = new StringBuilder("clicked,p,pi,q,q_pi\n");
    for (int i = 0; i < 400; i++) {
      boolean better = i % 2 == 0;
      boolean clicked = i % 8 == 0 || i % 8 == 1 && i < 100;
      text.append(clicked ? 1 : 0)
          .append(",0.5,")
          .append(better ? "1," : "0,")
          .append(better ? "0.25,0.25\n" : "0.05,0.25\n");
    }
    for (String row : more) {
      text.append(row).append('\n');
    }
    return Files.writeString(folder.resolve("log.csv"), text.toString());
  }

  private static String estimate(String output, String estimator) {
    return output
        .lines()
        .filter(line -> line.startsWith(estimator + " "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(estimator + " in " + output))
        .substring(estimator.length())
        .strip()
        .split(" ")[0];
  }

  @Test
  void estimatesWhatTheTargetWouldHaveEarned() throws IOException {
    Ran ran =
        Ran.of(
            "ope",
            log().toString(),
            "--reward",
            "clicked",
            "--propensity",
            "p",
            "--target",
            "pi",
            "--predicted",
            "q",
            "--predicted-of-target",
            "q_pi");
    assertThat(ran.status()).as(ran.toString()).isZero();
    // 50 of the 200 better ones were clicked: weights are 2, so 100 of 400.
    assertThat(estimate(ran.out(), "IPS")).isEqualTo("0.250000");
    assertThat(estimate(ran.out(), "SNIPS")).isEqualTo("0.250000");
    assertThat(estimate(ran.out(), "DM")).isEqualTo("0.250000");
    assertThat(estimate(ran.out(), "DR")).isEqualTo("0.250000");
    assertThat(ran.out()).contains("400 decisions; weights have mean 1.000").contains("size 200");
  }

  @Test
  void aTargetThatChoosesAtRandomIsTheLogsOwnMean() throws IOException {
    Ran ran =
        Ran.of(
            "ope", log().toString(), "--reward", "clicked", "--propensity", "p", "--actions", "2");
    assertThat(ran.status()).isZero();
    assertThat(estimate(ran.out(), "IPS")).isEqualTo("0.157500");
  }

  @Test
  void whatCannotBeUsedIsCountedAndShown() throws IOException {
    Path log = log("1,0,1,0.1,0.1", "maybe,0.5,1,0.1,0.1", "1,0.5,1.5,0.1,0.1");
    Ran ran =
        Ran.of("ope", log.toString(), "--reward", "clicked", "--propensity", "p", "--target", "pi");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err())
        .contains("3 rows left out:")
        .contains("line 402: p: '0', expected a number above 0, at most 1")
        .contains("line 403: clicked: 'maybe', expected a number")
        .contains("line 404: pi: '1.5', expected a number from 0 to 1");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Path log = log();
    Ran column = Ran.of("ope", log.toString(), "--reward", "click", "--actions", "2");
    assertThat(column.status()).isEqualTo(2);
    assertThat(column.err()).contains("--reward: click, expected a column of").contains("clicked");
    Ran target = Ran.of("ope", log.toString(), "--reward", "clicked", "--propensity", "p");
    assertThat(target.status()).isEqualTo(2);
    assertThat(target.err()).contains("--target, --actions: neither, expected one of them");
  }
}
