package io.millrace.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The runs of a study as CSV: a line that says what was studied, a header, and a line for each run,
 * appended as soon as it is done. A line that a dying process left unfinished is dropped.
 *
 * @param file need not exist
 * @param subject what was studied: data, split and model; a file of another subject is refused
 */
record StudyFile(Path file, String subject) {

  /**
   * The runs so far; makes the file if there is none.
   *
   * @throws IllegalArgumentException if it is of another study
   */
  List<StudyRun> open() throws IOException {
    if (!Files.exists(file)) {
      Files.writeString(file, head());
      return new ArrayList<>();
    }
    String text = Files.readString(file);
    if (!text.startsWith(head())) {
      throw new IllegalArgumentException(
          "%s: of another study (%s), expected %s; take another --out"
              .formatted(file, text.lines().findFirst().orElse("an empty file"), subject));
    }
    int end = text.lastIndexOf('\n') + 1;
    if (end < text.length()) {
      Files.writeString(file, text.substring(0, end));
    }
    List<StudyRun> runs = new ArrayList<>();
    for (String line : text.substring(head().length(), end).split("\n", -1)) {
      if (!line.isEmpty()) {
        try {
          runs.add(StudyRun.parse(line));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
      }
    }
    return runs;
  }

  private String head() {
    return "# " + subject + "\n" + StudyRun.HEADER + "\n";
  }

  void append(StudyRun run) throws IOException {
    Files.writeString(file, run.line() + "\n", StandardOpenOption.APPEND);
  }
}
