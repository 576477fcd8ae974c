package io.millrace.feature;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One encoded field of a feature schema, or a cross of such fields. What the platform asks of a
 * feature is answered here, kind by kind; what it does with each kind implements {@link Cases}.
 * Both name all kinds, so that the compiler lists what a new one has to answer.
 *
 * <p>The id, not the name, is the feature's identity: its hash key comes from it, so a renamed
 * field that keeps its id keeps what was learned, and a new id is a new feature.
 */
public sealed interface Feature {
  /** The field's name, or the cross's. */
  String name();

  /** The feature's identity: {@code feature.id} if given, otherwise the name. */
  String id();

  /** c: independent lookups into the table for each value. */
  int lookups();

  /** What it is. */
  Kind kind();

  /** What is done with a feature of its kind. */
  <R> R match(Cases<R> cases);

  /** The key that this feature's values are hashed with. */
  default long key() {
    return FeatureHash.key(id());
  }

  /** Whether it is a field of the record, under its name, and not made of others. */
  default boolean isField() {
    return kind().isField();
  }

  /** The record's fields that its value is made of: one, or those of a cross. */
  default List<String> fields() {
    return List.of(name());
  }

  /** The feature whose values these are, where it has no rows of its own. */
  default Optional<String> shares() {
    return Optional.empty();
  }

  /** Whether it is one value out of many, which a cross or a sequence may take up. */
  default boolean isCategory() {
    return switch (kind()) {
      case CATEGORICAL -> true;
      case NUMERIC, SEQUENCE, CROSS -> false;
    };
  }

  /** Whether it has one token for all values, weighted by the number. */
  default boolean isNumber() {
    return switch (kind()) {
      case NUMERIC -> true;
      case CATEGORICAL, SEQUENCE, CROSS -> false;
    };
  }

  /** Whether its tokens are hashes of its field's values, so that text and numbers differ. */
  default boolean hashesValues() {
    return switch (kind()) {
      case CATEGORICAL, SEQUENCE -> true;
      case NUMERIC, CROSS -> false;
    };
  }

  /** Whether its values are read as times. */
  default boolean readsTime() {
    return switch (kind()) {
      case CATEGORICAL -> ((Categorical) this).transform().ofTime();
      case NUMERIC, SEQUENCE, CROSS -> false;
    };
  }

  /** What separates its items where they come as one text. */
  default Optional<String> separator() {
    return switch (kind()) {
      case SEQUENCE -> Optional.of(((Sequence) this).split());
      case CATEGORICAL, NUMERIC, CROSS -> Optional.empty();
    };
  }

  /** A number to try it out with: n if it takes that, else one near 0. */
  default int sample(int n) {
    return switch (kind()) {
      case NUMERIC -> ((Numeric) this).taken(n);
      case CATEGORICAL, SEQUENCE, CROSS -> n;
    };
  }

  /** What is done with each kind. */
  interface Cases<R> {
    R categorical(Categorical feature);

    R numeric(Numeric feature);

    R sequence(Sequence feature);

    R cross(Cross feature);
  }

  /** The kinds of features. All but crosses are fields, whose property {@code kind} names them. */
  enum Kind {
    CATEGORICAL("transform"),
    NUMERIC("transform", "min", "max", "mean", "std", "limit", "outliers"),
    SEQUENCE("max", "combiner", "shares", "split"),
    CROSS("name", "fields");

    private final Set<String> properties;

    Kind(String... properties) {
      this.properties = Set.of(properties);
    }

    /** As schemas write it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean isField() {
      return switch (this) {
        case CATEGORICAL, NUMERIC, SEQUENCE -> true;
        case CROSS -> false;
      };
    }

    /** The properties that are this kind's, beside {@code id} and {@code lookups}. */
    Set<String> properties() {
      return properties;
    }
  }

  /**
   * One value out of many: a string, an integral number, a boolean or an enum symbol.
   *
   * @param transform of integral numbers, before they are hashed
   */
  record Categorical(String name, String id, int lookups, CategoricalTransform transform)
      implements Feature {

    @Override
    public Kind kind() {
      return Kind.CATEGORICAL;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.categorical(this);
    }
  }

  /**
   * A number: one token for all values, weighted by the transformed number.
   *
   * @param limit on the transformed number
   */
  record Numeric(
      String name, String id, int lookups, NumericTransform transform, NumericLimit limit)
      implements Feature {

    /** With the default limit. */
    public Numeric(String name, String id, int lookups, NumericTransform transform) {
      this(name, id, lookups, transform, NumericLimit.DEFAULT);
    }

    @Override
    public Kind kind() {
      return Kind.NUMERIC;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.numeric(this);
    }

    private int taken(int n) {
      int middle = transform instanceof NumericTransform.Standardize s ? (int) s.mean() : 0;
      return IntStream.of(n, n % 1000, n % 10, 1, 0, middle)
          .filter(x -> !Double.isNaN(limit.apply(transform.apply(x))))
          .findFirst()
          .orElse(n);
    }
  }

  /**
   * Several values, combined to one vector.
   *
   * @param id for a sequence that shares another feature's values, that feature's id
   * @param max items used; of longer arrays the last {@code max} (the newest of a history)
   * @param shares the feature whose values these are
   * @param split what separates items where the sequence comes as one string (CSV)
   */
  record Sequence(
      String name,
      String id,
      int lookups,
      int max,
      Combiner combiner,
      Optional<String> shares,
      String split)
      implements Feature {

    @Override
    public Kind kind() {
      return Kind.SEQUENCE;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.sequence(this);
    }
  }

  /** The combination of categorical fields, as one value. */
  record Cross(String name, String id, int lookups, List<String> fields) implements Feature {
    public Cross {
      fields = List.copyOf(fields);
    }

    @Override
    public Kind kind() {
      return Kind.CROSS;
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.cross(this);
    }
  }
}
