package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingestion.JoinState.ClicksWaiting;
import io.millrace.ingestion.JoinState.ImpressionWaiting;
import io.millrace.ingestion.JoinState.Labelled;
import io.millrace.ingestion.JoinState.Provisional;
import io.millrace.ingestion.JoinState.WaitingClick;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class JoinStateFormatTest {
  private static final Labelled LABELLED = new Labelled(1_700_000_000_001L, true);
  private static final ImpressionWaiting IMPRESSION =
      impression(1_700_000_000_007L, 1_700_000_000_008L);
  private static final ImpressionWaiting IMPRESSION_WITHOUT_TIMES =
      impression(1_700_000_000_002L, 0);
  private static final Provisional PROVISIONAL =
      new Provisional(
          1_700_000_000_002L, 1_700_000_000_007L, 3, 4_000_000_000L, new byte[] {5, 6, 7});
  private static final ClicksWaiting CLICKS = clicks(1_700_000_000_000L, 1_700_000_000_001L);
  private static final ClicksWaiting CLICKS_WITHOUT_TIMES =
      clicks(EventClock.NONE, EventClock.NONE);

  private static ImpressionWaiting impression(long metAt, long learnAt) {
    return new ImpressionWaiting(
        1_700_000_000_002L,
        metAt,
        learnAt,
        3,
        4_000_000_000L,
        true,
        1_700_000_000_003L,
        new byte[] {5, 6, 7});
  }

  private static ClicksWaiting clicks(long firstCameAt, long secondCameAt) {
    return new ClicksWaiting(
        List.of(
            click(
                new Origin("clicks", 1, 42, 1_700_000_000_005L, null, new byte[] {1, 2}),
                firstCameAt),
            click(
                new Origin("clicks", 1, 43, 1_700_000_000_006L, new byte[0], null), secondCameAt)));
  }

  private static WaitingClick click(Origin origin, long cameAt) {
    return new WaitingClick(new ClickEvent("i", 1_700_000_000_004L, origin), cameAt);
  }

  private static byte[] golden(int version, String name) throws IOException {
    Properties golden = new Properties();
    try (InputStream in =
        Objects.requireNonNull(
            JoinStateFormatTest.class.getResourceAsStream(
                "/join-state-v" + version + ".properties"))) {
      golden.load(in);
    }
    return HexFormat.of().parseHex(golden.getProperty(name));
  }

  @Test
  void writesTheGoldenBytes() throws IOException {
    assertThat(JoinStateFormat.encode(LABELLED)).isEqualTo(golden(3, "labelled"));
    assertThat(JoinStateFormat.encode(IMPRESSION)).isEqualTo(golden(3, "impression-waiting"));
    assertThat(JoinStateFormat.encode(CLICKS)).isEqualTo(golden(3, "clicks-waiting"));
    assertThat(JoinStateFormat.encode(PROVISIONAL)).isEqualTo(golden(3, "provisional"));
  }

  @Test
  void readsTheGoldenBytes() throws IOException {
    assertThat(JoinStateFormat.decode("i", golden(3, "labelled"))).isEqualTo(LABELLED);
    assertThat(JoinStateFormat.decode("i", golden(3, "impression-waiting")))
        .usingRecursiveComparison()
        .isEqualTo(IMPRESSION);
    assertThat(JoinStateFormat.decode("i", golden(3, "clicks-waiting")))
        .usingRecursiveComparison()
        .isEqualTo(CLICKS);
    assertThat(JoinStateFormat.decode("i", golden(3, "provisional")))
        .usingRecursiveComparison()
        .isEqualTo(PROVISIONAL);
  }

  @Test
  void readsTheSecondVersion() throws IOException {
    assertThat(JoinStateFormat.decode("i", golden(2, "labelled"))).isEqualTo(LABELLED);
    assertThat(JoinStateFormat.decode("i", golden(2, "impression-waiting")))
        .usingRecursiveComparison()
        .isEqualTo(IMPRESSION_WITHOUT_TIMES);
    assertThat(JoinStateFormat.decode("i", golden(2, "clicks-waiting")))
        .usingRecursiveComparison()
        .isEqualTo(CLICKS);
  }

  @Test
  void readsTheFirstVersion() throws IOException {
    assertThat(JoinStateFormat.decode("i", golden(1, "labelled"))).isEqualTo(LABELLED);
    assertThat(JoinStateFormat.decode("i", golden(1, "impression-waiting")))
        .usingRecursiveComparison()
        .isEqualTo(IMPRESSION_WITHOUT_TIMES);
    assertThat(JoinStateFormat.decode("i", golden(1, "clicks-waiting")))
        .usingRecursiveComparison()
        .isEqualTo(CLICKS_WITHOUT_TIMES);
  }

  @Test
  void anyTruncationAndAnyAdditionIsNamed() {
    for (JoinState state : List.of(LABELLED, CLICKS)) {
      byte[] bytes = JoinStateFormat.encode(state);
      for (int length = 0; length < bytes.length; length++) {
        byte[] truncated = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> JoinStateFormat.decode("i", truncated))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageStartingWith("join state of impression_id i: ");
      }
      assertThatThrownBy(() -> JoinStateFormat.decode("i", Arrays.copyOf(bytes, bytes.length + 1)))
          .hasMessageContaining("1 bytes after its end");
    }
  }

  @Test
  void anotherMagicOrVersionIsNamed() {
    byte[] bytes = JoinStateFormat.encode(LABELLED);
    bytes[1] = 4;
    assertThatThrownBy(() -> JoinStateFormat.decode("i", bytes)).hasMessageContaining("version 4");
    assertThatThrownBy(
            () -> JoinStateFormat.decode("i", "XYZ4".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("magic 88");
  }
}
