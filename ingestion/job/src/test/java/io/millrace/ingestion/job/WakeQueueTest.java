package io.millrace.ingestion.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WakeQueueTest {
  @Test
  void timesComeInOrderAlsoAfterForgetting() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      WakeQueue queue = new WakeQueue();
      List<Long> kept = new ArrayList<>();
      int n = random.nextInt(3000);
      for (int i = 0; i < n; i++) {
        long time = random.nextInt(500);
        queue.add(time, String.valueOf(time));
        if (time % 3 != 0) {
          kept.add(time);
        }
      }
      queue.retain(id -> Long.parseLong(id) % 3 != 0);
      kept.sort(null);
      List<Long> polled = new ArrayList<>();
      while (queue.size() > 0) {
        long time = queue.earliest();
        assertThat(queue.poll()).isEqualTo(String.valueOf(time));
        polled.add(time);
      }
      assertThat(polled).isEqualTo(kept);
      assertThat(queue.earliest()).isEqualTo(Long.MAX_VALUE);
    }
  }
}
