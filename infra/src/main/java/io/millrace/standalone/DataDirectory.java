package io.millrace.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The one folder that a platform writes to, locked for this process.
 *
 * <pre>
 * kafka/          broker log            views/        RocksDB views of the server
 * checkpoints/    Flink checkpoints     tmp/          temporary files, emptied at each start
 * logs/           millrace.log          identity.properties   cluster id and settings that must not change
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  /** Less free space than this and the platform does not start. */
  public static final long MIN_FREE_BYTES = 1L << 30;

  private final Path root;
  private final FileChannel lockChannel;
  private final FileLock lock;

  private DataDirectory(Path root, FileChannel lockChannel, FileLock lock) {
    this.root = root;
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
      Files.createDirectories(absolute);
      long free = Files.getFileStore(absolute).getUsableSpace();
      if (free < MIN_FREE_BYTES) {
        throw new UserError(
            "disk of data directory %s has %d MB free, expected at least %d MB"
                .formatted(absolute, free >> 20, MIN_FREE_BYTES >> 20));
      }
      FileChannel channel =
          FileChannel.open(
              absolute.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw new UserError(
            "data directory %s is in use by another Millrace process; stop it or choose another"
                    .formatted(absolute)
                + " with --data-dir");
      }
      DataDirectory directory = new DataDirectory(absolute, channel, lock);
      DirectoryTree.deleteChildren(directory.tmp());
      return directory;
    } catch (IOException e) {
      throw new UserError("cannot use data directory %s: %s".formatted(absolute, e));
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

  private Path child(String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new UserError("cannot create %s in data directory %s: %s".formatted(name, root, e));
    }
  }

  /**
   * A value that is fixed when the directory is first used.
   *
   * @param proposed the value to take if there is none yet
   * @return the value that the directory has
   */
  public String fixed(String key, String proposed) {
    Path file = root.resolve("identity.properties");
    Properties properties = new Properties();
    try {
      if (Files.exists(file)) {
        try (var in = Files.newInputStream(file)) {
          properties.load(in);
        }
      }
      String present = properties.getProperty(key);
      if (present != null) {
        return present;
      }
      properties.setProperty(key, proposed);
      Path next = root.resolve("identity.properties.next");
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
