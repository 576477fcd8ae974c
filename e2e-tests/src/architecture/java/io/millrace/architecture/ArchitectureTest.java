package io.millrace.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What Maven cannot hold of a module: its packages form no circle, and a package sees only what it
 * is meant to see. The build adds this class to the tests of every module, where it reads the
 * classes of that module and no others. Which module knows of which is in their {@code pom.xml}.
 */
class ArchitectureTest {
  private static final JavaClasses OWN = ownClasses();

  private static JavaClasses ownClasses() {
    // Names are enough: without this, the classes of each library would be read too.
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    Path classes = Path.of("target", "classes");
    return Files.isDirectory(classes)
        ? new ClassFileImporter().importPath(classes)
        : new ClassFileImporter().importClasses();
  }

  @Test
  void packagesFormNoCircle() {
    slices()
        .matching("io.millrace.(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(OWN);
  }

  /** Who may see a library, or a part of Millrace that is found and not named. */
  private enum Owners {
    FLINK(
        List.of("org.apache.flink.."),
        "io.millrace.ingestion.job..",
        "io.millrace.training..",
        "io.millrace.experiment.job..",
        "io.millrace.standalone.."),
    DJL(List.of("ai.djl.."), "io.millrace.model.djl.."),
    VECTORS(List.of("jdk.incubator.vector.."), "io.millrace.kernel.."),
    /** A benchmark compares a server's table with it. */
    ROCKS_DB(List.of("org.rocksdb.."), "io.millrace.parameters..", "io.millrace.benchmarks.."),
    METERS(
        List.of("io.micrometer..", "io.prometheus.."),
        "io.millrace.serving.http..",
        "io.millrace.registry.http.."),
    /** An engine is found by its service. */
    ENGINES(
        List.of("io.millrace.model.kernel..", "io.millrace.model.djl.."),
        "io.millrace.model.kernel..",
        "io.millrace.model.djl..",
        "io.millrace.trainer..");

    private final String[] packages;
    private final String[] owners;

    Owners(List<String> packages, String... owners) {
      this.packages = packages.toArray(String[]::new);
      this.owners = owners;
    }
  }

  @ParameterizedTest
  @EnumSource
  void onlyItsOwnersSee(Owners owned) {
    noClasses()
        .that()
        .resideOutsideOfPackages(owned.owners)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(owned.packages)
        .allowEmptyShould(true)
        .check(OWN);
  }

  /** Packages that see little. */
  private enum Narrow {
    KERNELS("io.millrace.kernel..", "java..", "jdk.incubator.vector..", "org.jspecify.."),
    CONSOLE("io.millrace.serving.console..", "java..", "org.jspecify.."),
    INFERENCE(
        "io.millrace.inference..",
        "java..",
        "org.jspecify..",
        "org.apache.commons.statistics..",
        "org.apache.commons.numbers..");

    private final String itself;
    private final String[] seen;

    Narrow(String itself, String... seen) {
      this.itself = itself;
      this.seen = seen;
    }
  }

  @ParameterizedTest
  @EnumSource
  void seesNothingElse(Narrow narrow) {
    classes()
        .that()
        .resideInAPackage(narrow.itself)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(narrow.seen).or(resideInAnyPackage(narrow.itself)))
        .allowEmptyShould(true)
        .check(OWN);
  }

  @Test
  void rankingKnowsNoHttp() {
    noClasses()
        .that()
        .resideInAPackage("io.millrace.ranking..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.linecorp.armeria..", "com.fasterxml.jackson..", "io.netty..", "java.net..")
        .allowEmptyShould(true)
        .check(OWN);
  }
}
