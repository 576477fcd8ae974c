package io.millrace.cli;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page that says what there is to type, in Markdown. */
final class CommandsPage {
  private static final String HEAD =
      """
      <!-- Written by .ci/commands-page: change the commands instead. -->
      # Commands

      `./millrace COMMAND` builds what is newer than the last build, and runs the command. `--help` after a command says what stands here, `--version` alone the version. `MILLRACE_HEAP=6g` gives it another heap than 3 GiB.

      | exit status | means |
      |---|---|
      | 0 | all is well |
      | 1 | it ran, and not all is well: a job has failed, rows or events were rejected, a schema is invalid or incompatible |
      | 2 | wrong use, which one line says: an unknown option, a file that is not there, a port in use, no server at an address |

      """;

  private static final String COMMANDS =
      """
      | command | does |
      |---|---|
      """;

  /** Options of several commands, described once: the heading, by the class that declares them. */
  private static final Map<Class<?>, String> SHARED =
      Map.of(
          SettingsOptions.class, "Options for settings", FeatureSource.class, "Options for files");

  private final Map<Class<?>, List<ArgSpec>> shared = new LinkedHashMap<>();
  private final StringBuilder page = new StringBuilder(HEAD);

  private CommandsPage() {}

  static String markdown() {
    CommandsPage commands = new CommandsPage();
    List<CommandSpec> all = new ArrayList<>();
    collect(new CommandLine(new Millrace()), all);
    commands.page.append(COMMANDS);
    for (CommandSpec command : all) {
      String anchor = command.qualifiedName("-").toLowerCase(Locale.ROOT);
      commands.row("[`%s`](#%s)".formatted(command.qualifiedName(), anchor), first(command));
    }
    all.forEach(commands::append);
    commands.shared.forEach(
        (declaring, options) -> {
          commands.page.append("\n## ").append(SHARED.get(declaring)).append("\n\n");
          commands.table(options);
        });
    return commands.page.toString();
  }

  /** What does something by itself, in the order of the help. */
  private static void collect(CommandLine line, List<CommandSpec> to) {
    for (CommandLine sub : line.getSubcommands().values()) {
      if (sub.getSubcommands().isEmpty() || sub.getCommandSpec().args().size() > 2) {
        to.add(sub.getCommandSpec());
      }
      collect(sub, to);
    }
  }

  private static String description(CommandSpec command) {
    return text(command.usageMessage().description());
  }

  private static String first(CommandSpec command) {
    String whole = description(command);
    int end = whole.indexOf(". ");
    return end < 0 ? whole : whole.substring(0, end + 1);
  }

  private static String text(String... lines) {
    return String.join(" ", lines).replaceAll("(%n|\\s)+", " ").strip();
  }

  private void append(CommandSpec command) {
    page.append("\n## `").append(command.qualifiedName()).append("`\n\n");
    page.append(description(command)).append('\n');
    List<ArgSpec> own = new ArrayList<>();
    List<Class<?>> others = new ArrayList<>();
    for (ArgSpec argument : command.args()) {
      Class<?> declaring =
          argument.userObject() instanceof Field field ? field.getDeclaringClass() : null;
      if (declaring != null && SHARED.containsKey(declaring)) {
        shared.computeIfAbsent(declaring, unused -> of(declaring, command));
        if (!others.contains(declaring)) {
          others.add(declaring);
        }
      } else if (!isHelp(argument)) {
        own.add(argument);
      }
    }
    if (!own.isEmpty()) {
      page.append('\n');
      table(own);
    }
    if (!others.isEmpty()) {
      page.append(
          others.stream()
              .map(SHARED::get)
              .map(title -> "[%s](#%s)".formatted(lower(title), anchor(title)))
              .collect(Collectors.joining(" and ", "\nAnd the ", ".\n")));
    }
    String footer = String.join("\n", command.usageMessage().footer()).strip();
    if (!footer.isEmpty()) {
      page.append("\n```text\n").append(footer).append("\n```\n");
    }
  }

  private static List<ArgSpec> of(Class<?> declaring, CommandSpec command) {
    return command.args().stream()
        .filter(
            argument ->
                argument.userObject() instanceof Field field
                    && field.getDeclaringClass() == declaring)
        .toList();
  }

  private static boolean isHelp(ArgSpec argument) {
    return argument instanceof OptionSpec option && (option.usageHelp() || option.versionHelp());
  }

  private static String lower(String title) {
    return title.substring(0, 1).toLowerCase(Locale.ROOT) + title.substring(1);
  }

  private static String anchor(String title) {
    return title.toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  private void table(List<ArgSpec> arguments) {
    page.append("| argument | what it is |\n|---|---|\n");
    for (ArgSpec argument : arguments) {
      if (argument instanceof PositionalParamSpec) {
        row("`" + name(argument) + "`", what(argument));
      }
    }
    for (ArgSpec argument : arguments) {
      if (argument instanceof OptionSpec) {
        row("`" + name(argument) + "`", what(argument));
      }
    }
  }

  private static String name(ArgSpec argument) {
    String label = label(argument.paramLabel());
    if (argument instanceof OptionSpec option) {
      boolean flag = option.arity().max() == 0;
      return option.longestName() + (flag ? "" : " " + label);
    }
    return label + (argument.arity().max() > 1 ? "..." : "");
  }

  /** Picocli's own label is the name of a field in angle brackets. */
  private static String label(String label) {
    return label.startsWith("<")
        ? label
            .substring(1, label.length() - 1)
            .replaceAll("([a-z])([A-Z])", "$1_$2")
            .toUpperCase(Locale.ROOT)
        : label;
  }

  private static String what(ArgSpec argument) {
    String text = text(argument.description());
    String known = argument.defaultValueString(true);
    String required = argument.required() && argument instanceof OptionSpec ? "Needed. " : "";
    return required + text.replace("${DEFAULT-VALUE}", nonNull(known));
  }

  private static String nonNull(@Nullable String text) {
    return text == null ? "" : text;
  }

  private void row(String name, String what) {
    page.append("| %s | %s |\n".formatted(name.replace("|", "\\|"), what.replace("|", "\\|")));
  }
}
