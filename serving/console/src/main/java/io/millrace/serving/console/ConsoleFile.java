package io.millrace.serving.console;

import java.util.List;

/**
 * A file of the page that shows a server at work, and how it is to be served. The page asks the
 * server it came from for {@code /v1/status} and {@code /v1/history}, and nobody else.
 *
 * @param path where a browser asks for it
 * @param resource its name on the class path
 * @param contentType what a browser is told that it is
 */
public record ConsoleFile(String path, String resource, String contentType) {

  /** All files of the page; {@code /} is the page itself. */
  public static final List<ConsoleFile> ALL =
      List.of(
          new ConsoleFile("/", named("index.html"), "text/html; charset=utf-8"),
          asset("console.css", "text/css; charset=utf-8"),
          asset("console.js", "application/javascript; charset=utf-8"),
          asset("chart.js", "application/javascript; charset=utf-8"),
          asset("icon.svg", "image/svg+xml; charset=utf-8"));

  private static ConsoleFile asset(String name, String contentType) {
    return new ConsoleFile("/console/" + name, named(name), contentType);
  }

  private static String named(String name) {
    return "io/millrace/serving/console/" + name;
  }
}
