package io.millrace.e2e;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes files in the format {@code movielens-stream} with made-up ratings: users come in bursts,
 * and labels follow a fixed preference of user group for item group, so that there is something to
 * learn. A few rows cannot be used.
 */
final class SyntheticRatings {
  private static final String[] GENRES = {"Comedy", "Drama", "Action", "Horror", "Western"};

  private SyntheticRatings() {}

  /** Every so many rows one has the label {@code ?}, which no replay can use. */
  static final int UNUSABLE_EVERY = 1_000;

  /** As {@link #write}, without the rows that cannot be used. */
  static Path writeUsable(Path file, int rows, long seed) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(write(file, rows, seed)));
    lines.removeIf(line -> line.startsWith("?"));
    return Files.write(file, lines);
  }

  /** Writes {@code rows} rows; a pure function of the seed. */
  static Path write(Path file, int rows, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("label,ts,user,item,gender,age,occ,zip,genres,year\n");
      int user = 0;
      for (int i = 0; i < rows; i++) {
        if (i % 20 == 0) {
          user = random.nextInt(400);
        }
        int item = (int) (300 * Math.pow(random.nextDouble(), 2));
        int genre = item % GENRES.length;
        double logit = (user % 5 == genre ? 1.5 : -0.5) + (item % 7 - 3) * 0.3;
        int label = random.nextDouble() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
        out.write(
            "%s,%d,%d,%d,%s,%d,%d,%05d,%s|%s,%d%n"
                .formatted(
                    i % UNUSABLE_EVERY == UNUSABLE_EVERY - 1 ? "?" : label,
                    1_000_000_000L + i,
                    user,
                    item,
                    user % 2 == 0 ? "F" : "M",
                    18 + user % 5,
                    user % 21,
                    10_000 + user % 50,
                    GENRES[genre],
                    GENRES[(genre + 1) % GENRES.length],
                    1950 + item % 50));
      }
    }
    return file;
  }
}
