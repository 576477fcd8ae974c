package io.millrace.parameters;

import static io.millrace.parameters.Manifests.incarnation;
import static io.millrace.parameters.Manifests.manifest;
import static io.millrace.parameters.Manifests.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.VersionManifest;
import io.millrace.parameters.VersionAssembler.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VersionAssemblerTest {
  private final VersionAssembler assembler = new VersionAssembler();

  /** Live, with version 10. */
  @BeforeEach
  void liveAtTen() {
    assembler.catchUp(null);
    assembler.row(1, new byte[] {10});
    assembler.manifest(manifest(10, 0, 1, 0), 100);
    assertThat(assembler.caughtUp()).isPresent();
  }

  @Test
  void aVersionIsItsRowsTensorsAndTheOffsetAfterItsManifest() {
    assembler.row(1, new byte[] {11});
    assembler.row(2, new byte[] {12});
    assembler.tensor(tensor("bias", 1));
    assertThat(assembler.manifest(manifest(12, 10, 2, 1), 200)).isEqualTo(Verdict.COMPLETE);
    VersionChange change = assembler.take();
    assertThat(change.manifest().getVersion()).isEqualTo(12);
    assertThat(change.nextOffset()).isEqualTo(200);
    assertThat(change.whole()).isFalse();
    assertThat(change.rows().size()).isEqualTo(2);
    assertThat(change.tensors()).containsOnlyKeys("bias");
  }

  @Test
  void whatIsNotNewerIsDroppedWithItsRows() {
    assembler.row(1, new byte[] {9});
    assertThat(assembler.manifest(manifest(10, 5, 1, 0), 200)).isEqualTo(Verdict.SKIPPED);
    assembler.row(2, new byte[] {12});
    assertThat(assembler.manifest(manifest(12, 10, 1, 0), 300)).isEqualTo(Verdict.COMPLETE);
    assertThat(assembler.take().rows().get(1)).isNull();
  }

  @Test
  void aLearnerThatRestartedBehindContinuesFromWhatIsHere() {
    assembler.row(1, new byte[] {12});
    assertThat(assembler.manifest(manifest(12, 8, 1, 0), 200)).isEqualTo(Verdict.COMPLETE);
  }

  @Test
  void aBaseThatIsNotHereIsAGap() {
    assertThat(assembler.manifest(manifest(12, 11, 0, 0), 200)).isEqualTo(Verdict.GAP);
  }

  @Test
  void recordsThatDidNotComeAreAGap() {
    assembler.row(1, new byte[] {12});
    assertThat(assembler.manifest(manifest(12, 10, 2, 0), 200)).isEqualTo(Verdict.GAP);
    assertThat(assembler.manifest(manifest(12, 10, 0, 1), 300)).isEqualTo(Verdict.GAP);
  }

  @Test
  void aVersionWithANewFeatureSchemaFollowsAsAWholeAndIsNotGivenUpForAnOlderOne() {
    VersionManifest evolved = manifest(12, 0, 1, 0);
    evolved.setFeatureSchema("\"int\"");
    assembler.row(2, new byte[] {12});
    assertThat(assembler.manifest(evolved, 200)).isEqualTo(Verdict.COMPLETE);
    VersionChange change = assembler.take();
    assertThat(change.whole()).isTrue();
    assertThat(change.rows().get(1)).isNull();
    // the learner restarts from before it took the feature in
    assembler.row(1, new byte[] {8});
    assertThat(assembler.manifest(manifest(8, 0, 1, 0), 300)).isEqualTo(Verdict.SKIPPED);
    assertThat(assembler.manifest(manifest(11, 8, 0, 0), 400)).isEqualTo(Verdict.SKIPPED);
    VersionManifest again = manifest(12, 0, 0, 0);
    again.setFeatureSchema("\"int\"");
    assertThat(assembler.manifest(again, 500)).isEqualTo(Verdict.SKIPPED);
    VersionManifest next = manifest(14, 12, 0, 0);
    next.setFeatureSchema("\"int\"");
    assertThat(assembler.manifest(next, 600)).isEqualTo(Verdict.COMPLETE);
    assertThat(assembler.take().whole()).isFalse();
  }

  @Test
  void anotherModelReplacesAllEvenWithALowerVersion() {
    assembler.row(2, new byte[] {1});
    assertThat(assembler.manifest(manifest("{\"seed\":2}", 0, 0, 1, 0), 200))
        .isEqualTo(Verdict.COMPLETE);
    VersionChange change = assembler.take();
    assertThat(change.whole()).isTrue();
    assertThat(change.rows().get(1)).isNull();
  }

  @Test
  void aDifferenceToAnotherModelIsAGap() {
    assertThat(assembler.manifest(manifest("{\"seed\":2}", 12, 10, 0, 0), 200))
        .isEqualTo(Verdict.GAP);
  }

  @Test
  void catchingUpMergesVersionsAndHoldsBackWhatHasNoManifest() {
    assembler.catchUp(manifest(10, 0, 1, 0));
    assembler.row(1, new byte[] {11});
    // The manifests of 11 to 19 were compacted away, and rows of 20 that 21 wrote again.
    assertThat(assembler.manifest(manifest(20, 19, 5, 0), 200)).isEqualTo(Verdict.COMPLETE);
    assembler.row(1, new byte[] {21});
    assembler.row(2, new byte[] {21});
    assembler.manifest(manifest(21, 20, 2, 0), 300);
    assembler.row(3, new byte[] {22});

    VersionChange change = assembler.caughtUp().orElseThrow();
    assertThat(change.manifest().getVersion()).isEqualTo(21);
    assertThat(change.nextOffset()).isEqualTo(300);
    assertThat(change.whole()).isFalse();
    assertThat(change.rows().get(1)).containsExactly(21);
    assertThat(change.rows().get(3)).isNull();

    // Row 3 belongs to the first live version.
    assertThat(assembler.manifest(manifest(22, 21, 1, 0), 400)).isEqualTo(Verdict.COMPLETE);
    assertThat(assembler.take().rows().get(3)).containsExactly(22);
  }

  @Test
  void fromTheLogsBeginningTheLastManifestWins() {
    assembler.catchUp(null);
    assembler.row(1, new byte[] {10});
    assembler.row(2, new byte[] {10});
    assembler.manifest(manifest(10, 0, 2, 0), 100);
    // The learner came back at version 4, without row 2.
    assembler.row(2, new byte[0]);
    assembler.row(1, new byte[] {4});
    assertThat(assembler.manifest(manifest(4, 0, 1, 0), 200)).isEqualTo(Verdict.COMPLETE);
    VersionChange change = assembler.caughtUp().orElseThrow();
    assertThat(change.manifest().getVersion()).isEqualTo(4);
    assertThat(change.rows().get(1)).containsExactly(4);
    assertThat(change.rows().get(2)).isEmpty();
    assembler.row(1, new byte[] {6});
    assertThat(assembler.manifest(manifest(6, 4, 1, 0), 300)).isEqualTo(Verdict.COMPLETE);
  }

  @Test
  void catchingUpToNothingNewChangesNothing() {
    assembler.catchUp(manifest(10, 0, 1, 0));
    assembler.row(1, new byte[] {9});
    assembler.manifest(manifest(10, 9, 1, 0), 100);
    assertThat(assembler.caughtUp()).isEmpty();
  }

  @Test
  void withoutABaselineTheChangeIsWhole() {
    assembler.catchUp(null);
    // A row that a later, not yet complete publish has overwritten is missing: 2 announced, 1 left.
    assembler.row(1, new byte[] {10});
    assembler.manifest(manifest(12, 11, 2, 0), 100);
    assertThat(assembler.caughtUp().orElseThrow().whole()).isTrue();
  }

  @Test
  void aNewerIncarnationReplacesAllEvenWithALowerVersion() {
    for (long version : new long[] {4, 10, 12}) {
      liveAtTen();
      assembler.row(2, new byte[] {4});
      assertThat(assembler.manifest(incarnation(1, version, 0, 1, 0), 200))
          .isEqualTo(Verdict.COMPLETE);
      VersionChange change = assembler.take();
      assertThat(change.whole()).isTrue();
      assertThat(change.manifest().getVersion()).isEqualTo(version);
      assertThat(change.rows().get(1)).isNull();
      assertThat(change.rows().get(2)).containsExactly(4);
      // and goes on from there
      assembler.row(2, new byte[] {6});
      assertThat(assembler.manifest(incarnation(1, version + 2, version, 1, 0), 300))
          .isEqualTo(Verdict.COMPLETE);
      assertThat(assembler.take().whole()).isFalse();
      assertThat(assembler.manifest(incarnation(1, version + 1, 0, 0, 0), 400))
          .isEqualTo(Verdict.SKIPPED);
    }
  }

  @Test
  void anOlderIncarnationIsIgnoredHoweverHighItsVersion() {
    assembler.catchUp(incarnation(3, 10, 0, 1, 0));
    assembler.row(1, new byte[] {12});
    assertThat(assembler.manifest(incarnation(2, 12, 10, 1, 0), 200)).isEqualTo(Verdict.SKIPPED);
    assertThat(assembler.manifest(manifest(12, 0, 0, 0), 300)).isEqualTo(Verdict.SKIPPED);
    VersionManifest evolved = incarnation(2, 14, 0, 0, 0);
    evolved.setFeatureSchema("\"int\"");
    assertThat(assembler.manifest(evolved, 400)).isEqualTo(Verdict.SKIPPED);
    assertThat(assembler.caughtUp()).isEmpty();
    assertThat(assembler.manifest(incarnation(2, 14, 10, 0, 0), 500)).isEqualTo(Verdict.SKIPPED);
    assertThat(assembler.manifest(incarnation(3, 12, 10, 0, 0), 600)).isEqualTo(Verdict.COMPLETE);
    assertThat(assembler.take().rows().get(1)).isNull();
  }

  @Test
  void whoMissedTheWholePublishOfANewerIncarnationReadsAgainFromTheStart() {
    assertThat(assembler.manifest(incarnation(1, 12, 10, 0, 0), 200)).isEqualTo(Verdict.GAP);
    assembler.catchUp(manifest(10, 0, 1, 0));
    assembler.row(1, new byte[] {12});
    assertThat(assembler.manifest(incarnation(1, 12, 10, 1, 0), 200)).isEqualTo(Verdict.GAP);
    assembler.catchUp(null);
    assembler.row(1, new byte[] {12});
    assertThat(assembler.manifest(incarnation(1, 12, 10, 1, 0), 200)).isEqualTo(Verdict.COMPLETE);
    assertThat(assembler.caughtUp().orElseThrow().whole()).isTrue();
  }

  @Test
  void aNewerIncarnationOfWhichRecordsDidNotComeIsAGap() {
    assembler.row(1, new byte[] {4});
    assertThat(assembler.manifest(incarnation(1, 4, 0, 2, 0), 200)).isEqualTo(Verdict.GAP);
  }

  @Test
  void catchingUpANewerIncarnationVoidsWhatWasMergedBefore() {
    assembler.catchUp(manifest(10, 0, 1, 0));
    assembler.row(1, new byte[] {12});
    assembler.manifest(manifest(12, 10, 1, 0), 200);
    assembler.row(2, new byte[] {4});
    // one of its two rows was compacted away in favour of one that comes
    assertThat(assembler.manifest(incarnation(1, 4, 0, 2, 0), 300)).isEqualTo(Verdict.COMPLETE);
    assembler.row(3, new byte[] {6});
    assembler.manifest(incarnation(1, 6, 4, 1, 0), 400);
    VersionChange change = assembler.caughtUp().orElseThrow();
    assertThat(change.whole()).isTrue();
    assertThat(change.manifest().getVersion()).isEqualTo(6);
    assertThat(change.rows().get(1)).isNull();
    assertThat(change.rows().get(2)).containsExactly(4);
    assertThat(change.rows().get(3)).containsExactly(6);
  }
}
