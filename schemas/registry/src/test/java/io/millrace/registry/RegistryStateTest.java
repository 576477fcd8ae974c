package io.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.registry.RegistryChange.AddVersion;
import io.millrace.registry.RegistryChange.DeleteSubject;
import io.millrace.registry.RegistryChange.DeleteVersion;
import io.millrace.registry.RegistryChange.SetConfig;
import io.millrace.registry.RegistryChange.SetMode;
import io.millrace.schema.CompatibilityLevel;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryStateTest {
  private static final SchemaContent INT = new SchemaContent("\"int\"", List.of());
  private static final SchemaContent LONG = new SchemaContent("\"long\"", List.of());

  private final RegistryState state = new RegistryState();

  private boolean next(RegistryChange change) {
    return state.apply(state.revision() + 1, change);
  }

  @Test
  void theFirstClaimToARevisionWins() {
    assertThat(state.apply(1, new AddVersion("a", 1, 1, INT))).isTrue();
    assertThat(state.apply(1, new AddVersion("b", 1, 1, INT))).isFalse();
    assertThat(state.apply(3, new AddVersion("b", 1, 1, INT))).isFalse();
    assertThat(state.subjects()).containsExactly("a");
    assertThat(state.revision()).isEqualTo(1);
  }

  @Test
  void anIdNeverMeansTwoContents() {
    next(new AddVersion("a", 1, 1, INT));
    assertThat(next(new AddVersion("a", 2, 1, LONG))).isFalse();
    assertThat(next(new AddVersion("b", 1, 2, INT))).isFalse();
    assertThat(next(new AddVersion("a", 1, 2, LONG))).isFalse();
    next(new DeleteSubject("a", false));
    next(new DeleteSubject("a", true));
    assertThat(state.entry(1)).isNull();
    assertThat(state.idFor(LONG)).isEqualTo(2);
    assertThat(state.idFor(INT)).isEqualTo(1);
    assertThat(next(new AddVersion("b", 1, 1, LONG))).isFalse();
    assertThat(next(new AddVersion("b", 1, 1, INT))).isTrue();
    assertThat(state.entry(1)).isNotNull();
  }

  @Test
  void anIdAnswersUntilItsLastVersionIsForgotten() {
    next(new AddVersion("a", 1, 1, INT));
    next(new AddVersion("b", 1, 1, INT));
    next(new DeleteSubject("a", false));
    next(new DeleteSubject("a", true));
    next(new DeleteVersion("b", 1, false));
    assertThat(state.users(1)).extracting(SchemaVersion::subject).containsExactly("b");
    next(new DeleteVersion("b", 1, true));
    assertThat(state.entry(1)).isNull();
    assertThat(state.subjects()).isEmpty();
  }

  @Test
  void settingsGoWithTheLastVersion() {
    next(new AddVersion("a", 1, 1, INT));
    next(new AddVersion("a", 2, 2, LONG));
    next(new SetConfig("a", new SubjectConfig(CompatibilityLevel.NONE, null)));
    next(new SetMode("a", RegistryMode.IMPORT));
    next(new DeleteVersion("a", 1, false));
    assertThat(state.effectiveConfig("a").compatibility()).isEqualTo(CompatibilityLevel.NONE);
    next(new DeleteVersion("a", 2, false));
    assertThat(state.effectiveConfig("a").compatibility()).isEqualTo(CompatibilityLevel.BACKWARD);
    assertThat(state.effectiveMode("a")).isEqualTo(RegistryMode.READWRITE);
    assertThat(state.nextVersion("a")).isEqualTo(3);
  }

  @Test
  void aGlobalOverrideHoldsForSubjectsWithAModeOfTheirOwn() {
    next(new SetMode("a", RegistryMode.READWRITE));
    next(new SetMode(null, RegistryMode.READONLY));
    assertThat(state.effectiveMode("a")).isEqualTo(RegistryMode.READWRITE);
    assertThat(state.effectiveMode("b")).isEqualTo(RegistryMode.READONLY);
    next(new SetMode(null, RegistryMode.READONLY_OVERRIDE));
    assertThat(state.effectiveMode("a")).isEqualTo(RegistryMode.READONLY_OVERRIDE);
  }

  @Test
  void lengthsKeepFingerprintsApart() {
    SchemaReference reference = new SchemaReference("a", "b", 11);
    assertThat(new SchemaContent("\"int\"", List.of(reference)).fingerprint())
        .isNotEqualTo(
            new SchemaContent("\"int\"", List.of(new SchemaReference("a", "b1", 1))).fingerprint());
  }
}
