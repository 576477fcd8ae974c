package io.millrace.serving;

import io.millrace.feature.FeatureCompatibility;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * How a request's features become records while producers and models change versions one after the
 * other. A request may name features of the model's schema or of the newest one, by present names
 * or aliases; the model is asked in its own, and the log is written in the newest, so that models
 * learn a new feature from what was served. Immutable.
 *
 * @param model the schema that the model encodes by
 * @param asked the subject's newest version, or null if it is not known
 * @param log the newest version if it is compatible, else the model's schema
 */
record RequestFeatures(FeatureSchema model, @Nullable FeatureSchema asked, FeatureSchema log) {

  /** The newest version is followed only where the model could follow it. */
  static RequestFeatures of(FeatureSchema model, @Nullable FeatureSchema newest) {
    if (newest == null
        || newest.avro().equals(model.avro())
        || !FeatureCompatibility.allCompatible(FeatureCompatibility.compare(model, newest))) {
      return new RequestFeatures(model, newest, model);
    }
    return new RequestFeatures(model, newest, newest);
  }

  /** Whether one record serves both. */
  boolean isOne() {
    return log == model;
  }

  /**
   * The record that the model is asked with.
   *
   * @throws InvalidFeatureException naming a feature that cannot be used
   */
  GenericRecord forModel(Map<String, ? extends @Nullable Object> features) {
    return FeatureRecords.fromMap(model, isOne() ? features : translated(features, model, log));
  }

  /**
   * The record that is logged.
   *
   * @throws InvalidFeatureException naming a feature that cannot be used
   */
  GenericRecord forLog(Map<String, ? extends @Nullable Object> features) {
    return FeatureRecords.fromMap(log, translated(features, log, model));
  }

  /** Features as one schema names them; what only the other has is left out. */
  private static Map<String, @Nullable Object> translated(
      Map<String, ? extends @Nullable Object> features, FeatureSchema to, FeatureSchema from) {
    Map<String, @Nullable Object> translated = new HashMap<>();
    features.forEach(
        (name, value) -> {
          String known = FeatureRecords.fieldOf(to, name);
          Schema.Field other = from.avro().getField(name);
          if (known == null && other != null) {
            known =
                other.aliases().stream()
                    .filter(alias -> to.avro().getField(alias) != null)
                    .findFirst()
                    .orElse(null);
          }
          if (known != null) {
            translated.put(known, value);
          } else if (other == null) {
            translated.put(name, value); // an error that names it
          }
        });
    return translated;
  }
}
