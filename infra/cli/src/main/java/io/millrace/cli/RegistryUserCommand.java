package io.millrace.cli;

import io.millrace.access.Users;
import io.millrace.standalone.UserError;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "user",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a line for the file of --users; the password is asked for, or is the first line of",
      "standard input."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RegistryUserCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "NAME", description = "Of the user.")
  private String name;

  @Parameters(index = "1", paramLabel = "ROLE", description = "read, write or admin.")
  private String role;

  @Override
  public Integer call() throws IOException {
    try {
      System.out.println(Users.line(name, role, password()));
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
    return 0;
  }

  private static String password() throws IOException {
    Console console = System.console();
    if (console != null) {
      return new String(
          Objects.requireNonNullElse(console.readPassword("password: "), new char[0]));
    }
    String line =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
    return Objects.requireNonNullElse(line, "");
  }
}
