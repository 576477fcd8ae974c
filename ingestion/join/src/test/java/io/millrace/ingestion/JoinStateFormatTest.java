package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingestion.JoinState.Closed;
import io.millrace.ingestion.JoinState.Label;
import io.millrace.ingestion.JoinState.Left;
import io.millrace.ingestion.JoinState.Open;
import io.millrace.ingestion.JoinState.OutcomesWaiting;
import io.millrace.ingestion.JoinState.WaitingOutcome;
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
  private static final Origin FIRST =
      new Origin("clicks", 1, 42, 1_700_000_000_005L, null, new byte[] {1, 2});
  private static final Origin SECOND =
      new Origin("clicks", 1, 43, 1_700_000_000_006L, new byte[0], null);
  private static final Closed CLOSED =
      new Closed(
          1_700_000_000_001L,
          List.of(Label.closed("click", true), Label.closed("conversion", false)));
  private static final Open OPEN =
      open(
          1_700_000_000_007L,
          List.of(
              new Label("click", Left.NO, false, Label.UNSAID, 0, null, 1_700_000_000_009L, false),
              new Label(
                  "conversion",
                  Left.YES,
                  true,
                  1_700_000_000_008L,
                  1_700_000_000_003L,
                  12.5,
                  0,
                  false)));
  private static final OutcomesWaiting WAITING =
      new OutcomesWaiting(
          List.of(
              waiting(
                  new OutcomeEvent("i", "conversion", 1_700_000_000_004L, 12.5, false, FIRST),
                  1_700_000_000_000L),
              waiting(
                  new OutcomeEvent("i", "click", 1_700_000_000_004L, null, true, SECOND),
                  1_700_000_000_001L)));

  /** What the versions that knew clicks only are read as. */
  private static final Closed OLD_LABELLED =
      new Closed(1_700_000_000_001L, List.of(Label.closed("click", true)));

  private static Open oldImpression(long metAt, long learnAt) {
    return open(
        metAt,
        List.of(
            new Label(
                "click",
                Left.NOTHING,
                true,
                1_700_000_000_002L,
                1_700_000_000_003L,
                null,
                learnAt,
                false)));
  }

  private static final Open OLD_PROVISIONAL =
      open(
          1_700_000_000_007L,
          List.of(new Label("click", Left.NO, false, Label.UNSAID, 0, null, 0, false)));

  private static OutcomesWaiting oldClicks(long firstCameAt, long secondCameAt) {
    return new OutcomesWaiting(
        List.of(
            waiting(OutcomeEvent.click("i", 1_700_000_000_004L, FIRST), firstCameAt),
            waiting(OutcomeEvent.click("i", 1_700_000_000_004L, SECOND), secondCameAt)));
  }

  private static WaitingOutcome waiting(OutcomeEvent event, long cameAt) {
    return new WaitingOutcome(event, cameAt);
  }

  private static Open open(long metAt, List<Label> labels) {
    return new Open(1_700_000_000_002L, metAt, 3, 4_000_000_000L, labels, new byte[] {2, 7, 0});
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
    assertThat(JoinStateFormat.encode(CLOSED)).isEqualTo(golden(6, "closed"));
    assertThat(JoinStateFormat.encode(OPEN)).isEqualTo(golden(6, "open"));
    assertThat(JoinStateFormat.encode(WAITING)).isEqualTo(golden(6, "outcomes-waiting"));
  }

  private static void reads(int version, String name, JoinState state) throws IOException {
    assertThat(JoinStateFormat.decode("i", golden(version, name)))
        .usingRecursiveComparison()
        .isEqualTo(state);
  }

  @Test
  void readsTheGoldenBytes() throws IOException {
    reads(6, "closed", CLOSED);
    reads(6, "open", OPEN);
    reads(6, "outcomes-waiting", WAITING);
  }

  @Test
  void readsTheVersionsOfBefore() throws IOException {
    OutcomesWaiting clicks = oldClicks(1_700_000_000_000L, 1_700_000_000_001L);
    reads(5, "closed", CLOSED);
    reads(5, "open", OPEN);
    reads(5, "outcomes-waiting", WAITING);
    reads(4, "closed", CLOSED);
    reads(4, "open", OPEN);
    reads(4, "outcomes-waiting", WAITING);
    reads(3, "labelled", OLD_LABELLED);
    reads(3, "impression-waiting", oldImpression(1_700_000_000_007L, 1_700_000_000_008L));
    reads(3, "clicks-waiting", clicks);
    reads(3, "provisional", OLD_PROVISIONAL);
    reads(2, "labelled", OLD_LABELLED);
    reads(2, "impression-waiting", oldImpression(1_700_000_000_002L, 0));
    reads(2, "clicks-waiting", clicks);
    reads(1, "labelled", OLD_LABELLED);
    reads(1, "impression-waiting", oldImpression(1_700_000_000_002L, 0));
    reads(1, "clicks-waiting", oldClicks(EventClock.NONE, EventClock.NONE));
  }

  @Test
  void anyTruncationAndAnyAdditionIsNamed() {
    for (JoinState state : List.of(CLOSED, WAITING)) {
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
    byte[] bytes = JoinStateFormat.encode(CLOSED);
    bytes[1] = 7;
    assertThatThrownBy(() -> JoinStateFormat.decode("i", bytes)).hasMessageContaining("version 7");
    assertThatThrownBy(
            () -> JoinStateFormat.decode("i", "XYZ5".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("magic 88");
  }
}
