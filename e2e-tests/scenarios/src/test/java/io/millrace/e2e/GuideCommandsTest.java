package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each page of {@code docs/start} and {@code docs/guides}, followed from top to bottom as its
 * reader would: its commands do what it shows. Ports are others than those of the page, which may
 * be taken.
 */
class GuideCommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** Of processes that end soon. */
  private static final List<String> FLAGS =
      List.of(
          "-Xmx1g",
          "-XX:+UseSerialGC",
          "-XX:PerMethodTrapLimit=10000",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-modules=jdk.incubator.vector",
          "-Dai.djl.offline=true");

  /** For what computes little: compiling well would take longer. */
  private static final String FEW_COMPILATIONS = "-XX:TieredStopAtLevel=1";

  @TempDir Path folder;
  private final Map<String, String> ids = new HashMap<>();
  private final int port;
  private final int registryPort;
  private @Nullable MillraceProcess up;

  GuideCommandsTest() throws IOException {
    port = freePort();
    registryPort = freePort();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  static Stream<String> pages() throws IOException {
    List<String> pages = new ArrayList<>();
    for (String shelf : List.of("docs/start", "docs/guides")) {
      try (Stream<Path> files = Files.list(DocsTest.ROOT.resolve(shelf))) {
        files.forEach(file -> pages.add(DocsTest.ROOT.relativize(file).toString()));
      }
    }
    return pages.stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void thePageShowsWhatComes(String page) throws Exception {
    GuidePage guide = GuidePage.read(Files.readAllLines(DocsTest.ROOT.resolve(page)));
    writeLauncher();
    try {
      for (GuidePage.Step step : guide.steps()) {
        String where = "%s, line %d: %s".formatted(page, step.line(), step.command());
        if (step.staysUp()) {
          start(where, step);
        } else {
          run(where, step);
        }
      }
    } finally {
      stop();
    }
  }

  @Test
  void aBlockThatIsNoSessionSaysItsLanguage() {
    assertThat(GuidePage.read(List.of("```text", "./x", "```")).steps()).isEmpty();
    assertThatThrownBy(() -> GuidePage.read(List.of("", "```", "./x", "```")))
        .hasMessageStartingWith("line 2: a session begins with '$ '");
    assertThat(GuidePage.read(List.of("```", "$ cat <<'E'", "a", "E", "a", "$ b", "```")).steps())
        .containsExactly(
            new GuidePage.Step(2, "cat <<'E'\na\nE", List.of("a")),
            new GuidePage.Step(6, "b", List.of()));
  }

  /** What stands in the place of the project's launcher: these classes, at ports of this test. */
  private void writeLauncher() throws IOException {
    String java =
        "exec '%s' $compiler %s %s -cp '%s' io.millrace.cli.Millrace \"$@\""
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                String.join(" ", FLAGS),
                String.join(" ", ClassArchive.flags()),
                ClassArchive.CLASS_PATH);
    Path launcher =
        Files.writeString(
            folder.resolve("millrace"),
            """
            #!/usr/bin/env bash
            case "$1 $*" in
              *" --server "* | *" --from "*) ;;
              "rank "* | "click "* | "send "* | "predict "* | "status "* | "explain "* | \
                "models "* | "experiments "*)
                set -- "$@" --server http://127.0.0.1:%d ;;
            esac
            case "$1" in
              train | explain) compiler= ;;
              *) compiler=%s ;;
            esac
            %s
            """
                .formatted(port, FEW_COMPILATIONS, java));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
  }

  /** A command as it is here: ids that the page shows cut are those that came. */
  private String here(String command) {
    String here = command.replace("127.0.0.1:8080", "127.0.0.1:" + port);
    for (Map.Entry<String, String> id : ids.entrySet()) {
      here = here.replace(id.getKey(), id.getValue());
    }
    return here;
  }

  private void run(String where, GuidePage.Step step) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-c", here(step.command()))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(where).isTrue();
    compare(where, step.shown(), lines(output));
  }

  private void compare(String where, List<String> shown, List<String> came) {
    Optional<Map<String, String>> found = GuideText.ids(shown, came);
    assertThat(found)
        .as("%s%nshown:%n%s%ncame:%n%s", where, String.join("\n", shown), String.join("\n", came))
        .isPresent();
    found.orElseThrow().forEach(ids::putIfAbsent);
  }

  /** Starts what stays up, and waits until it has said what is shown and can be asked. */
  private void start(String where, GuidePage.Step step) throws Exception {
    stop();
    List<String> words = new ArrayList<>(List.of(step.command().split(" ")));
    words.remove(0);
    words.addAll(
        List.of("--port", String.valueOf(port), "--registry-port", String.valueOf(registryPort)));
    words.addAll(List.of("--set", "server.warmUp=0s"));
    List<String> flags = new ArrayList<>(FLAGS);
    flags.add(FEW_COMPILATIONS);
    MillraceProcess process =
        MillraceProcess.start(
            folder, flags, "io.millrace.cli.Millrace", words.toArray(String[]::new));
    up = process;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<String> shown = new ArrayList<>(step.shown());
    shown.add("...");
    while (GuideText.ids(shown, lines(process.outputSoFar())).isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        compare(where, shown, lines(process.outputSoFar()));
      }
      Thread.sleep(50);
    }
    Api api = new Api(URI.create("http://127.0.0.1:" + port));
    while (api.get("/ready").status() != 200) {
      assertThat(System.nanoTime()).as(where + ": ready").isLessThan(deadline);
      Thread.sleep(50);
    }
  }

  /** Without what the JVM says of itself. */
  private static List<String> lines(String output) {
    return output.lines().filter(line -> !line.startsWith("WARNING: Using incubator")).toList();
  }

  private void stop() throws InterruptedException {
    if (up != null) {
      up.kill();
      up = null;
    }
  }
}
