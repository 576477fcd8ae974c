package io.millrace.model.djl;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.File;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Registers memory with the CUDA runtime that PyTorch has loaded: the one beside its libraries, or
 * else the system's.
 *
 * <p>Source: CUDA Runtime API, Memory Management, {@code cudaHostRegister}.
 */
final class CudaRuntime implements PinnedMemory.Registry {
  /** {@code cudaHostRegisterPortable}: pinned for all GPUs. */
  private static final int PORTABLE = 1;

  /** The functions of libcudart that are used here. */
  interface Functions extends Library {
    int cudaSetDevice(int device);

    int cudaHostRegister(Pointer memory, long bytes, int flags);

    int cudaHostUnregister(Pointer memory);

    String cudaGetErrorName(int code);
  }

  private final Functions cuda;
  private final int device;

  private CudaRuntime(Functions cuda, int device) {
    this.cuda = cuda;
    this.device = device;
  }

  /**
   * For copies to a GPU.
   *
   * @throws UnsatisfiedLinkError if there is no CUDA runtime
   */
  static CudaRuntime of(int device) {
    return new CudaRuntime(
        Native.load(besidePyTorch(DjlTorch.libraries()), Functions.class), device);
  }

  /** The file in that folder, or the name by which the system is asked. */
  static String besidePyTorch(File folder) {
    File[] files =
        folder.listFiles((parent, name) -> name.matches("libcudart[-.\\w]*\\.so[.\\d]*"));
    return files == null || files.length == 0
        ? "cudart"
        : Arrays.stream(files).map(File::getAbsolutePath).sorted().findFirst().orElseThrow();
  }

  @Override
  public int register(ByteBuffer memory) {
    // the thread that asks need not have used this GPU before
    int code = cuda.cudaSetDevice(device);
    return code == 0
        ? cuda.cudaHostRegister(Native.getDirectBufferPointer(memory), memory.capacity(), PORTABLE)
        : code;
  }

  @Override
  public int unregister(ByteBuffer memory) {
    return cuda.cudaHostUnregister(Native.getDirectBufferPointer(memory));
  }

  @Override
  public String error(int code) {
    return cuda.cudaGetErrorName(code);
  }
}
