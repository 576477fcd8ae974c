package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LearnedIdsTest {
  private static final int CAPACITY = 2 * LearnedIds.PAGE;

  /** Ids come and come again, near and far; a queue and a set say what is remembered. */
  @Test
  void remembersExactlyTheLastIds() throws Exception {
    LearnedIds ids = new LearnedIds(CAPACITY);
    Map<Integer, byte[]> pages = new HashMap<>();
    Map<String, Integer> labels = new HashMap<>();
    Map<String, Integer> written = new HashMap<>(); // the number of the last write of each id
    int writes = 0;
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 5 * CAPACITY; i++) {
      String id = "id" + (i - random.nextInt(random.nextInt(2 * CAPACITY) + 1));
      int label = random.nextInt(2);
      boolean known = written.containsKey(id) && writes - written.get(id) < CAPACITY;
      int before = known ? labels.getOrDefault(id, -1) : LearnedIds.UNKNOWN;
      assertThat(ids.put(id, label)).as("%s at %d", id, i).isEqualTo(before);
      if (before != label) {
        written.put(id, ++writes);
        labels.put(id, label);
      }
      if (i % 7919 == 7918) {
        ids.forEachChangedPage(pages::put);
        LearnedIds restored = new LearnedIds(CAPACITY);
        pages.forEach(restored::restorePage);
        restored.restored(ids.next(), true);
        ids = restored;
      }
    }
    assertThat(writes).isGreaterThan(2 * CAPACITY);
  }

  /** Whoever forgets to free its place in the index searches for ever once that is full. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theIndexNeverFillsUp() {
    LearnedIds ids = new LearnedIds(CAPACITY);
    for (int i = 0; i < 10 * CAPACITY; i++) {
      assertThat(ids.put("id" + i, 1)).isEqualTo(LearnedIds.UNKNOWN);
    }
  }

  @Test
  void onlyChangedPagesAreStored() throws Exception {
    LearnedIds ids = new LearnedIds(CAPACITY);
    Map<Integer, byte[]> pages = new HashMap<>();
    ids.put("a", 0);
    ids.forEachChangedPage(pages::put);
    assertThat(pages.keySet()).containsExactly(0);
    pages.clear();
    assertThat(ids.put("a", 0)).isZero();
    ids.forEachChangedPage(pages::put);
    assertThat(pages).isEmpty();
    assertThat(ids.put("a", 1)).isZero();
    assertThat(ids.put("a", 1)).isEqualTo(1);
    ids.forEachChangedPage(pages::put);
    assertThat(pages.keySet()).containsExactly(0);
    pages.clear();
    for (int i = 0; i < LearnedIds.PAGE; i++) {
      ids.put("b" + i, 0);
    }
    ids.forEachChangedPage(pages::put);
    assertThat(pages.keySet()).containsExactlyInAnyOrder(0, 1);
  }

  /** Pages of before had a bit of the hash where the label is now. */
  @Test
  void whatWasStoredWithoutALabelIsTakenToHaveTheSame() throws Exception {
    LearnedIds ids = new LearnedIds(CAPACITY);
    ids.put("a", 1);
    LearnedIds restored = new LearnedIds(CAPACITY);
    ids.forEachChangedPage(restored::restorePage);
    restored.restored(ids.next(), false);
    assertThat(restored.put("a", 0)).isZero();
    assertThat(restored.put("a", 1)).isZero();
    assertThat(restored.put("b", 1)).isEqualTo(LearnedIds.UNKNOWN);
  }

  /** The fingerprints are in checkpoints: changing them would learn duplicates once more. */
  @Test
  void goldenPage() throws Exception {
    LearnedIds ids = new LearnedIds(LearnedIds.PAGE);
    ids.put("a", 0);
    ids.put("impression-2", 0);
    ids.put("é", 1);
    Map<Integer, byte[]> pages = new HashMap<>();
    ids.forEachChangedPage(pages::put);
    byte[] page = java.util.Objects.requireNonNull(pages.get(0));
    assertThat(page).hasSize(16 * LearnedIds.PAGE);
    assertThat(HexFormat.of().formatHex(page, 0, 64))
        .isEqualTo(
            "9d237a145466e6451c158c060d20f760" // a
                + "ae881f89d1d98539f7be84bbc67f5fa0" // impression-2
                + "ffb634a388965fafd278bd63e70d9fd3" // é
                + "00000000000000000000000000000000");
  }
}
