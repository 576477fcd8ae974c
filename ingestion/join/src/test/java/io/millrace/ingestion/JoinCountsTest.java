package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.millrace.wire.Counter;
import io.millrace.wire.RejectionReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class JoinCountsTest {
  @Test
  void differencesAddUpThroughTheirBytes() {
    JoinCounts difference = new JoinCounts();
    difference.add(Counter.CLICKS);
    difference.add(Counter.CLICKS);
    difference.add(RejectionReason.LATE_CLICK);
    JoinCounts totals = new JoinCounts();
    totals.add(JoinCounts.fromBytes(difference.toBytes()));
    totals.add(JoinCounts.fromBytes(difference.toBytes()));

    assertThat(totals.totals().byName())
        .contains(entry("clicks", 4L), entry("late_click", 2L), entry("impressions", 0L))
        .doesNotContainKey("undecodable");
  }

  @Test
  void theStoredFormIsFixed() {
    JoinCounts counts = new JoinCounts();
    counts.add(Counter.CLICKS);
    assertThat(HexFormat.of().formatHex(counts.toBytes()))
        .isEqualTo("43" + "01" + "0001" + "06" + "636c69636b73" + "0000000000000001");
  }

  @Test
  void aCounterOfAnotherVersionIsKept() {
    byte[] stored =
        ByteBuffer.allocate(4 + 1 + 3 + 8)
            .put((byte) 'C')
            .put((byte) 1)
            .putShort((short) 1)
            .put((byte) 3)
            .put("old".getBytes(StandardCharsets.US_ASCII))
            .putLong(7)
            .array();
    JoinCounts counts = JoinCounts.fromBytes(JoinCounts.fromBytes(stored).toBytes());
    assertThat(counts.totals().byName()).contains(entry("old", 7L));
    counts.clear();
    assertThat(counts.isEmpty()).isTrue();
  }

  @Test
  void otherBytesAreRefused() {
    assertThatThrownBy(() -> JoinCounts.fromBytes(new byte[] {'C', 2, 0, 0}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("version 1");
  }
}
