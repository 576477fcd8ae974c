package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.standalone.LogConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LogOptionsTest {
  private static LogConfig parse(String... args) {
    LogOptions options = new LogOptions();
    CommandLine.populateCommand(options, args);
    return options.config();
  }

  @Test
  void withoutOptionsABrokerIsStartedOnTheRememberedPort() {
    assertThat(parse()).isEqualTo(LogConfig.EMBEDDED);
  }

  @Test
  void durationsHaveAUnit() {
    assertThat(parse("--retention", "12h").retention()).isEqualTo(Duration.ofHours(12));
    assertThat(parse("--retention", "7d").retention()).isEqualTo(Duration.ofDays(7));
    for (String wrong : new String[] {"12", "h", "-1h", "1.5h", "0s", "1w"}) {
      assertThatThrownBy(() -> parse("--retention", wrong))
          .hasMessage(
              "--retention "
                  + wrong
                  + ": expected a whole number, 1 or more, and s, m, h or d, as 12h");
    }
  }

  @Test
  void aPortAndAKafkaElsewhereExcludeEachOther() {
    assertThatThrownBy(() -> parse("--bootstrap", "kafka:9092", "--kafka-port", "9092"))
        .hasMessage("--kafka-port 9092 and --bootstrap kafka:9092: expected one of them");
    assertThatThrownBy(() -> parse("--kafka-port", "70000"))
        .hasMessage("port: 70000, expected 0 (the remembered one) to 65535");
  }
}
