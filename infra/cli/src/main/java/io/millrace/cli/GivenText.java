package io.millrace.cli;

import io.millrace.standalone.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text that a command is given: itself, a file, or standard input. */
final class GivenText {
  private GivenText() {}

  /** The text, or what standard input holds where it is {@code -}. */
  static String given(String text) throws IOException {
    return text.equals("-") ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8) : text;
  }

  /**
   * The lines of a file, or of standard input where it is {@code -}, in UTF-8.
   *
   * @throws UserError if there is no such file
   */
  static BufferedReader lines(Path file) throws IOException {
    if (file.toString().equals("-")) {
      return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }
    if (!Files.isReadable(file)) {
      throw new UserError("no file at %s".formatted(file));
    }
    return Files.newBufferedReader(file);
  }
}
