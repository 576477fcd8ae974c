package io.millrace.serving.http;

import io.millrace.feature.LiveModel;
import io.millrace.ranking.ServedModels;
import java.util.List;

/**
 * One model in the answer of {@code GET /v1/models}: what a change of its feature schema meets.
 *
 * @param takesNewFeatures whether it can take in further features while it runs
 * @param featureSchema annotated Avro schema as JSON
 */
record RunningModel(String name, String kind, boolean takesNewFeatures, String featureSchema) {

  /** The models that have a version. */
  static List<RunningModel> all(ServedModels models) {
    return models.all().stream()
        .flatMap(model -> model.live().stream())
        .map(RunningModel::of)
        .toList();
  }

  private static RunningModel of(LiveModel live) {
    return new RunningModel(
        live.name(), live.kind(), live.takesNewFeatures(), live.schema().avro().toString());
  }
}
