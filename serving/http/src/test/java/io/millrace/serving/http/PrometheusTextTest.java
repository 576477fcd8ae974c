package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {

  @Test
  void writesFamiliesAndEscapesLabels() {
    String text =
        new PrometheusText()
            .family("a_total", "counter", "Some.")
            .sample("a_total", Map.of(), 3)
            .sample("a_total", Map.of("name", "x\"\\\ny"), 0.5)
            .sample("a_total", Map.of("le", "+Inf"), Double.POSITIVE_INFINITY)
            .toString();
    assertThat(text)
        .isEqualTo(
            """
            # HELP a_total Some.
            # TYPE a_total counter
            a_total 3
            a_total{name="x\\"\\\\\\ny"} 0.5
            a_total{le="+Inf"} +Inf
            """);
  }
}
