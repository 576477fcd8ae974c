package io.millrace.e2e;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Module boundaries: arrows point one way, and a library is seen only where it belongs. */
@AnalyzeClasses(packages = "io.millrace", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule modulesPointOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("broker")
          .definedBy("io.millrace.broker..")
          .layer("schemas")
          .definedBy(
              "io.millrace.bits..",
              "io.millrace.event..",
              "io.millrace.feature..",
              "io.millrace.registry",
              "io.millrace.schema..",
              "io.millrace.topic..",
              "io.millrace.wire..")
          .layer("registry")
          .definedBy("io.millrace.registry.http..")
          .layer("feature-store")
          .definedBy("io.millrace.embedding..", "io.millrace.parameters..")
          .layer("models")
          .definedBy(
              "io.millrace.calibration..",
              "io.millrace.kernel..",
              "io.millrace.model..",
              "io.millrace.optimizer..",
              "io.millrace.metrics..",
              "io.millrace.explanation..",
              "io.millrace.learner..",
              "io.millrace.trained..",
              "io.millrace.trainer..")
          .layer("training")
          .definedBy("io.millrace.training..")
          .layer("ingestion")
          .definedBy("io.millrace.ingestion..")
          .layer("ranking")
          .definedBy("io.millrace.ranking..")
          .layer("console")
          .definedBy("io.millrace.serving.console..")
          .layer("serving")
          .definedBy("io.millrace.serving.http..")
          .layer("client")
          .definedBy("io.millrace.client..")
          .layer("settings")
          .definedBy("io.millrace.settings..")
          .layer("infra")
          .definedBy(
              "io.millrace.standalone..",
              "io.millrace.replay..",
              "io.millrace.world..",
              "io.millrace.demo..",
              "io.millrace.offline..",
              "io.millrace.cli..")
          .whereLayer("infra")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("settings")
          .mayOnlyBeAccessedByLayers("infra")
          .whereLayer("client")
          .mayOnlyBeAccessedByLayers("infra")
          .whereLayer("broker")
          .mayOnlyBeAccessedByLayers("infra")
          .whereLayer("registry")
          .mayOnlyBeAccessedByLayers("infra")
          .whereLayer("serving")
          .mayOnlyBeAccessedByLayers("infra")
          .whereLayer("console")
          .mayOnlyBeAccessedByLayers("serving")
          .whereLayer("ranking")
          .mayOnlyBeAccessedByLayers("serving", "infra")
          .whereLayer("ingestion")
          .mayOnlyBeAccessedByLayers("infra")
          .whereLayer("training")
          .mayOnlyBeAccessedByLayers("infra")
          .whereLayer("models")
          .mayOnlyBeAccessedByLayers("training", "ranking", "serving", "infra")
          .whereLayer("feature-store")
          .mayOnlyBeAccessedByLayers(
              "models", "training", "ranking", "serving", "ingestion", "infra");

  @ArchTest
  static final ArchRule packagesHaveNoCircles =
      slices().matching("io.millrace.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule flinkOnlyInJobs =
      noClasses()
          .that(
              not(
                  resideInAnyPackage(
                      "io.millrace.ingestion.job..",
                      "io.millrace.training..",
                      "io.millrace.standalone..")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule djlOnlyInDjlModels =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.millrace.model.djl..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  /** An engine is found by its service; nothing else knows one. */
  @ArchTest
  static final ArchRule enginesArePlugs =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.millrace.model.kernel..", "io.millrace.model.djl..", "io.millrace.trainer..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.millrace.model.kernel..", "io.millrace.model.djl..");

  @ArchTest
  static final ArchRule kernelsKnowArraysOnly =
      classes()
          .that()
          .resideInAPackage("io.millrace.kernel..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.millrace.kernel..", "java..", "jdk.incubator.vector..", "org.jspecify.."));

  @ArchTest
  static final ArchRule rankingKnowsNoHttp =
      noClasses()
          .that()
          .resideInAPackage("io.millrace.ranking..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.linecorp.armeria..", "com.fasterxml.jackson..", "io.netty..", "java.net..");

  @ArchTest
  static final ArchRule metersOnlyInServers =
      noClasses()
          .that(
              not(resideInAnyPackage("io.millrace.serving.http..", "io.millrace.registry.http..")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..", "io.prometheus..");

  @ArchTest
  static final ArchRule theConsoleKnowsNothing =
      classes()
          .that()
          .resideInAPackage("io.millrace.serving.console..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("io.millrace.serving.console..", "java..", "org.jspecify.."));

  @ArchTest
  static final ArchRule vectorsOnlyInKernels =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.millrace.kernel..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule rocksDbOnlyInParameters =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.millrace.parameters..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.rocksdb..");
}
