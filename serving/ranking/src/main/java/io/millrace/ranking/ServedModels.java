package io.millrace.ranking;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All models of a server, in the order of its configuration. Immutable. */
public final class ServedModels implements AutoCloseable {
  private final Map<String, ServedModel> byName = new LinkedHashMap<>();

  /**
   * @param models at least one; the first answers requests that name none
   */
  public ServedModels(List<ServedModel> models) {
    models.forEach(model -> byName.put(model.name(), model));
  }

  /**
   * The model of a request.
   *
   * @param name or null for the first
   * @throws UnknownModelException if there is no such model
   */
  public ServedModel named(@Nullable String name) {
    if (name == null) {
      return all().get(0);
    }
    ServedModel model = byName.get(name);
    if (model == null) {
      throw new UnknownModelException(name, byName.keySet());
    }
    return model;
  }

  /** Each of them. */
  public List<ServedModel> all() {
    return List.copyOf(byName.values());
  }

  /** Why models are not ready, told at once; empty if all are. */
  public List<String> notReady() {
    return all().stream().filter(model -> !model.ready()).map(ServedModel::notReady).toList();
  }

  @Override
  public void close() {
    byName.values().forEach(ServedModel::close);
  }
}
