package io.millrace.e2e;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The commands of a page, and what it shows of their output.
 *
 * <p>A fenced block without a language is a session: lines that begin with {@code $} are commands,
 * a here-document goes to its end, the lines below are output. A block of anything else says in
 * what language it is, {@code text} at least.
 */
record GuidePage(List<Step> steps) {
  private static final String PROMPT = "$ ";
  private static final Pattern HERE_DOCUMENT = Pattern.compile("<<'(\\w+)'");

  /**
   * One command.
   *
   * @param line of the page, from 1
   * @param command for a shell
   * @param shown its output
   */
  record Step(int line, String command, List<String> shown) {

    /** Whether it runs until it is stopped. */
    boolean staysUp() {
      return command.matches("./millrace (up|demo)\\b.*");
    }
  }

  /**
   * Reads a page.
   *
   * @throws IllegalArgumentException naming the line of a session that does not begin with a
   *     command
   */
  static GuidePage read(List<String> lines) {
    List<Step> steps = new ArrayList<>();
    int number = 0;
    for (Iterator<String> it = lines.iterator(); it.hasNext(); ) {
      String line = it.next();
      number++;
      if (!line.startsWith("```")) {
        continue;
      }
      int opened = number;
      List<String> block = new ArrayList<>();
      for (line = next(it, opened); !line.equals("```"); line = next(it, opened)) {
        block.add(line);
      }
      number += block.size() + 1;
      if (lines.get(opened - 1).equals("```")) {
        session(opened, block, steps);
      }
    }
    return new GuidePage(steps);
  }

  private static String next(Iterator<String> it, int opened) {
    if (!it.hasNext()) {
      throw new IllegalArgumentException("line " + opened + ": a block without an end");
    }
    return it.next();
  }

  private static void session(int opened, List<String> block, List<Step> steps) {
    int at = 0;
    while (at < block.size()) {
      String line = block.get(at);
      if (!line.startsWith(PROMPT)) {
        throw new IllegalArgumentException(
            "line %d: a session begins with '%s', and a block of another kind says its language"
                .formatted(opened, PROMPT));
      }
      int begun = opened + 1 + at;
      StringBuilder command = new StringBuilder(line.substring(PROMPT.length()));
      at++;
      Matcher document = HERE_DOCUMENT.matcher(line);
      if (document.find()) {
        do {
          command.append('\n').append(block.get(at));
        } while (!block.get(at++).equals(document.group(1)));
      }
      List<String> shown = new ArrayList<>();
      while (at < block.size() && !block.get(at).startsWith(PROMPT)) {
        shown.add(block.get(at++));
      }
      steps.add(new Step(begun, command.toString(), shown));
    }
  }
}
