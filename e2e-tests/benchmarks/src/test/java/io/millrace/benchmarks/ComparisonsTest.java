package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.AutoIntConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The comparisons run, and what they verify before they time anything holds. */
class ComparisonsTest {

  @Test
  void kernelsPyTorchAndOnnxRuntimeGiveTheSameLogits() throws Exception {
    AttentionComparison.compare("smoke", AutoIntConfig.paper(2, 2, 8), 0.02);
  }

  /** Both learn that the first feature decides; what they read is checked by what they learn. */
  @Test
  void aStreamIsLearnedByBoth(@TempDir Path directory) throws Exception {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      rows.append(i % 3 == 0 ? "1 " : "0 ").append(i % 3 == 0 ? "7:1" : "8:1");
      for (int f = 1; f < 10; f++) {
        rows.append(' ').append(100 * f + i * f % 5).append(":1");
      }
      rows.append('\n');
    }
    Path file = Files.writeString(directory.resolve("stream.libsvm"), rows);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(
              StreamComparison.run(
                  "--format", "libsvm", "--shuffle", "1", "--rounds", "1", file.toString()))
          .isZero();
    } finally {
      System.setOut(out);
    }
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().skip(1).toList();
    assertThat(lines).hasSize(5);
    assertThat(lines)
        .allSatisfy(
            line -> assertThat(Double.parseDouble(line.substring(18, 28))).isGreaterThan(0.95));
  }

  @Test
  void theTableAndRocksDbHoldTheSameRows() throws Exception {
    RowReads.main(new String[] {"2000", "0.02"});
  }
}
