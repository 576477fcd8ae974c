package io.millrace.ranking;

import io.millrace.feature.FeatureCompatibility;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.RecordTemplate;
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
 * @param forModel makes the records that the model is asked with
 * @param forLog makes the records that are logged
 */
public record RequestFeatures(
    FeatureSchema model,
    @Nullable FeatureSchema asked,
    FeatureSchema log,
    RecordTemplate forModel,
    RecordTemplate forLog) {

  /** The newest version is followed only where the model could follow it. */
  static RequestFeatures of(FeatureSchema model, @Nullable FeatureSchema newest) {
    boolean follow =
        newest != null
            && !newest.avro().equals(model.avro())
            && FeatureCompatibility.allCompatible(FeatureCompatibility.compare(model, newest));
    FeatureSchema log = follow && newest != null ? newest : model;
    return new RequestFeatures(
        model, newest, log, new RecordTemplate(model, log), new RecordTemplate(log, model));
  }

  /** Whether one record serves both. */
  boolean isOne() {
    return log == model;
  }
}
