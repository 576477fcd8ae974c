package io.millrace.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The one folder that a platform writes to, locked for this process.
 *
 * <pre>
 * kafka/          broker log            views/        RocksDB views of the server
 * checkpoints/    Flink checkpoints     tmp/          temporary files, emptied at each start
 * logs/           millrace.log          identity.properties   cluster id and settings that must not change
 * secrets/        keys of this directory's own
 * </pre>
 *
 * Only its owner may look into it.
 */
public final class DataDirectory implements AutoCloseable {
  /** Less free space than this and the platform does not start. */
  public static final long MIN_FREE_BYTES = 1L << 30;

  private static final String OWNER = "command";
  private static final String LOCK = "lock";

  private final Path root;
  private final List<Path> created;
  private final FileChannel lockChannel;
  private final FileLock lock;

  private DataDirectory(Path root, List<Path> created, FileChannel lockChannel, FileLock lock) {
    this.root = root;
    this.created = created;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /**
   * Creates or opens a data directory.
   *
   * @throws UserError if the folder cannot be written, belongs to a running process, or its disk is
   *     nearly full
   */
  public static DataDirectory open(Path root) {
    Path absolute = root.toAbsolutePath().normalize();
    try {
      List<Path> created = missing(absolute);
      Files.createDirectories(absolute);
      closeToOthers(absolute);
      long free = Files.getFileStore(absolute).getUsableSpace();
      if (free < MIN_FREE_BYTES) {
        throw new UserError(
            "disk of data directory %s has %d MB free, expected at least %d MB"
                .formatted(absolute, free >> 20, MIN_FREE_BYTES >> 20));
      }
      FileChannel channel =
          FileChannel.open(
              absolute.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new UserError(
            "data directory %s is in use by another Millrace process; stop it or choose another"
                    .formatted(absolute)
                + " with --data-dir");
      }
      DataDirectory directory = new DataDirectory(absolute, created, channel, lock);
      DirectoryTree.deleteChildren(directory.tmp());
      return directory;
    } catch (IOException e) {
      throw new UserError("cannot use data directory %s: %s".formatted(absolute, words(e)));
    }
  }

  /** The folders of a path that are not there, the innermost first. */
  private static List<Path> missing(Path folder) {
    List<Path> missing = new ArrayList<>();
    for (Path at = folder; at != null && !Files.exists(at); at = at.getParent()) {
      missing.add(at);
    }
    return missing;
  }

  /**
   * Deletes the folder, and those above it that this process created for it, if this process
   * created it: what was to run in it was refused. A folder that was there before stays.
   */
  public void discardIfCreated() {
    if (created.isEmpty()) {
      return;
    }
    try {
      DirectoryTree.deleteChildren(root);
      for (Path folder : created) {
        Files.delete(folder);
      }
    } catch (DirectoryNotEmptyException e) {
      // Somebody else has put something there.
    } catch (IOException e) {
      throw new UserError("cannot delete data directory %s: %s".formatted(root, words(e)));
    }
  }

  /** What is wrong with a place or its content, without the name of a class. */
  static String words(Exception e) {
    if (e instanceof FileAlreadyExistsException) {
      return "a file is in its way";
    } else if (e instanceof AccessDeniedException) {
      return "this user may not use it";
    } else if (e instanceof NoSuchFileException) {
      return "there is no such file";
    } else if (e instanceof FileSystemException place && place.getReason() != null) {
      return place.getReason().toLowerCase(Locale.ROOT);
    }
    return String.valueOf(e.getMessage());
  }

  private static void closeToOthers(Path folder) throws IOException {
    if (Files.getFileStore(folder).supportsFileAttributeView(PosixFileAttributeView.class)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Whether a running process holds a data directory; one that is not there is free. */
  public static boolean isInUse(Path root) {
    Path file = root.resolve(LOCK);
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel)) {
      return lock == null;
    } catch (IOException e) {
      return false;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  public Path root() {
    return root;
  }

  public Path kafka() {
    return child("kafka");
  }

  public Path checkpoints() {
    return child("checkpoints");
  }

  public Path views() {
    return child("views");
  }

  public Path tmp() {
    return child("tmp");
  }

  public Path secrets() {
    return child("secrets");
  }

  private Path child(String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new UserError("cannot create %s in data directory %s: %s".formatted(name, root, e));
    }
  }

  /** Deletes what a platform has written here; settings that are fixed and secrets stay. */
  public void empty() {
    try {
      for (Path folder : List.of(kafka(), checkpoints(), views(), tmp())) {
        DirectoryTree.deleteChildren(folder);
      }
      Files.deleteIfExists(report());
    } catch (IOException e) {
      throw new UserError("cannot empty data directory %s: %s".formatted(root, e));
    }
  }

  /** What a finished replay found, as JSON. */
  public Path report() {
    return root.resolve("report.json");
  }

  /**
   * A value that is fixed when the directory is first used.
   *
   * @param proposed the value to take if there is none yet
   * @return the value that the directory has
   */
  public String fixed(String key, String proposed) {
    return fixed(root.resolve("identity.properties"), key, proposed, false);
  }

  /**
   * Says whose the directory is from now on.
   *
   * @param command for example {@code replay}
   * @throws UserError if it is another command's
   */
  public void useFor(String command) {
    boolean before = known("cluster.id") != null && known("replay.file") == null;
    String owner = known(OWNER);
    if (owner == null && before && command.equals("replay")) {
      owner = "up or demo";
    }
    if (owner != null && !owner.equals(command)) {
      throw new UserError(
          "data directory %s belongs to millrace %s, expected one of millrace %s, or another --data-dir"
              .formatted(root, owner, command));
    }
    fix(OWNER, command);
  }

  /** A value that was fixed before, or null. */
  public @Nullable String known(String key) {
    return read(root.resolve("identity.properties")).getProperty(key);
  }

  /** A value to be used from now on, whatever it was. */
  public void fix(String key, String value) {
    var unused = fixed(root.resolve("identity.properties"), key, value, true);
  }

  /** As {@link #fixed}, among the secrets. */
  String secret(String key, String proposed) {
    return fixed(secrets().resolve("secrets.properties"), key, proposed, false);
  }

  private static Properties read(Path file) {
    Properties properties = new Properties();
    try {
      if (Files.exists(file)) {
        try (var in = Files.newInputStream(file)) {
          properties.load(in);
        }
      }
    } catch (IOException e) {
      throw new UserError("cannot read or write %s: %s".formatted(file, e));
    }
    return properties;
  }

  private static String fixed(Path file, String key, String proposed, boolean replace) {
    Properties properties = read(file);
    String present = properties.getProperty(key);
    if (present != null && (!replace || present.equals(proposed))) {
      return present;
    }
    properties.setProperty(key, proposed);
    try {
      Path next = file.resolveSibling(file.getFileName() + ".next");
      try (var out = Files.newOutputStream(next)) {
        properties.store(out, null);
      }
      Files.move(
          next,
          file,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      return proposed;
    } catch (IOException e) {
      throw new UserError("cannot read or write %s: %s".formatted(file, e));
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockChannel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
