package io.millrace.ranking;

import io.millrace.deployment.Alias;
import io.millrace.deployment.Deployment;
import io.millrace.deployment.DeploymentLog;
import io.millrace.deployment.DeploymentState;
import io.millrace.deployment.DeploymentView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what a server answers with equal to what the deployments say: each model that is not
 * retired, by its name and its aliases. Requests under way keep the model that they have.
 */
public final class DeployedModels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeployedModels.class);

  private final ServedModels models;
  private final Function<String, ServedModel> open;
  private final Consumer<String> gone;
  private final Consumer<List<ServedModel>> opened;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "millrace-deployed-models");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param models what answers
   * @param open opens a model by name
   * @param opened told of models that were opened
   * @param gone told of models that are closed for good
   */
  public DeployedModels(
      ServedModels models,
      Function<String, ServedModel> open,
      Consumer<List<ServedModel>> opened,
      Consumer<String> gone) {
    this.models = models;
    this.open = open;
    this.opened = opened;
    this.gone = gone;
  }

  /** Shows what the log says, and follows it. */
  public void follow(DeploymentLog log) {
    DeploymentView first = log.view();
    show(first);
    // Of those that were retired while nobody served them something may be left.
    first.models().values().stream()
        .filter(model -> model.state() == DeploymentState.RETIRED)
        .forEach(model -> gone.accept(model.name()));
    log.follow(view -> worker.execute(() -> tryToShow(view)));
  }

  private void tryToShow(DeploymentView view) {
    try {
      show(view);
    } catch (RuntimeException e) {
      LOG.error("deployments of revision {} are not served", view.revision(), e);
    }
  }

  private void show(DeploymentView view) {
    Map<String, ServedModel> before = new LinkedHashMap<>();
    models.all().forEach(model -> before.put(model.name(), model));
    List<ServedModel> now = new ArrayList<>();
    List<ServedModel> fresh = new ArrayList<>();
    List<String> shadows = new ArrayList<>();
    List<Deployment> present = new ArrayList<>(view.present());
    String live = view.find(Alias.LIVE).map(Deployment::name).orElse("");
    present.sort(Comparator.comparing(model -> !model.name().equals(live)));
    for (Deployment model : present) {
      ServedModel served = before.remove(model.name());
      if (served == null) {
        served = open.apply(model.name());
        fresh.add(served);
      }
      served.setState(model.state());
      now.add(served);
      if (model.state() == DeploymentState.SHADOW) {
        shadows.add(model.name());
      }
    }
    Map<String, String> aliases = new LinkedHashMap<>();
    view.aliases().forEach((alias, meant) -> aliases.put(alias, meant.model()));
    models.show(now, aliases, Alias.LIVE, shadows);
    if (!fresh.isEmpty()) {
      opened.accept(fresh);
    }
    for (ServedModel retired : before.values()) {
      retired.close();
      gone.accept(retired.name());
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
    try {
      if (!worker.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("a model is still being opened or closed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
