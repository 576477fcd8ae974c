package io.millrace.cli;

import java.util.Locale;
import picocli.CommandLine;

/**
 * The command {@code millrace registry} by itself, so that a registry alone needs neither the jars
 * nor the classes of the other commands.
 */
public final class RegistryAlone {
  private RegistryAlone() {}

  /** Runs the command with what follows {@code millrace registry}, and exits with its status. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    CommandLine command = new CommandLine(new RegistryCommand());
    command.setCommandName("millrace registry");
    System.exit(Millrace.run(command, args));
  }
}
