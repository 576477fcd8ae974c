package io.millrace.study;

import io.millrace.embedding.scheme.DeepHashConfig;
import io.millrace.embedding.scheme.EmbeddingConfig;
import io.millrace.embedding.scheme.HashConfig;
import io.millrace.embedding.scheme.MixedDimensionConfig;
import io.millrace.embedding.scheme.NarrowConfig;
import io.millrace.embedding.scheme.QuotientRemainderConfig;
import io.millrace.embedding.scheme.RobeConfig;
import io.millrace.embedding.scheme.TensorTrainConfig;
import io.millrace.embedding.scheme.UnifiedConfig;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.EmbeddingBytes;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The settings of a scheme that hold the most within a budget of bytes.
 *
 * @param schema of the model's features
 * @param vocabulary of the file
 */
record SchemeFit(FeatureSchema schema, Vocabulary vocabulary) {
  /** The schemes of a study. */
  static final List<String> SCHEMES =
      List.of("unified", "hash", "qr", "narrow", "mde", "robe", "tt", "dhe");

  private static final int LEAST_ROWS = 16; // of any model's table
  private static final int IDS_PER_TOKEN = 4; // so that few tokens share an id
  private static final int LARGEST_RANK = 16; // the arithmetic of a token grows with its square
  private static final int HASHES = 128;
  private static final int DEEP_LAYERS = 2;

  /**
   * A model of a scheme.
   *
   * @param plain the model with any other scheme
   * @return empty if none of its settings is small enough
   */
  Optional<ModelConfig> within(long bytes, String scheme, ModelConfig plain) {
    int dim = plain.dim();
    long values = bytes / Float.BYTES;
    Stream<ModelConfig> candidates =
        switch (scheme) {
          case "unified" ->
              new Sized(values / (dim / schema.maxLookups()), new UnifiedConfig()).in(plain);
          case "hash" -> new Sized(values / dim, new HashConfig(shares())).in(plain);
          case "qr" -> quotients(values / dim).in(plain);
          case "narrow" -> narrow(values, dim).flatMap(sized -> sized.in(plain));
          case "mde" -> mixed(values, dim).flatMap(sized -> sized.in(plain));
          case "robe" -> robe(values, dim).in(plain);
          case "tt" ->
              LongStream.iterate(LARGEST_RANK, rank -> rank > 0, rank -> rank / 2)
                  .boxed()
                  .flatMap(rank -> train(values, rank.intValue()).in(plain));
          case "dhe" ->
              LongStream.iterate(512, width -> width > 0, width -> width / 2)
                  .boxed()
                  .flatMap(width -> deep(width.intValue()).in(plain));
          default ->
              throw new IllegalArgumentException(
                  "schemes: \"%s\", expected some of %s"
                      .formatted(scheme, String.join(", ", SCHEMES)));
        };
    return candidates.filter(config -> held(config) <= bytes).findFirst();
  }

  private long held(ModelConfig config) {
    try (CompiledModel compiled = CompiledModel.of(config, schema)) {
      return EmbeddingBytes.values(compiled);
    } catch (IllegalArgumentException e) {
      return Long.MAX_VALUE; // too few rows for such settings
    }
  }

  /** Rows and settings. */
  private record Sized(long rows, EmbeddingConfig embedding) {
    Stream<ModelConfig> in(ModelConfig plain) {
      if (rows < LEAST_ROWS) {
        return Stream.empty();
      }
      try {
        return Stream.of(ModelConfigBuilder.builder(plain).rows(rows).embedding(embedding).build());
      } catch (IllegalArgumentException e) {
        return Stream.empty();
      }
    }
  }

  private Map<String, Double> shares() {
    Map<String, Double> shares = new HashMap<>();
    vocabulary.counts().forEach((field, count) -> shares.put(field, (double) count));
    return shares;
  }

  private Sized quotients(long rows) {
    long pairs = Math.max(1, rows * rows / 4);
    long ids = Math.min(IDS_PER_TOKEN * vocabulary.tokens(), pairs);
    return new Sized(rows, new QuotientRemainderConfig(ids));
  }

  /** The widest rows of which there is one for each token; else rows of a single value. */
  private Stream<Sized> narrow(long values, int dim) {
    int fields = vocabulary.counts().size();
    return LongStream.iterate(Integer.highestOneBit(dim - 1), w -> w > 0, w -> w / 2)
        .mapToObj(w -> new Sized((values - fields * w * dim) / w, new NarrowConfig((int) w)))
        .filter(
            sized ->
                sized.rows() >= vocabulary.tokens()
                    || ((NarrowConfig) sized.embedding()).width() == 1);
  }

  /** The widest fields, from those of equal widths on; at last rows of a single value. */
  private Stream<Sized> mixed(long values, int dim) {
    List<String> fields = List.copyOf(vocabulary.counts().keySet());
    long[] counts = fields.stream().mapToLong(vocabulary.counts()::get).toArray();
    return LongStream.rangeClosed(0, 40)
        .mapToObj(
            i -> {
              int[] widths = MixedDimensionConfig.widths(counts, dim, i * 0.05);
              return mixed(values, dim, fields, counts, widths, i == 40);
            })
        .flatMap(Optional::stream);
  }

  private Optional<Sized> mixed(
      long values, int dim, List<String> fields, long[] counts, int[] widths, boolean last) {
    Map<String, Integer> byField = new HashMap<>();
    long needed = 0;
    long matrices = 0;
    int least = dim;
    for (int f = 0; f < widths.length; f++) {
      byField.put(fields.get(f), widths[f]);
      needed += counts[f] * widths[f];
      matrices += widths[f] < dim ? (long) widths[f] * dim : 0;
      least = Math.min(least, widths[f]);
    }
    // Widths are powers of two, or D itself: the least divides them if D is one as well.
    boolean fits = needed + matrices <= values || last;
    return fits
        ? Optional.of(
            new Sized((values - matrices) / least, new MixedDimensionConfig(byField, shares())))
        : Optional.empty();
  }

  private Sized robe(long values, int dim) {
    int block = dim % 4 == 0 ? dim / 4 : dim;
    return new Sized(values / block, new RobeConfig(block));
  }

  private Sized train(long values, int rank) {
    return new Sized(values, new TensorTrainConfig(IDS_PER_TOKEN * vocabulary.tokens(), rank));
  }

  private static Sized deep(int width) {
    return new Sized(LEAST_ROWS, new DeepHashConfig(HASHES, width, DEEP_LAYERS));
  }
}
