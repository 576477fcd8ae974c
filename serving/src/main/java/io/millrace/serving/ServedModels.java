package io.millrace.serving;

import com.linecorp.armeria.common.HttpStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All models of a server, in the order of its configuration. Immutable. */
final class ServedModels implements AutoCloseable {
  private final Map<String, ServedModel> byName = new LinkedHashMap<>();

  /**
   * @param models at least one; the first answers requests that name none
   */
  ServedModels(List<ServedModel> models) {
    models.forEach(model -> byName.put(model.name(), model));
  }

  /**
   * The model of a request.
   *
   * @throws RequestException with 404 if there is no such model
   */
  ServedModel named(@Nullable String name) {
    if (name == null) {
      return all().get(0);
    }
    ServedModel model = byName.get(name);
    if (model == null) {
      throw RequestException.of(
          HttpStatus.NOT_FOUND,
          "model: %s, expected one of %s"
              .formatted(RequestException.shown(name), String.join(", ", byName.keySet())));
    }
    return model;
  }

  List<ServedModel> all() {
    return List.copyOf(byName.values());
  }

  /** How long each model's forward passes take, by its name. */
  Map<String, Durations> forwards() {
    Map<String, Durations> forwards = new LinkedHashMap<>();
    byName.forEach((name, model) -> forwards.put(name, model.forward()));
    return forwards;
  }

  /** Why models are not ready, told at once; empty if all are. */
  List<String> notReady() {
    return all().stream().filter(model -> !model.ready()).map(ServedModel::notReady).toList();
  }

  @Override
  public void close() {
    byName.values().forEach(ServedModel::close);
  }
}
