package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a server says of itself, as a table. */
class StatusTextTest {
  private static List<String> lines(String json) throws IOException {
    return StatusText.of(new ObjectMapper().readTree(json));
  }

  private static String line(List<String> lines, String begin) {
    return lines.stream()
        .filter(line -> line.startsWith(begin))
        .findFirst()
        .orElseThrow(() -> new AssertionError(begin + " in " + lines))
        .replaceAll(" +", " ");
  }

  @Test
  void saysHowServerPartsModelsEndpointsAndEventsAre() throws IOException {
    List<String> lines =
        lines(
            """
            {"time":1700000130000,"startedTime":1700000000000,"ready":true,"notReady":[],
             "parts":[{"name":"Kafka","state":"running","since":1700000001000}],
             "models":[{"name":"ads","kind":"fm","version":12345,"ageMillis":2500,"state":"shadow",
               "aliases":["live","b"],"memoryBytes":3145728,"stale":"version 12345 has not changed",
               "freshness":{"count":1234,"p50Millis":117,"p99Millis":301},
               "metrics":{"learned":9876,"served.auc":0.80125,"served.logloss":0.25,
                 "served.calibration":1.01,"total.auc":0.5}}],
             "endpoints":{"rank":{"requests":4321,"errors":7,"requestsPerSecond":200.04,
               "p50Millis":1.25,"p99Millis":9.0}},
             "ingestion":{"counts":{"late_click":5},"lag":3,"eventTime":1700000000000},
             "impressions":{"logged":400,"waitingBytes":184,"refusing":false}}""");
    assertThat(line(lines, "server")).isEqualTo("server ready, up for 2 min 10 s");
    assertThat(line(lines, "Kafka")).isEqualTo("Kafka running 2023-11-14T22:13:21Z");
    assertThat(line(lines, "ads (fm)"))
        .isEqualTo("ads (fm) 12,345 2.5 s 0.8013 0.2500 1.0100 9,876 answers, by labels");
    assertThat(line(lines, "  shadow"))
        .isEqualTo(" shadow, answers for live, b, 3.0 MiB; version 12345 has not changed");
    assertThat(line(lines, "  from click")).contains("p50 117 ms, p99 301 ms of 1,234 clicks");
    assertThat(line(lines, "rank")).isEqualTo("rank 4,321 200.0 1.3 9.0 7");
    assertThat(line(lines, "late click")).isEqualTo("late click 5");
    assertThat(line(lines, "waiting in Kafka")).endsWith(" 3");
    assertThat(line(lines, "impressions logged")).endsWith(" 400");
    assertThat(line(lines, "impressions waiting bytes")).endsWith(" 184");
    assertThat(line(lines, "joined")).isEqualTo("joined up to 2023-11-14T22:13:20Z");
  }

  @Test
  void whatIsNotKnownYetHasADash() throws IOException {
    List<String> lines =
        lines(
            """
            {"time":1500,"startedTime":1000,"ready":false,"notReady":["model ads has no version"],
             "models":[{"name":"ads","freshness":{"count":0},"metrics":{}}]}""");
    assertThat(line(lines, "server")).isEqualTo("server not ready, up for 500 ms");
    assertThat(lines.get(1)).contains("model ads has no version");
    assertThat(line(lines, "ads")).isEqualTo("ads none yet – – – – – progressive");
  }
}
