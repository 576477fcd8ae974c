package io.millrace.model.attention;

import java.util.ArrayList;
import java.util.List;

/**
 * Matrices of one array, some of them once for each block. Each begins a cache line, if the array
 * itself begins one: that is so of arrays of half a region or more under G1, which puts them at the
 * begin of a region and never moves them. A vector of 16 floats that lies across two lines is
 * loaded and stored at half the speed.
 */
final class BlockMemory {
  /** Floats of a cache line. */
  private static final int LINE = 16;

  /** What an array's header takes, in floats. */
  private static final int HEADER = 4;

  private final List<Part> parts = new ArrayList<>();
  private float[] values = new float[0];
  private int blocks;

  /** A matrix, or one for each block; zero until written to. */
  final class Part {
    private final int size;
    private final boolean ofEachBlock;
    private int from;

    private Part(int size, boolean ofEachBlock) {
      this.size = size;
      this.ofEachBlock = ofEachBlock;
    }

    /** Floats of a matrix. */
    int size() {
      return size;
    }

    /** Where the matrix begins, or that of the first block. */
    int at() {
      return from;
    }

    /** Where a block's matrix begins. */
    int at(int block) {
      return from + block * lines(size);
    }
  }

  /** A matrix of so many floats, at hand after {@link #reserve}. */
  Part matrix(int size) {
    return add(new Part(size, false));
  }

  /** One for each block. */
  Part matrixOfEachBlock(int size) {
    return add(new Part(size, true));
  }

  private Part add(Part part) {
    parts.add(part);
    return part;
  }

  /** Floats of the matrices that each block has. */
  int sizeOfBlock() {
    return parts.stream().filter(part -> part.ofEachBlock).mapToInt(part -> lines(part.size)).sum();
  }

  /** Makes room for so many blocks; what there was is lost if there were fewer. */
  void reserve(int count) {
    if (count <= blocks) {
      return;
    }
    blocks = count;
    int next = LINE - HEADER;
    for (Part part : parts) {
      part.from = next;
      next =
          Math.addExact(next, Math.multiplyExact(lines(part.size), part.ofEachBlock ? count : 1));
    }
    values = new float[next];
  }

  /** The array; another one after {@link #reserve}. */
  float[] values() {
    return values;
  }

  private static int lines(int size) {
    return (size + LINE - 1) / LINE * LINE;
  }
}
