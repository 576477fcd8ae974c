package io.millrace.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classes of a whole platform as the JVM has them after loading (class data sharing), so that
 * the many processes of these tests do not load them again: that is two fifths of the processor
 * time of a start. The first test of a build that starts a process makes the archive. It exists
 * where all modules are jars, as in {@code mvn verify}; elsewhere processes start without one.
 */
final class ClassArchive {
  /** Of these tests. */
  static final String OF_TESTS =
      System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

  /** Of what runs {@code millrace}; these tests' own classes are not part of it. */
  static final String CLASS_PATH =
      Stream.of(OF_TESTS.split(File.pathSeparator))
          .filter(entry -> !entry.endsWith("test-classes"))
          .filter(entry -> Files.exists(Path.of(entry)))
          .collect(Collectors.joining(File.pathSeparator));

  private static final int MOST_SECONDS = 120;
  private static final Path FOLDER = DocsTest.ROOT.resolve("e2e-tests/scenarios/target");

  private static final List<String> FLAGS = find();

  private ClassArchive() {}

  /** For the JVM of a process with {@link #CLASS_PATH}. */
  static List<String> flags() {
    return FLAGS;
  }

  private static List<String> find() {
    List<Path> jars = Stream.of(CLASS_PATH.split(File.pathSeparator)).map(Path::of).toList();
    if (!jars.stream().allMatch(Files::isRegularFile)) {
      return List.of();
    }
    Path archive = FOLDER.resolve("classes.jsa");
    try (FileChannel channel =
            FileChannel.open(
                FOLDER.resolve("classes.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!isOf(jars, archive)) {
        rehearse(archive);
      }
      return lock.isValid() && Files.exists(archive)
          ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private static boolean isOf(List<Path> jars, Path archive) throws IOException {
    if (!Files.exists(archive)) {
      return false;
    }
    for (Path jar : jars) {
      if (Files.getLastModifiedTime(jar).compareTo(Files.getLastModifiedTime(archive)) > 0) {
        return false;
      }
    }
    return true;
  }

  /** A short demo leaves the archive when it ends. */
  private static void rehearse(Path archive) throws IOException, InterruptedException {
    Files.deleteIfExists(archive);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:ArchiveClassesAtExit=" + archive,
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-modules=jdk.incubator.vector",
            "-Dai.djl.offline=true",
            "-cp",
            CLASS_PATH,
            "io.millrace.cli.Millrace"));
    command.addAll(List.of("demo", "--duration", "3s", "--port", "0", "--registry-port", "0"));
    command.addAll(List.of("--set", "server.warmUp=0s"));
    command.addAll(List.of("--data-dir", FOLDER.resolve("rehearsal").toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(FOLDER.resolve("rehearsal.log").toFile())
            .start();
    if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
