package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.metrics.Cohorts;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionLearnerStateTest {
  private static final PartitionLearnerState STATE =
      new PartitionLearnerState(
          1000,
          997,
          640,
          7,
          12,
          new PartitionCounts(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
          new Incarnation(2, "a", 513),
          "{\"name\":\"m\"}",
          "\"string\"",
          new byte[] {5, 6},
          new byte[] {7},
          new byte[] {6, 6, 6},
          new byte[] {3},
          new byte[] {4, 2},
          new byte[] {9},
          List.of(new byte[] {8, 9}, new byte[0]),
          new long[] {997, 999},
          new byte[] {2, 1},
          new float[] {1, 0.5f});

  private static final String INCARNATION =
      "0000000000000002" + "0000000000000201" + "00000001" + "61";

  private static final String PROVISIONAL =
      "0000000000000005" + "0000000000000006" + "0000000000000007";
  private static final String OTHER_OUTCOME = "0000000000000008";
  private static final String WITHHELD = "0000000000000009";
  private static final String OTHER_ARM = "000000000000000a";
  private static final String ODDS = "00000001" + "09";
  private static final String PENDING =
      "080900000000000003e5023f8000000000000000000000000003e7013f000000";
  private static final String COHORTS = "00000003" + "060606" + "00000001" + "03";
  private static final String GUARD = "00000002" + "0402";

  private static final String GOLDEN =
      "4d524c4e"
          + "08"
          + "00000000000003e8"
          + "00000000000003e5"
          + "0000000000000280"
          + "00000007"
          + "0000000c"
          + "0000000000000001"
          + "0000000000000002"
          + "0000000000000003"
          + "0000000000000004"
          + PROVISIONAL
          + OTHER_OUTCOME
          + WITHHELD
          + OTHER_ARM
          + INCARNATION
          + "0000000c"
          + "7b226e616d65223a226d227d"
          + "00000008"
          + "22737472696e6722"
          + "00000002"
          + "0506"
          + "00000001"
          + "07"
          + COHORTS
          + GUARD
          + ODDS
          + "00000002"
          + "00000002"
          + PENDING;

  @Test
  void goldenForm() {
    assertThat(HexFormat.of().formatHex(STATE.toBytes())).isEqualTo(GOLDEN);
  }

  @Test
  void readsWhatItWrote() throws IOException {
    PartitionLearnerState read = PartitionLearnerState.fromBytes(HexFormat.of().parseHex(GOLDEN));
    assertThat(read).usingRecursiveComparison().isEqualTo(STATE);
  }

  private static String seventhForm() {
    return GOLDEN
        .replace("4e08", "4e07")
        .replace(WITHHELD + OTHER_ARM, WITHHELD)
        .replace(GUARD + ODDS, GUARD)
        .replace(PENDING, "080900000000000003e5020000000000000000000003e701");
  }

  @Test
  void readsTheFormWithoutOdds() throws IOException {
    PartitionLearnerState read =
        PartitionLearnerState.fromBytes(HexFormat.of().parseHex(seventhForm()));
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields("counts", "odds", "pendingImportance")
        .isEqualTo(STATE);
    assertThat(read.counts()).isEqualTo(new PartitionCounts(1, 2, 3, 4, 5, 6, 7, 8, 9, 0));
    assertThat(read.odds()).isEmpty();
    assertThat(read.pendingImportance()).isEmpty();
  }

  private static String sixthForm() {
    return seventhForm()
        .replace("4e07", "4e06")
        .replace(OTHER_OUTCOME + WITHHELD, OTHER_OUTCOME)
        .replace(COHORTS + GUARD, COHORTS);
  }

  @Test
  void readsTheFormWithoutGuard() throws IOException {
    PartitionLearnerState read =
        PartitionLearnerState.fromBytes(HexFormat.of().parseHex(sixthForm()));
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields("counts", "guard", "odds", "pendingImportance")
        .isEqualTo(STATE);
    assertThat(read.counts()).isEqualTo(new PartitionCounts(1, 2, 3, 4, 5, 6, 7, 8, 0, 0));
    assertThat(read.guard()).isEmpty();
  }

  private static String fifthForm() {
    return sixthForm().replace("4e06", "4e05").replace(PROVISIONAL + OTHER_OUTCOME, PROVISIONAL);
  }

  @Test
  void readsTheFormOfClicksOnly() throws IOException {
    PartitionLearnerState read =
        PartitionLearnerState.fromBytes(HexFormat.of().parseHex(fifthForm()));
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields("counts", "guard", "odds", "pendingImportance")
        .isEqualTo(STATE);
    assertThat(read.counts()).isEqualTo(new PartitionCounts(1, 2, 3, 4, 5, 6, 7, 0, 0, 0));
  }

  private static String fourthForm() {
    String golden =
        fifthForm().replace("4e05", "4e04").replace(PROVISIONAL, "").replace(COHORTS, "");
    String end = "080900000000000003e5020000000000000000000003e701";
    assertThat(golden).endsWith(end);
    return golden.substring(0, golden.length() - end.length())
        + "080900000000000003e50000000000000000000003e7";
  }

  @Test
  void readsTheFormWithoutCohorts() throws IOException {
    PartitionLearnerState read =
        PartitionLearnerState.fromBytes(HexFormat.of().parseHex(fourthForm()));
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields(
            "counts", "cohorts", "said", "guard", "odds", "pendingLabels", "pendingImportance")
        .isEqualTo(STATE);
    assertThat(read.counts()).isEqualTo(new PartitionCounts(1, 2, 3, 4, 0, 0, 0, 0, 0, 0));
    assertThat(read.cohorts()).isEqualTo(new Cohorts().toBytes());
  }

  private static String thirdForm(String format) {
    String golden = fourthForm().replace("4e04", "4e" + format).replace(INCARNATION, "");
    String end = "080900000000000003e50000000000000000000003e7";
    assertThat(golden).endsWith(end);
    return golden.substring(0, golden.length() - end.length()) + "080900000000";
  }

  @Test
  void readsTheThirdFormAsIfOffsetsFollowedEachOther() throws IOException {
    PartitionLearnerState read =
        PartitionLearnerState.fromBytes(HexFormat.of().parseHex(thirdForm("03")));
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields(
            "pendingOffsets",
            "incarnation",
            "counts",
            "cohorts",
            "said",
            "guard",
            "odds",
            "pendingImportance",
            "odds",
            "pendingLabels",
            "pendingImportance")
        .isEqualTo(STATE);
    assertThat(read.pendingOffsets()).containsExactly(997, 998);
    assertThat(read.incarnation()).isEqualTo(Incarnation.UNKNOWN);
  }

  @Test
  void readsTheFormWithoutASwitch() throws IOException {
    String old = thirdForm("02").replace("000000000000028000000007", "");
    PartitionLearnerState read = PartitionLearnerState.fromBytes(HexFormat.of().parseHex(old));
    assertThat(read)
        .usingRecursiveComparison()
        .ignoringFields(
            "said",
            "guard",
            "odds",
            "pendingImportance",
            "switchedAt",
            "schemaId",
            "incarnation",
            "pendingOffsets",
            "counts",
            "cohorts",
            "pendingLabels")
        .isEqualTo(STATE);
    assertThat(read.switchedAt()).isEqualTo(SchemaSwitch.NONE);
    assertThat(read.schemaId()).isEqualTo(SchemaSwitch.UNKNOWN_ID);
    assertThat(read.incarnation()).isEqualTo(Incarnation.UNKNOWN);
  }

  @Test
  void refusesWhatIsNoState() {
    byte[] bytes = STATE.toBytes();
    for (int n = 0; n < bytes.length; n++) {
      byte[] cut = Arrays.copyOf(bytes, n);
      assertThatThrownBy(() -> PartitionLearnerState.fromBytes(cut))
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(
            () -> PartitionLearnerState.fromBytes(Arrays.copyOf(bytes, bytes.length + 3)))
        .hasMessage("learner state: 3 bytes left over, expected none");
    bytes[4] = 1;
    assertThatThrownBy(() -> PartitionLearnerState.fromBytes(bytes))
        .hasMessage("learner state: magic 4d524c4e format 1, expected 4d524c4e format 2 to 8");
  }
}
