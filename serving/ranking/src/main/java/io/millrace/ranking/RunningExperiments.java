package io.millrace.ranking;

import io.millrace.deployment.Alias;
import io.millrace.event.ArmLearning;
import io.millrace.event.ServedArm;
import io.millrace.experiment.Arm;
import io.millrace.experiment.Assigner;
import io.millrace.experiment.Assignment;
import io.millrace.experiment.DataPolicy;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentCatalog;
import io.millrace.experiment.ExperimentLog;
import io.millrace.experiment.ExperimentView;
import io.millrace.experiment.StickyArms;
import io.millrace.experiment.Treatment;
import io.millrace.experiment.condition.Attributes;
import io.millrace.feature.NearestName;
import io.millrace.ranking.RequestArms.InExperiment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The experiments in force, replaced at once when one changes, and which of their arms a request is
 * in. A request's attributes are its context, and features that all of its candidates have alike.
 * Which arms units were in before is not known here, so that an experiment with sticky units
 * assigns them by their hash. Safe for use by many threads.
 */
public final class RunningExperiments {
  /** Why a unit is in no arm: the arm's model is not served, or has no version yet. */
  static final String NO_MODEL = "no_model";

  private final ServedModels models;
  private volatile InForce inForce = new InForce(-1, Set.of(), ExperimentCatalog.EMPTY, List.of());

  /**
   * What is in force at a revision.
   *
   * @param known keys of all experiments
   * @param catalog those that run
   * @param ofModels those of them that choose the model
   */
  private record InForce(
      long revision, Set<String> known, ExperimentCatalog catalog, List<Assigner> ofModels) {}

  /**
   * No experiment yet.
   *
   * @param models what arms may name
   */
  public RunningExperiments(ServedModels models) {
    this.models = models;
  }

  /** Puts in force what the log says, from now on. */
  public void follow(ExperimentLog log) {
    log.follow(this::show);
    show(log.view());
  }

  private synchronized void show(ExperimentView view) {
    if (view.revision() <= inForce.revision) {
      return; // the log's thread was faster
    }
    ExperimentCatalog catalog = view.catalog();
    inForce =
        new InForce(
            view.revision(),
            Set.copyOf(view.experiments().keySet()),
            catalog,
            catalog.assigners().values().stream()
                .filter(assigner -> assigner.experiment().choosesModel())
                .toList());
  }

  /**
   * The arms of a request.
   *
   * @param model that the request names, or null. The live one is chosen by experiments, any other
   *     is not
   * @param asked keys of further experiments whose values the request asks for
   * @throws InvalidRequestException if there is no experiment of a key, or it chooses the model of
   *     a request that names another
   */
  public RequestArms of(@Nullable String model, List<String> asked, Candidates candidates) {
    InForce now = inForce;
    boolean open = model == null || model.equals(Alias.LIVE);
    List<Assigner> ofModels = open ? now.ofModels : List.of();
    if (asked.isEmpty() && ofModels.isEmpty()) {
      return RequestArms.NONE;
    }
    Drawn drawn = new Drawn(candidates::shared);
    for (Assigner each : ofModels) {
      drawn.draw(each);
    }
    for (int i = 0; i < asked.size(); i++) {
      String place = "experiments[%d]".formatted(i);
      Assigner assigner = now.catalog.find(asked.get(i)).orElse(null);
      if (assigner == null) {
        drawn.notRunning(place, asked.get(i), now.known);
      } else if (assigner.experiment().choosesModel() && !open) {
        throw InvalidRequestException.field(
            place,
            "an experiment of values, or no model beside it: this one chooses the model, and the request names "
                + model,
            asked.get(i));
      } else {
        drawn.draw(assigner);
      }
    }
    return new RequestArms(drawn.model, drawn.counted, drawn.learning, drawn.answered);
  }

  /** Those of its arms, by their names where an arm says an alias. */
  private List<String> modelsOf(Experiment experiment) {
    return experiment.models().stream().map(models::nameOf).distinct().toList();
  }

  /** The arms of one request, experiment by experiment. */
  private final class Drawn {
    private final Attributes attributes;
    private final List<ServedArm> counted = new ArrayList<>();
    private final Map<String, InExperiment> answered = new LinkedHashMap<>();
    private @Nullable String model;
    private @Nullable ArmLearning learning;

    Drawn(Attributes attributes) {
      this.attributes = attributes;
    }

    void notRunning(String place, String key, Set<String> known) {
      if (!known.contains(key)) {
        throw InvalidRequestException.field(
            place, "the key of an experiment" + NearestName.hint(key, known), key);
      }
      answered.put(key, new InExperiment(null, null, Assignment.Why.NOT_RUNNING.word()));
    }

    void draw(Assigner assigner) {
      Experiment experiment = assigner.experiment();
      String key = experiment.key();
      if (answered.containsKey(key)) {
        return;
      }
      String unit = experiment.unit().of(attributes);
      Assignment assignment = assigner.assign(unit, attributes, StickyArms.NONE);
      if (unit == null || !assignment.isIn()) {
        answered.put(key, new InExperiment(null, null, assignment.why().word()));
        return;
      }
      Arm arm = experiment.arms().get(assignment.arm());
      if (arm.treatment() instanceof Treatment.Model its) {
        if (!models.answers(its.name())) {
          answered.put(key, new InExperiment(null, null, NO_MODEL));
          return;
        }
        model = its.name();
      }
      answered.put(
          key, new InExperiment(arm.name(), arm.treatment().given(), assignment.why().word()));
      if (assignment.isCounted()) {
        counted.add(new ServedArm(key, unit, arm.name(), assignment.propensity()));
        if (experiment.choosesModel() && experiment.data() != DataPolicy.SHARED) {
          learning = new ArmLearning(key, experiment.data().word(), modelsOf(experiment));
        }
      }
    }
  }
}
