package io.millrace.deployment;

import io.millrace.deployment.DeploymentChange.Add;
import io.millrace.deployment.DeploymentChange.Point;
import io.millrace.deployment.DeploymentChange.SetState;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelConfigBuilder;
import io.millrace.learner.ModelKind;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What people do with models: each call changes the deployments once, or in a dry run says what
 * would come of it. What cannot be done is refused with a {@link RefusedChangeException}. Safe for
 * use by many threads and processes.
 */
public final class ModelCatalog {
  private final DeploymentLog log;
  private final Function<String, Optional<FeatureSchema>> schemas;
  private final Function<ModelConfig, Optional<String>> objection;
  private final Function<String, Optional<String>> unready;
  private final Clock clock;

  /**
   * @param log of deployments
   * @param schemas newest feature schema of a name
   * @param objection why a model of given settings can't run here, in words
   * @param unready why a model of a name can't answer yet, in words
   */
  public ModelCatalog(
      DeploymentLog log,
      Function<String, Optional<FeatureSchema>> schemas,
      Function<ModelConfig, Optional<String>> objection,
      Function<String, Optional<String>> unready,
      Clock clock) {
    this.log = log;
    this.schemas = schemas;
    this.objection = objection;
    this.unready = unready;
    this.clock = clock;
  }

  /**
   * Who asks, and whether anything is to happen.
   *
   * @param by a name
   * @param dryRun whether only to say what would come of it
   */
  public record Asked(String by, boolean dryRun) {}

  /**
   * What came of a request.
   *
   * @param view the deployments after it
   * @param words what has changed, or would change, as a sentence
   */
  public record Answer(DeploymentView view, String words) {}

  /** All deployments, as they are known now. */
  public DeploymentView view() {
    return log.view();
  }

  /**
   * Adds a model that begins anew, by the schema that the live model learns by.
   *
   * @param kind of its architecture
   * @param settings JSON object over the kind's defaults
   */
  public Answer add(
      String name, ModelKind kind, String settings, DeploymentState state, Asked asked) {
    DeploymentView after =
        log.change(
            view -> {
              ModelConfig live = found(view, Alias.LIVE).config();
              FeatureSchema schema =
                  schemas
                      .apply(live.subject())
                      .orElseThrow(
                          () ->
                              new RefusedChangeException(
                                  "model %s: no schema of %s is registered, expected one"
                                      .formatted(name, live.subject())));
              ModelConfig config =
                  configured(
                      ModelConfig.defaults(kind, name, schema)
                          .with("{\"prior\":%s}".formatted(live.prior())),
                      settings);
              return Optional.of(new Add(config, new Origin.Anew(), state, made(asked)));
            },
            asked.dryRun());
    return new Answer(
        after,
        "model %s, %s, learns the whole log of examples anew%s"
            .formatted(name, kind, aside(state)));
  }

  /**
   * Clones a model: the clone begins with all that the source has learned until then.
   *
   * @param source name or alias
   * @param settings JSON object over the source's settings
   */
  public Answer clone(
      String source, String name, String settings, DeploymentState state, Asked asked) {
    DeploymentView after =
        log.change(
            view -> {
              Deployment of = found(view, source);
              ModelConfig config =
                  configured(ModelConfigBuilder.builder(of.config()).name(name).build(), settings);
              config
                  .stateDifferenceFrom(of.config().toJson())
                  .ifPresent(
                      d -> {
                        throw new RefusedChangeException(
                            "model %s: %s is %s, but %s has %s; a clone may differ in rates and other numbers of the same optimizers, and anything else learns anew by 'add'"
                                .formatted(
                                    name,
                                    d.setting(),
                                    d.givenInWords(),
                                    of.name(),
                                    d.storedInWords()));
                      });
              return Optional.of(
                  new Add(config, new Origin.CloneOf(of.name()), state, made(asked)));
            },
            asked.dryRun());
    String of = after.find(source).map(Deployment::name).orElse(source);
    return new Answer(
        after, "model %s goes on from all that %s has learned%s".formatted(name, of, aside(state)));
  }

  private static String aside(DeploymentState state) {
    return state == DeploymentState.SHADOW ? ", as a shadow" : "";
  }

  private ModelConfig configured(ModelConfig defaults, String settings) {
    ModelConfig config;
    try {
      config = defaults.with(settings);
    } catch (IllegalArgumentException e) {
      throw new RefusedChangeException("set: " + e.getMessage());
    }
    if (!config.name().equals(defaults.name())) {
      throw new RefusedChangeException(
          "set: name: %s, expected none: the model is called %s"
              .formatted(config.name(), defaults.name()));
    }
    if (!config.subject().equals(defaults.subject())) {
      throw new RefusedChangeException(
          "set: subject: %s, expected none: the live model learns by %s"
              .formatted(config.subject(), defaults.subject()));
    }
    objection
        .apply(config)
        .ifPresent(
            words -> {
              throw new RefusedChangeException(words);
            });
    return config;
  }

  /**
   * Changes what a model does; nothing happens if it does that already.
   *
   * @param model name, or alias of one that is not to be retired
   * @param reason in words, or null
   */
  public Answer set(String model, DeploymentState state, @Nullable String reason, Asked asked) {
    DeploymentView after =
        log.change(
            view -> {
              Deployment known = found(view, model);
              if (known.state() == state) {
                return Optional.empty();
              }
              return Optional.of(
                  new SetState(known.name(), state, Optional.ofNullable(reason), made(asked)));
            },
            asked.dryRun());
    String words =
        switch (state) {
          case LEARNING -> "learns";
          case SHADOW -> "learns as a shadow";
          case FROZEN -> "answers as it is, and learns nothing more";
          case RETIRED -> "is gone: its job, topics, files and memory are freed";
        };
    return new Answer(after, "model %s %s".formatted(model, words));
  }

  /** Makes an alias mean a model; with {@link Alias#LIVE} it answers requests that name none. */
  public Answer promote(String model, String alias, Asked asked) {
    DeploymentView after =
        log.change(
            view -> {
              Deployment known = found(view, model);
              unready
                  .apply(known.name())
                  .ifPresent(
                      words -> {
                        throw new RefusedChangeException(
                            "model %s cannot answer yet: %s".formatted(known.name(), words));
                      });
              Alias before = view.aliases().get(alias);
              return before != null && before.model().equals(known.name())
                  ? Optional.empty()
                  : Optional.of(new Point(alias, known.name(), made(asked)));
            },
            asked.dryRun());
    return new Answer(after, "%s means %s".formatted(alias, meant(after, alias)));
  }

  /** Makes an alias mean again what it meant before. */
  public Answer rollBack(String alias, Asked asked) {
    DeploymentView after =
        log.change(
            view -> {
              Alias now = view.aliases().get(alias);
              String before =
                  Optional.ofNullable(now)
                      .flatMap(Alias::before)
                      .orElseThrow(
                          () ->
                              new RefusedChangeException(
                                  "alias %s: it has meant nothing else, expected one that was promoted"
                                      .formatted(alias)));
              return Optional.of(new Point(alias, before, made(asked)));
            },
            asked.dryRun());
    return new Answer(after, "%s means %s again".formatted(alias, meant(after, alias)));
  }

  private static String meant(DeploymentView view, String alias) {
    return view.find(alias).map(Deployment::name).orElse("nothing");
  }

  private Made made(Asked asked) {
    return new Made(asked.by(), clock.instant());
  }

  private static Deployment found(DeploymentView view, String nameOrAlias) {
    return view.find(nameOrAlias)
        .orElseThrow(() -> new RefusedChangeException(DeploymentRules.unknown(view, nameOrAlias)));
  }
}
