package io.millrace.registry;

import static io.millrace.registry.RegistryError.CONFIG_NOT_SET;
import static io.millrace.registry.RegistryError.MODE_NOT_SET;
import static io.millrace.registry.RegistryError.NOT_PERMITTED;

import io.millrace.journal.Journal.Decision;
import io.millrace.registry.RegistryChange.SetConfig;
import io.millrace.registry.RegistryChange.SetMode;
import org.jspecify.annotations.Nullable;

/**
 * What a registry's clients may ask about compatibility settings and modes, of a subject or of all.
 * Refuses and fails as {@link RegistryService} does.
 */
public final class SubjectSettings {
  private final RegistryLog log;

  SubjectSettings(RegistryLog log) {
    this.log = log;
  }

  /**
   * Settings.
   *
   * @param subject null for those of all
   * @param orGlobal whether a subject without settings has those of all
   */
  public SubjectConfig config(@Nullable String subject, boolean orGlobal) {
    return log.ask(
        state -> {
          if (subject == null || orGlobal) {
            return state.effectiveConfig(subject);
          }
          SubjectConfig config = state.config(subject);
          if (config == null) {
            throw configNotSet(subject);
          }
          return config;
        });
  }

  /** Sets those settings that are not null, of a subject or (null) of all. */
  public SubjectConfig setConfig(@Nullable String subject, SubjectConfig config) {
    if (subject != null) {
      SubjectName.check(subject);
    }
    return log.change(
        state -> {
          state.effectiveMode(subject).requireWritable(subject);
          SubjectConfig before = state.config(subject);
          SubjectConfig after = before == null ? config : config.or(before);
          return after.equals(before)
              ? Decision.nothingToChange(after)
              : Decision.of(new SetConfig(subject, after), after);
        });
  }

  /** Removes settings, of a subject or (null) of all, and gives what they were. */
  public SubjectConfig deleteConfig(@Nullable String subject) {
    return log.change(
        state -> {
          state.effectiveMode(subject).requireWritable(subject);
          SubjectConfig before = state.config(subject);
          if (before != null) {
            return Decision.of(new SetConfig(subject, null), before);
          }
          if (subject != null) {
            throw configNotSet(subject);
          }
          return Decision.nothingToChange(SubjectConfig.DEFAULT);
        });
  }

  private static RegistryException configNotSet(String subject) {
    return new RegistryException(
        CONFIG_NOT_SET,
        "Subject '%s' does not have subject-level compatibility configured".formatted(subject));
  }

  /**
   * The mode.
   *
   * @param subject null for that of all
   * @param orGlobal whether a subject without a mode has that of all
   */
  public RegistryMode mode(@Nullable String subject, boolean orGlobal) {
    return log.ask(
        state -> {
          if (subject == null || orGlobal) {
            return state.effectiveMode(subject);
          }
          RegistryMode mode = state.mode(subject);
          if (mode == null) {
            throw modeNotSet(subject);
          }
          return mode;
        });
  }

  /**
   * Sets the mode of a subject or (null) of all.
   *
   * @param force needed for IMPORT where there are schemas
   */
  public RegistryMode setMode(@Nullable String subject, RegistryMode mode, boolean force) {
    if (subject != null) {
      SubjectName.check(subject);
    }
    return log.change(
        state -> {
          boolean empty =
              subject == null
                  ? state.subjects().stream().allMatch(s -> state.live(s).isEmpty())
                  : state.live(subject).isEmpty();
          if (mode == RegistryMode.IMPORT && !empty && !force) {
            throw new RegistryException(
                NOT_PERMITTED,
                "Cannot import since there are schemas%s; force=true imports beside them"
                    .formatted(subject == null ? "" : " for subject '" + subject + "'"));
          }
          return mode == state.mode(subject)
              ? Decision.nothingToChange(mode)
              : Decision.of(new SetMode(subject, mode), mode);
        });
  }

  /** Removes a subject's mode and gives what it was. */
  public RegistryMode deleteMode(String subject) {
    return log.change(
        state -> {
          RegistryMode before = state.mode(subject);
          if (before == null) {
            throw modeNotSet(subject);
          }
          return Decision.of(new SetMode(subject, null), before);
        });
  }

  private static RegistryException modeNotSet(String subject) {
    return new RegistryException(
        MODE_NOT_SET,
        "Subject '%s' does not have subject-level mode configured".formatted(subject));
  }
}
