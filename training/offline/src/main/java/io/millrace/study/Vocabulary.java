package io.millrace.study;

import io.millrace.feature.EncodedBatch;
import io.millrace.trained.LabeledExamples;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many different tokens the fields of examples have.
 *
 * @param counts by the fields' names, at least 1 each
 */
public record Vocabulary(Map<String, Long> counts) {

  /** Counts tokens. */
  public static Vocabulary of(LabeledExamples examples, List<String> fields) {
    List<LongOpenHashSet> seen = new ArrayList<>();
    fields.forEach(field -> seen.add(new LongOpenHashSet()));
    EncodedBatch encoded = examples.encoded();
    for (int b = 0; b < encoded.size(); b++) {
      for (int f = 0; f < fields.size(); f++) {
        for (int t = encoded.start(b, f); t < encoded.end(b, f); t++) {
          seen.get(f).add(encoded.token(t));
        }
      }
    }
    Map<String, Long> counts = new TreeMap<>();
    for (int f = 0; f < fields.size(); f++) {
      counts.put(fields.get(f), (long) Math.max(1, seen.get(f).size()));
    }
    return new Vocabulary(counts);
  }

  /** Tokens of all fields. */
  public long tokens() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Bytes of a table that gives each token a row of its own, in fp32. */
  public long fullBytes(int dim) {
    return tokens() * dim * Float.BYTES;
  }
}
