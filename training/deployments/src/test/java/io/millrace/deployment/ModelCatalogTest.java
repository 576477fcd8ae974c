package io.millrace.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.deployment.ModelCatalog.Asked;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import java.time.Clock;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelCatalogTest {
  private static final FeatureSchema SCHEMA = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
  private static final Asked ANN = new Asked("ann", false);
  private static final Asked DRY = new Asked("ann", true);

  private final DeploymentLog log = DeploymentLog.inMemory();
  private final Set<String> unready = new HashSet<>();
  private final ModelCatalog catalog =
      new ModelCatalog(
          log,
          name -> name.equals(SCHEMA.name()) ? Optional.of(SCHEMA) : Optional.empty(),
          config ->
              config.outcome().equals("click")
                  ? Optional.empty()
                  : Optional.of("outcome: " + config.outcome()),
          name -> unready.contains(name) ? Optional.of("It is loading.") : Optional.empty(),
          Clock.systemUTC());

  @BeforeEach
  void aLiveModel() {
    ModelConfig config = ModelConfig.defaults(ModelKind.FM, "ctr", SCHEMA).with("{\"prior\":0.03}");
    Made made = new Made("start", Clock.systemUTC().instant());
    var unused =
        log.change(
            view ->
                Optional.of(
                    new DeploymentChange.Add(
                        config, new Origin.Anew(), DeploymentState.LEARNING, made)),
            false);
    unused =
        log.change(view -> Optional.of(new DeploymentChange.Point(Alias.LIVE, "ctr", made)), false);
  }

  private ModelConfig config(String name) {
    return log.view().find(name).orElseThrow().config();
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(RefusedChangeException.class).hasMessage(message);
  }

  @Test
  void aCloneHasItsSourcesSettingsButForThoseGiven() {
    ModelCatalog.Answer answer =
        catalog.clone(
            "live",
            "fast",
            "{\"rowOptimizer\":{\"learningRate\":0.3}}",
            DeploymentState.SHADOW,
            ANN);
    assertThat(answer.words())
        .isEqualTo("model fast goes on from all that ctr has learned, as a shadow");
    assertThat(config("fast"))
        .isEqualTo(
            config("ctr").with("{\"name\":\"fast\",\"rowOptimizer\":{\"learningRate\":0.3}}"));
    assertThat(log.view().find("fast").orElseThrow().origin()).isEqualTo(new Origin.CloneOf("ctr"));
    refused(
        () -> catalog.clone("ctr", "wide", "{\"dim\":32}", DeploymentState.SHADOW, ANN),
        "model wide: dim is 32, but ctr has %d; a clone may differ in rates and other numbers of the same optimizers, and anything else learns anew by 'add'"
            .formatted(config("ctr").dim()));
    refused(
        () -> catalog.clone("ctr", "x", "{\"name\":\"y\"}", DeploymentState.SHADOW, ANN),
        "set: name: y, expected none: the model is called x");
    refused(
        () -> catalog.clone("ctx", "x", "{}", DeploymentState.SHADOW, ANN),
        "model ctx: there is none, expected one of ctr, fast");
  }

  @Test
  void aNewModelTakesTheLiveOnesSchemaAndPrior() {
    var unused = catalog.add("base", ModelKind.LR, "{}", DeploymentState.SHADOW, ANN);
    assertThat(config("base"))
        .isEqualTo(ModelConfig.defaults(ModelKind.LR, "base", SCHEMA).with("{\"prior\":0.03}"));
    refused(
        () ->
            catalog.add(
                "sale", ModelKind.LR, "{\"outcome\":\"sale\"}", DeploymentState.SHADOW, ANN),
        "outcome: sale");
    assertThatThrownBy(
            () -> catalog.add("bad", ModelKind.LR, "{\"stepsize\":1}", DeploymentState.SHADOW, ANN))
        .isInstanceOf(RefusedChangeException.class)
        .hasMessageContaining("stepsize")
        .hasMessageContaining("stepSize");
  }

  @Test
  void aliasesGoForthAndBack() {
    var unused = catalog.clone("live", "fast", "{}", DeploymentState.SHADOW, ANN);
    unready.add("fast");
    refused(
        () -> catalog.promote("fast", Alias.LIVE, ANN),
        "model fast cannot answer yet: It is loading.");
    unready.clear();
    assertThat(catalog.promote("fast", Alias.LIVE, DRY).words()).isEqualTo("live means fast");
    assertThat(log.view().find(Alias.LIVE).orElseThrow().name()).isEqualTo("ctr");
    assertThat(catalog.promote("fast", Alias.LIVE, ANN).words()).isEqualTo("live means fast");
    long revision = log.view().revision();
    unused = catalog.promote("fast", Alias.LIVE, ANN);
    assertThat(log.view().revision()).as("nothing has changed").isEqualTo(revision);
    assertThat(catalog.rollBack(Alias.LIVE, ANN).words()).isEqualTo("live means ctr again");
    refused(
        () -> catalog.rollBack("best", ANN),
        "alias best: it has meant nothing else, expected one that was promoted");
  }

  @Test
  void whatAModelDoesIsChangedOnce() {
    var unused = catalog.clone("live", "fast", "{}", DeploymentState.SHADOW, ANN);
    unused = catalog.set("fast", DeploymentState.RETIRED, "no better", ANN);
    assertThat(log.view().models().get("fast"))
        .matches(model -> model != null && model.reason().equals(Optional.of("no better")));
    long revision = log.view().revision();
    unused = catalog.set("live", DeploymentState.LEARNING, null, ANN);
    assertThat(log.view().revision()).isEqualTo(revision);
    refused(
        () -> catalog.set("live", DeploymentState.RETIRED, null, ANN),
        "model ctr: alias live means it, expected a model that no alias means; promote another"
            + " first");
  }
}
