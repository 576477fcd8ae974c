package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.ranking.ServedFixture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** While versions replace each other, each answer is one whole version's. */
class VersionSwapTest {
  private static final String REQUEST =
      """
      {"context":{"user_id":"u1"},"candidates":[{"ad_id":"a1"},{"ad_id":"a2"},{"ad_id":"a3"}]}
      """;

  @Test
  void eachAnswerEqualsOneVersionsValues() throws Exception {
    // Kinds alternate in the second half: definitions are swapped, closed and reused too.
    List<ModelSnapshot> versions =
        LongStream.rangeClosed(1, 12)
            .mapToObj(
                v ->
                    ServedFixture.version(
                        "clicks", v > 6 && v % 2 == 0 ? ModelKind.LR : ModelKind.FM, v))
            .toList();
    ServedFixture.Source source = new ServedFixture.Source(versions.get(0));
    Map<Long, JsonNode> expected = new HashMap<>();
    try (MillraceServer server = Fixture.withoutKafka(source)) {
      Http http = Http.to(server);
      for (ModelSnapshot version : versions) {
        source.current = Optional.of(version);
        JsonNode answer = http.post("/v1/predict", REQUEST).json();
        assertThat(answer.get("version").asLong()).isEqualTo(version.version());
        expected.put(version.version(), answer.get("predictions"));
      }
      assertThat(Set.copyOf(expected.values())).hasSameSizeAs(versions);

      AtomicBoolean running = new AtomicBoolean(true);
      Set<Long> seen = ConcurrentHashMap.newKeySet();
      ExecutorService threads = Executors.newFixedThreadPool(5);
      List<Future<Integer>> askers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        askers.add(threads.submit(ask(http, running, seen, expected)));
      }
      long end = System.nanoTime() + 3_000_000_000L;
      for (int i = 0; System.nanoTime() < end; i++) {
        source.current = Optional.of(versions.get(i % versions.size()));
        Thread.sleep(1);
      }
      running.set(false);
      int answers = 0;
      for (Future<Integer> asker : askers) {
        answers += asker.get();
      }
      threads.shutdown();
      assertThat(answers).isGreaterThan(200);
      assertThat(seen).hasSameSizeAs(versions);
    }
  }

  private static Callable<Integer> ask(
      Http http, AtomicBoolean running, Set<Long> seen, Map<Long, JsonNode> expected) {
    return () -> {
      int answers = 0;
      while (running.get()) {
        Http.Answer answer = http.post("/v1/predict", REQUEST);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        long version = answer.json().get("version").asLong();
        assertThat(answer.json().get("predictions")).isEqualTo(expected.get(version));
        seen.add(version);
        answers++;
      }
      return answers;
    };
  }
}
