package io.millrace.cli;

import io.millrace.file.decoding.UnusableFileException;
import io.millrace.settings.SettingsException;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.util.Locale;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code millrace} command. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    version = "Millrace 0.1.0",
    description = "A streaming recommender and click-through-rate platform.",
    subcommands = {
      DemoCommand.class,
      ReplayCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      StudyCommand.class,
      ScoreCommand.class,
      OpeCommand.class,
      UpCommand.class,
      RegistryCommand.class,
      RankCommand.class,
      ClickCommand.class,
      SendCommand.class,
      PredictCommand.class,
      ExplainCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      ModelsCommand.class,
      ExperimentsCommand.class,
      SchemaCommand.class,
      RejectedCommand.class,
      AutoComplete.GenerateCompletion.class
    },
    footer = {
      "",
      "Examples:",
      "  millrace demo                                  a simulated ad market on the whole platform",
      "  millrace replay clicks.csv.gz                  any table of examples as a stream",
      "  millrace schema init clicks.csv.gz             a feature schema for it, to be edited",
      "  millrace up --schema s.avsc                    the platform for your own events",
      "  millrace registry --bootstrap kafka:9092       the schema registry alone"
    })
public final class Millrace {
  static final int USER_ERROR = 2;
  static final int FAILURE = 1;

  Millrace() {}

  /** Runs a command and exits with its status: 0, 1 for a failure, 2 for wrong use. */
  public static void main(String[] args) {
    // Numbers and upper case do not depend on where a process runs; Kafka does not start in
    // Turkish.
    Locale.setDefault(Locale.ROOT);
    System.exit(run(args));
  }

  /** Runs a command and returns its exit status. */
  static int run(String... args) {
    CommandLine commandLine = new CommandLine(new Millrace());
    return run(commandLine, args.length == 0 ? new String[] {"--help"} : args);
  }

  /** Runs one of the commands. */
  static int run(CommandLine commandLine, String... args) {
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          command.getErr().println("millrace: " + explain(exception));
          return isTheirs(exception) ? USER_ERROR : FAILURE;
        });
    return commandLine.execute(args);
  }

  /** Whether the person at the terminal can mend it. */
  static boolean isTheirs(Exception exception) {
    return exception instanceof UserError
        || exception instanceof SettingsException
        || exception instanceof UnusableFileException;
  }

  /** One line: what a person can mend is said plainly, the rest points to the log. */
  private static String explain(Exception exception) {
    if (isTheirs(exception)) {
      return String.valueOf(exception.getMessage());
    }
    for (Throwable t = exception; t != null; t = t.getCause()) {
      if (t instanceof IOException && String.valueOf(t.getMessage()).contains("No space left")) {
        return "the disk is full: " + t.getMessage() + "; free some space and start again";
      }
    }
    String log = System.getProperty("millrace.log.dir");
    if (log != null) {
      org.slf4j.LoggerFactory.getLogger(Millrace.class).error("command failed", exception);
    }
    return exception + (log == null ? "" : "; details in " + log + "/millrace.log");
  }
}
