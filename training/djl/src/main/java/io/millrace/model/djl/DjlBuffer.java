package io.millrace.model.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Memory that Java writes and torch reads in place, without a copy between them. It grows to the
 * largest size asked for, and is reused. Whoever writes sees to it that no array made before is
 * still in use.
 */
final class DjlBuffer {
  private final PinnedMemory memory;
  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
  private FloatBuffer floats = bytes.asFloatBuffer();

  /**
   * @param memory where it is from, and who closes it
   */
  DjlBuffer(PinnedMemory memory) {
    this.memory = memory;
  }

  /** The memory, at position 0, with room for at least {@code size} values. */
  FloatBuffer write(int size) {
    if (floats.capacity() < size) {
      memory.release(bytes);
      bytes = memory.allocate(Math.multiplyExact(size, Float.BYTES));
      floats = bytes.order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
    return floats.clear();
  }

  /** An array over the memory's first values; it belongs to {@code manager}. */
  PtNDArray array(PtNDManager manager, Shape shape) {
    ByteBuffer used =
        bytes.slice(0, (int) shape.size() * Float.BYTES).order(ByteOrder.nativeOrder());
    return (PtNDArray) manager.create(used, shape, DataType.FLOAT32);
  }

  /** Copies {@code size} values of an array to {@code out[0 .. size)}. */
  static void read(PtNDArray array, float[] out, int size) {
    floats(array).get(out, 0, size);
  }

  /** An array's values, row-major; not to be used after the array was closed. */
  static FloatBuffer floats(PtNDArray array) {
    return JniUtils.getByteBuffer(array, true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }
}
