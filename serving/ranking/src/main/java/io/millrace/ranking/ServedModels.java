package io.millrace.ranking;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All models of a server, and the aliases by which requests may ask for them. Both are replaced at
 * once by {@link #show}, so that no request sees half of a change. Safe for use by many threads.
 */
public final class ServedModels implements AutoCloseable {
  private volatile Shown shown;

  /**
   * What is served at a moment.
   *
   * @param models by name, in order
   * @param aliases of names
   * @param live the model of requests that name none
   * @param shadows names of those that score what the live model ranks
   */
  private record Shown(
      Map<String, ServedModel> models,
      Map<String, String> aliases,
      @Nullable String live,
      Set<String> shadows) {

    @Nullable ServedModel find(@Nullable String name) {
      String asked = name == null ? live : name;
      return asked == null ? null : models.get(aliases.getOrDefault(asked, asked));
    }

    /** Whether an alias means a model; without aliases each counts. */
    boolean means(ServedModel model) {
      return aliases.isEmpty() || aliases.containsValue(model.name());
    }
  }

  /**
   * Models without aliases.
   *
   * @param models at least one; the first answers requests that name none
   */
  public ServedModels(List<ServedModel> models) {
    shown = new Shown(byName(models), Map.of(), models.get(0).name(), Set.of());
  }

  private static Map<String, ServedModel> byName(Collection<ServedModel> models) {
    Map<String, ServedModel> byName = new LinkedHashMap<>();
    models.forEach(model -> byName.put(model.name(), model));
    return Collections.unmodifiableMap(byName);
  }

  /**
   * Serves these models from now on. Those that are no longer among them are not closed.
   *
   * @param models in order
   * @param aliases names of some of them by alias
   * @param live name or alias that answers requests which name none
   * @param shadows names of those that score what the live model ranks
   */
  public void show(
      Collection<ServedModel> models,
      Map<String, String> aliases,
      String live,
      Collection<String> shadows) {
    shown = new Shown(byName(models), Map.copyOf(aliases), live, new LinkedHashSet<>(shadows));
  }

  /**
   * The model of a request.
   *
   * @param name or alias, or null for the live one
   * @throws UnknownModelException if there is no such model
   */
  public ServedModel named(@Nullable String name) {
    Shown now = shown;
    ServedModel model = now.find(name);
    if (model == null) {
      List<String> known = new ArrayList<>(now.models.keySet());
      known.addAll(now.aliases.keySet());
      throw new UnknownModelException(name == null ? String.valueOf(now.live) : name, known);
    }
    return model;
  }

  /** Whether a name or an alias means a model that can answer. */
  boolean answers(String name) {
    ServedModel model = shown.find(name);
    return model != null && model.hasVersion();
  }

  /** The name of the model that a name or an alias means; itself where there is none. */
  String nameOf(String name) {
    ServedModel model = shown.find(name);
    return model == null ? name : model.name();
  }

  /** Each of them. */
  public List<ServedModel> all() {
    return List.copyOf(shown.models.values());
  }

  /** Those that score what the live model ranks. */
  List<ServedModel> shadows() {
    Shown now = shown;
    if (now.shadows.isEmpty()) {
      return List.of();
    }
    return now.models.values().stream()
        .filter(model -> now.shadows.contains(model.name()))
        .toList();
  }

  /** The aliases by which requests get a model, sorted. */
  public List<String> aliasesOf(String model) {
    return shown.aliases.entrySet().stream()
        .filter(alias -> alias.getValue().equals(model))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /**
   * Why a model can't answer by what it has learned, or not as fast as it will; empty if it can.
   */
  public Optional<String> unready(String name) {
    ServedModel model = shown.find(name);
    if (model == null) {
      return Optional.of("It is not served here yet.");
    }
    return model.ready()
        ? model.source().held().map("Its %s."::formatted)
        : Optional.of(model.notReady());
  }

  /** Why models that requests mean are not ready, told at once; empty if all are. */
  public List<String> notReady() {
    Shown now = shown;
    return now.models.values().stream()
        .filter(model -> now.means(model) && !model.ready())
        .map(ServedModel::notReady)
        .toList();
  }

  @Override
  public void close() {
    shown.models.values().forEach(ServedModel::close);
  }
}
