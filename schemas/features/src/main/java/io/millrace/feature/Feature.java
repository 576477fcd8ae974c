package io.millrace.feature;

import java.util.List;
import java.util.Optional;

/**
 * One encoded field of a feature schema.
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

  /** The key that this feature's values are hashed with. */
  default long key() {
    return FeatureHash.key(id());
  }

  /** One value out of many: a string, an integral number, a boolean or an enum symbol. */
  record Categorical(String name, String id, int lookups, CategoricalTransform transform)
      implements Feature {}

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
      implements Feature {}

  /** The combination of categorical fields, as one value. */
  record Cross(String name, String id, int lookups, List<String> fields) implements Feature {
    public Cross {
      fields = List.copyOf(fields);
    }
  }
}
