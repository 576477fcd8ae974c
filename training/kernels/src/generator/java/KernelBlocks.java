import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the unrolled blocks of the matrix products, {@code ProductBlocks} and {@code LaneBlocks}.
 * Java has no arrays of vectors without allocation, so that each sum of a block is a local variable
 * of its own, and a block of 24 sums is 24 lines where a loop would be one.
 *
 * <p>The build runs this file before it compiles the module ({@code generate-sources}), as it makes
 * the Avro classes: an IDE finds both below {@code target/generated-sources} after one build, and
 * no checked-in copy can differ from what is written here. It is one file without dependencies, so
 * that {@code java KernelBlocks.java FOLDER} runs it and nothing has to be compiled first. A file
 * whose text is the same is not written again, so that nothing is compiled anew.
 */
final class KernelBlocks {
  private static final List<Block> PRODUCT =
      List.of(
          new Block(8, 3),
          new Block(8, 2),
          new Block(8, 1),
          new Block(4, 3),
          new Block(4, 2),
          new Block(1, 8),
          new Block(1, 3),
          new Block(1, 2),
          new Block(1, 1));

  private static final List<Block> LANES =
      List.of(new Block(3, 8), new Block(3, 4), new Block(3, 2), new Block(3, 1), new Block(1, 1));

  private KernelBlocks() {}

  /**
   * @param args the folder of sources to write into
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException(
          args.length + " arguments, expected one: the folder of sources to write into");
    }
    Path folder = Files.createDirectories(Path.of(args[0], "io", "millrace", "kernel"));
    write(folder.resolve("ProductBlocks.java"), productBlocks());
    write(folder.resolve("LaneBlocks.java"), laneBlocks());
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }

  /** The sums of a block, one a register: {@code c12} is in row 1 and column 2. */
  private record Block(int rows, int columns) {

    /** The lines of all rows' numbers. */
    String rows(Function<Integer, String> line) {
      return lines(rows, line);
    }

    /** The lines of all columns' numbers. */
    String columns(Function<Integer, String> line) {
      return lines(columns, line);
    }

    /** The lines of all sums: name, row and column. */
    String sums(Line line) {
      return rows(i -> columns(j -> line.of("c" + i + j, i, j)));
    }

    private static String lines(int count, Function<Integer, String> line) {
      return IntStream.range(0, count).mapToObj(line::apply).collect(Collectors.joining());
    }
  }

  private interface Line {
    String of(String sum, int row, int column);
  }

  /** {@code start + n * step} as Java, as short as it can be. */
  private static String at(String start, int n, String step) {
    return switch (n) {
      case 0 -> start;
      case 1 -> start + " + " + step;
      default -> start + " + " + n + " * " + step;
    };
  }

  private static String load(String array, String index) {
    return "FloatVector.fromArray(SPECIES, " + array + ", " + index + ")";
  }

  private static String productBlocks() {
    return """
        package io.millrace.kernel;

        import jdk.incubator.vector.FloatVector;
        import jdk.incubator.vector.VectorSpecies;

        /**
         * Blocks of a matrix product, by rows of C and vectors of a row: {@code C = D + A·B}, with
         * the arguments of {@link Kernels#multiply}; a block of one row has no step between rows.
         * KernelBlocks, in this module's src/generator, writes this class.
         */
        final class ProductBlocks {
          private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
          private static final int LANES = SPECIES.length();

          private ProductBlocks() {}
        """
        + PRODUCT.stream().map(KernelBlocks::productBlock).collect(Collectors.joining())
        + "}\n";
  }

  /** A row of A is broadcast, value by value, against the vectors of a row of B. */
  private static String productBlock(Block block) {
    boolean row = block.rows() == 1;
    return """

          static void block%dx%d(
              int k, float[] a, int ao, %sint ap, float[] b, int bo, int bp,
              float[] d, int d0, %sfloat[] c, int co%s) {
        %s    int at = ao;
            int row = bo;
            for (int p = 0; p < k; p++) {
        %s%s      at += ap;
              row += bp;
            }
        %s  }
        """
        .formatted(
            block.rows(),
            block.columns(),
            row ? "" : "int ai, ",
            row ? "" : "int di, ",
            row ? "" : ", int ci",
            block.sums(
                (c, i, j) ->
                    "    FloatVector %s = %s;\n"
                        .formatted(c, load("d", at(at("d0", i, "di"), j, "LANES")))),
            block.columns(
                j ->
                    "      FloatVector b%d = %s;\n".formatted(j, load("b", at("row", j, "LANES")))),
            block.rows(
                i ->
                    "      %sx = FloatVector.broadcast(SPECIES, a[%s]);\n"
                            .formatted(i == 0 ? "FloatVector " : "", at("at", i, "ai"))
                        + block.columns(
                            j -> "      c%1$d%2$d = x.fma(b%2$d, c%1$d%2$d);\n".formatted(i, j))),
            block.sums(
                (c, i, j) ->
                    "    %s.intoArray(c, %s);\n".formatted(c, at(at("co", i, "ci"), j, "LANES"))));
  }

  private static String laneBlocks() {
    return """
        package io.millrace.kernel;

        import jdk.incubator.vector.FloatVector;
        import jdk.incubator.vector.VectorSpecies;

        /**
         * Blocks of as many products of matrices as a vector has lanes, by rows and columns of the
         * results, with the arguments of {@link Kernels#multiplyLanes}. KernelBlocks, in this
         * module's src/generator, writes this class.
         */
        final class LaneBlocks {
          private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

          private LaneBlocks() {}
        """
        + LANES.stream().map(KernelBlocks::laneBlock).collect(Collectors.joining())
        + "}\n";
  }

  /** A vector holds one element of each product: those of a column of A against those of B. */
  private static String laneBlock(Block block) {
    return """

          static void block%dx%d(
              int k, float[] a, int ao, int am, int ak, float[] b, int bo, int bn, int bk,
              float[] d, int d0, int dm, int dn, float[] c, int co, int cm, int cn) {
        %s    if (d != Kernels.NOTHING) {
        %s    }
            int left = ao;
            int right = bo;
            for (int p = 0; p < k; p++) {
        %s%s      left += ak;
              right += bk;
            }
        %s  }
        """
        .formatted(
            block.rows(),
            block.columns(),
            block.sums(
                (c, i, j) -> "    FloatVector %s = FloatVector.zero(SPECIES);\n".formatted(c)),
            block.sums(
                (c, i, j) ->
                    "      %s = %s;\n".formatted(c, load("d", at(at("d0", i, "dm"), j, "dn")))),
            block.rows(
                i -> "      FloatVector a%d = %s;\n".formatted(i, load("a", at("left", i, "am")))),
            block.columns(
                j ->
                    "      %sx = %s;\n"
                            .formatted(
                                j == 0 ? "FloatVector " : "", load("b", at("right", j, "bn")))
                        + block.rows(
                            i -> "      c%1$d%2$d = a%1$d.fma(x, c%1$d%2$d);\n".formatted(i, j))),
            block.sums(
                (c, i, j) ->
                    "    %s.intoArray(c, %s);\n".formatted(c, at(at("co", i, "cm"), j, "cn"))));
  }
}
