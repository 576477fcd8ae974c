package io.millrace.feature;

/**
 * A model that learns or answers now.
 *
 * @param name of the model
 * @param kind of the model, for example {@code fm}
 * @param takesNewFeatures whether it can take in further features while it runs
 * @param schema that it encodes by
 */
public record LiveModel(String name, String kind, boolean takesNewFeatures, FeatureSchema schema) {}
