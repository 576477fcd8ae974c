package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.tukaani.xz.XZInputStream;

/** A real trial of e-mails; the file is not part of the project. */
class HillstromTest {
  private static final List<String> METRICS = List.of("visit", "conversion", "spend");
  private static final Map<String, Moments> ARMS = new HashMap<>();

  private static Moments arm(String segment, String metric) throws IOException {
    Path path =
        Path.of(System.getProperty("millrace.shared", "."), "data", "hillstrom_email_ab.csv.xz");
    Assumptions.assumeTrue(
        Files.exists(path), () -> "skipped: needs the data file " + path.getFileName());
    if (ARMS.isEmpty()) {
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  new XZInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
        reader.readLine();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          // Some histories have a comma of their own, so that cells are counted from the end.
          String[] cells = line.split(",", -1);
          int end = cells.length;
          for (int i = 0; i < METRICS.size(); i++) {
            ARMS.computeIfAbsent(cells[end - 4] + " " + METRICS.get(i), key -> new Moments())
                .add(UnitValues.of(Double.parseDouble(cells[end - 3 + i])));
          }
        }
      }
    }
    return Objects.requireNonNull(ARMS.get(segment + " " + metric));
  }

  /** The file's first line says how its numbers were made. */
  @ParameterizedTest
  @CsvFileSource(resources = "hillstrom.csv", numLinesToSkip = 1)
  void effectsAreThoseOfStatsmodels(
      String segment,
      String metric,
      Metric kind,
      double difference,
      double lower,
      double upper,
      double p,
      double lift,
      double liftLower,
      double liftUpper)
      throws IOException {
    Comparison comparison = Comparison.of(kind, arm("No E-Mail", metric), arm(segment, metric));
    Effect.Known known = (Effect.Known) comparison.difference();
    Interval interval = known.interval(new Fixed(), 0.05);
    assertThat(known.value()).isCloseTo(difference, within(1e-9));
    assertThat(interval.lower()).isCloseTo(lower, within(1e-9));
    assertThat(interval.upper()).isCloseTo(upper, within(1e-9));
    assertThat(interval.pValue()).isCloseTo(p, within(1e-9));
    Effect.Known relative = (Effect.Known) comparison.relativeLift();
    Interval relativeInterval = relative.interval(new Fixed(), 0.05);
    assertThat(relative.value()).isCloseTo(lift, within(1e-8));
    assertThat(relativeInterval.lower()).isCloseTo(liftLower, within(1e-8));
    assertThat(relativeInterval.upper()).isCloseTo(liftUpper, within(1e-8));
  }
}
