package io.millrace.trained;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a file as a whole or not at all, whenever the process ends. */
public final class AtomicFile {
  private AtomicFile() {}

  /** What a file is to hold. */
  public interface Content {
    void write(DataOutputStream out) throws IOException;
  }

  /** Replaces a file; what is written beside it in the meantime ends in {@code .next}. */
  public static void write(Path file, Content content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (FileOutputStream to = new FileOutputStream(next.toFile());
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(to, 1 << 16))) {
      content.write(out);
      out.flush();
      to.getFD().sync();
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
