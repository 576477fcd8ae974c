package io.millrace.feature;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;

/** The feature schemas that come with the platform, by name. */
public final class BuiltInSchemas {
  /** MovieLens-1M ratings as a stream of likes: the streaming benchmark. */
  public static final String MOVIELENS_STREAM = "movielens-stream";

  /** The TalkingData AdTracking sample. */
  public static final String TALKINGDATA = "talkingdata";

  /** Criteo Kaggle display advertising. */
  public static final String CRITEO = "criteo";

  /** libsvm lines with ten {@code id:value} pairs, such as Frappe: pair k goes to field f{k}. */
  public static final String LIBSVM_10 = "libsvm-10";

  /** The demo's synthetic ad world. */
  public static final String AD_WORLD = "ad-world";

  private BuiltInSchemas() {}

  /** All names. */
  public static List<String> names() {
    return List.of(MOVIELENS_STREAM, TALKINGDATA, CRITEO, LIBSVM_10, AD_WORLD);
  }

  /**
   * Loads and validates a schema.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public static FeatureSchema load(String name) {
    if (!names().contains(name)) {
      throw new IllegalArgumentException(
          "feature schema: unknown '" + name + "'" + NearestName.hint(name, names()));
    }
    String resource = "/feature-schemas/" + name + ".avsc";
    try (InputStream in = BuiltInSchemas.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is missing from the jar");
      }
      return FeatureSchema.parse(new Schema.Parser().parse(in));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read resource " + resource, e);
    }
  }
}
