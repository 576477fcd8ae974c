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
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
  private volatile InForce inForce = new InForce(-1, Map.of(), ExperimentCatalog.EMPTY, List.of());
  private volatile @Nullable ExperimentLog log;

  /**
   * What is in force at a revision.
   *
   * @param known all experiments by key
   * @param catalog those that run
   * @param ofModels those of them that choose the model
   */
  private record InForce(
      long revision,
      Map<String, Experiment> known,
      ExperimentCatalog catalog,
      List<Assigner> ofModels) {}

  /**
   * No experiment yet.
   *
   * @param models what arms may name
   */
  public RunningExperiments(ServedModels models) {
    this.models = models;
  }

  /** Puts in force what the log says, from now on. */
  public void follow(ExperimentLog experiments) {
    log = experiments;
    experiments.follow(this::show);
    show(experiments.view());
  }

  /**
   * Puts in force what was changed up to a revision that another server knows already.
   *
   * @throws io.millrace.journal.JournalException if that cannot be read from the log
   */
  public void catchUp(long revision) {
    ExperimentLog followed = log;
    if (followed != null && inForce.revision < revision) {
      show(followed.newest());
    }
  }

  /** The keys of all experiments, whether they run or not. */
  public Set<String> keys() {
    return inForce.known.keySet();
  }

  /**
   * What the experiment of a key does with whoever asks; empty if there is none.
   *
   * @param attributes of whoever asks, for that experiment
   */
  public Optional<ArmDecision> decide(String key, Function<Experiment, Attributes> attributes) {
    InForce now = inForce;
    return Optional.ofNullable(now.known.get(key))
        .map(experiment -> decide(now, experiment, attributes.apply(experiment)));
  }

  /** The same for all experiments, in the order in which they were created. */
  public List<ArmDecision> decideAll(Function<Experiment, Attributes> attributes) {
    InForce now = inForce;
    return now.known.values().stream()
        .map(experiment -> decide(now, experiment, attributes.apply(experiment)))
        .toList();
  }

  private ArmDecision decide(InForce now, Experiment experiment, Attributes attributes) {
    return now.catalog
        .find(experiment.key())
        .map(assigner -> decide(assigner, attributes))
        .orElseGet(() -> ArmDecision.out(experiment, null, Assignment.Why.NOT_RUNNING.word()));
  }

  private ArmDecision decide(Assigner assigner, Attributes attributes) {
    Experiment experiment = assigner.experiment();
    String unit = experiment.unit().of(attributes);
    Assignment assignment = assigner.assign(unit, attributes, StickyArms.NONE);
    if (unit == null || !assignment.isIn()) {
      return ArmDecision.out(experiment, unit, assignment.why().word());
    }
    Arm arm = experiment.arms().get(assignment.arm());
    if (arm.treatment() instanceof Treatment.Model its && !models.answers(its.name())) {
      return ArmDecision.out(experiment, unit, NO_MODEL);
    }
    return new ArmDecision(
        experiment,
        unit,
        arm,
        assignment.why().word(),
        assignment.propensity(),
        assignment.isCounted());
  }

  private synchronized void show(ExperimentView view) {
    if (view.revision() <= inForce.revision) {
      return; // the log's thread was faster
    }
    ExperimentCatalog catalog = view.catalog();
    inForce =
        new InForce(
            view.revision(),
            view.experiments(),
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
        drawn.notRunning(place, asked.get(i), now.known.keySet());
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
      ArmDecision decision = decide(assigner, attributes);
      Arm arm = decision.arm();
      if (arm == null) {
        answered.put(key, new InExperiment(null, null, decision.why()));
        return;
      }
      if (arm.treatment() instanceof Treatment.Model its) {
        model = its.name();
      }
      answered.put(key, new InExperiment(arm.name(), arm.treatment().given(), decision.why()));
      decision.counted().ifPresent(counted::add);
      if (decision.isCounted()
          && experiment.choosesModel()
          && experiment.data() != DataPolicy.SHARED) {
        learning = new ArmLearning(key, experiment.data().word(), modelsOf(experiment));
      }
    }
  }
}
