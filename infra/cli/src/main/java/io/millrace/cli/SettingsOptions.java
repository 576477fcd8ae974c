package io.millrace.cli;

import io.millrace.settings.Overrides;
import io.millrace.settings.SettingsException;
import io.millrace.settings.SettingsReader;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The settings of a command: a file, over it environment variables, over these the options that are
 * annotated with {@link Sets}. A {@link Mixin} of each command that has settings.
 */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SettingsOptions {
  /** Variables of the launcher: they are no settings. */
  static final Set<String> LAUNCHER = Set.of("MILLRACE_HEAP", "MILLRACE_JAVA_OPTS");

  private static final String SET = "--set";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--config",
      description =
          "YAML file with settings, see docs/reference/configuration.md; variables MILLRACE_... and"
              + " options stand over it.")
  private @Nullable Path config;

  @Option(
      names = SET,
      paramLabel = "KEY=VALUE",
      description =
          "Any setting, for example model.stepSize=8; may be repeated. A JSON object is settings of"
              + " the model.")
  private List<String> set = new ArrayList<>();

  /**
   * The settings of the command that was parsed.
   *
   * @param defaults what is not given
   * @throws SettingsException if one is unknown or wrong
   */
  <T extends Record> T read(T defaults) {
    return read(defaults, System.getenv());
  }

  <T extends Record> T read(T defaults, Map<String, String> variables) {
    return new SettingsReader<>(defaults)
        .file(config)
        .environment(variables, LAUNCHER)
        .options(overrides())
        .read();
  }

  private Overrides overrides() {
    Overrides overrides = new Overrides();
    for (String given : set) {
      int equals = given.indexOf('=');
      if (given.stripLeading().startsWith("{")) {
        overrides.setYaml("model", given, SET);
      } else if (equals > 0) {
        overrides.setYaml(given.substring(0, equals), given.substring(equals + 1), SET);
      } else {
        throw new SettingsException(SET + " " + given + ": expected KEY=VALUE, as model.dim=17");
      }
    }
    ParseResult parsed = command.commandLine().getParseResult();
    for (ArgSpec argument : parsed.matchedArgs()) {
      Sets sets = sets(argument);
      if (sets != null) {
        String name =
            argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        set(overrides, sets, name, argument.getValue());
      }
    }
    return overrides;
  }

  /** What an argument of a command line sets, null if nothing. */
  static @Nullable Sets sets(ArgSpec argument) {
    return argument.userObject() instanceof Field field ? field.getAnnotation(Sets.class) : null;
  }

  private static void set(Overrides overrides, Sets sets, String name, Object given) {
    if (!sets.named()) {
      String text = String.valueOf(given);
      String value = sets.seconds() && text.matches("[0-9]+") ? text + "s" : text;
      for (String key : sets.value()) {
        overrides.set(key, value, name);
      }
      return;
    }
    Set<String> names = new HashSet<>();
    for (Object each : (List<?>) given) {
      String text = String.valueOf(each);
      String[] parts = text.split("=", -1);
      if (parts.length != 2 || parts[0].isEmpty() || parts[0].contains(".")) {
        throw new SettingsException(
            "%s %s: expected NAME=WINDOW, as sale=7d".formatted(name, text));
      }
      if (!names.add(parts[0])) {
        throw new SettingsException(
            "%s %s: given before, expected each once".formatted(name, text));
      }
      overrides.set(sets.value()[0] + "." + parts[0], parts[1], name + " " + text);
    }
  }
}
