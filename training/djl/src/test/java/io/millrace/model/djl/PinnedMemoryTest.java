package io.millrace.model.djl;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.millrace.model.ComputeDevice;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedMemoryTest {

  /** Remembers what it is asked, and refuses from some registration on. */
  private static final class Recorded implements PinnedMemory.Registry {
    final List<String> calls = new ArrayList<>();
    int refusedFrom = Integer.MAX_VALUE;
    int namedErrors;

    @Override
    public int register(ByteBuffer memory) {
      calls.add("+" + memory.capacity());
      assertThat(Pointer.nativeValue(Native.getDirectBufferPointer(memory)) % 4096).isZero();
      return calls.size() > refusedFrom ? 2 : 0;
    }

    @Override
    public int unregister(ByteBuffer memory) {
      calls.add("-" + memory.capacity());
      return 0;
    }

    @Override
    public String error(int code) {
      namedErrors++;
      return "cudaErrorMemoryAllocation";
    }
  }

  @Test
  void registersWholePagesAndTakesThemBackInReverse() {
    Recorded registry = new Recorded();
    PinnedMemory memory = new PinnedMemory(registry);
    memory.allocate(100_000);
    ByteBuffer second = memory.allocate(70_000);
    assertThat(second.capacity()).isEqualTo(18 * 4096);
    memory.allocate(1 << 20);
    memory.allocate(1_000); // small: stays plain
    memory.release(second);
    memory.release(second); // is no longer its
    memory.close();
    memory.close();
    assertThat(registry.calls)
        .containsExactly("+102400", "+73728", "+1048576", "-73728", "-1048576", "-102400");
  }

  @Test
  void memoryThatCannotBeRegisteredIsUsedAllTheSameAndNamedOnce() {
    Recorded registry = new Recorded();
    registry.refusedFrom = 1;
    PinnedMemory memory = new PinnedMemory(registry);
    memory.allocate(80_000);
    ByteBuffer refused = memory.allocate(90_000);
    memory.allocate(90_000);
    assertThat(refused.capacity()).isGreaterThanOrEqualTo(90_000);
    assertThat(memory.registered()).hasSize(1);
    assertThat(registry.namedErrors).isEqualTo(1);
    memory.close();
    assertThat(registry.calls).containsExactly("+81920", "+90112", "+90112", "-81920");
  }

  @Test
  void onACpuNothingIsRegistered() {
    PinnedMemory memory = PinnedMemory.of(ComputeDevice.CPU);
    assertThat(memory.allocate(1 << 20).capacity()).isEqualTo(1 << 20);
    assertThat(memory.registered()).isEmpty();
    memory.close();
  }

  /** What was written before it grew is not read any more; the registered memory is the newest. */
  @Test
  void aBufferThatGrowsGivesItsOldMemoryBack() {
    Recorded registry = new Recorded();
    PinnedMemory memory = new PinnedMemory(registry);
    DjlBuffer buffer = new DjlBuffer(memory);
    buffer.write(20_000).put(19_999, 3);
    assertThat(buffer.write(10_000).get(19_999)).isEqualTo(3); // the same memory
    buffer.write(40_000);
    assertThat(registry.calls).containsExactly("+81920", "-81920", "+163840");
    memory.close();
    assertThat(memory.registered()).isEmpty();
  }

  @Test
  void takesTheRuntimeThatPyTorchBroughtAlong(@TempDir Path folder) throws IOException {
    File where = folder.toFile();
    assertThat(CudaRuntime.besidePyTorch(where)).isEqualTo("cudart");
    assertThat(CudaRuntime.besidePyTorch(new File(where, "none"))).isEqualTo("cudart");
    Files.createFile(folder.resolve("libcudart_static.a"));
    Files.createFile(folder.resolve("libtorch_cuda.so"));
    Path runtime = Files.createFile(folder.resolve("libcudart-218eec4c.so.12"));
    assertThat(CudaRuntime.besidePyTorch(where)).isEqualTo(runtime.toString());
  }
}
