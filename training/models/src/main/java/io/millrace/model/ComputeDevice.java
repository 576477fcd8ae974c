package io.millrace.model;

/**
 * Where a model is computed. A machine's hardware is the process's business and not the model's: a
 * model trained on a GPU is served on CPUs, and may go on learning on either.
 *
 * @param gpu number of the GPU, or -1 for the CPU
 */
public record ComputeDevice(int gpu) {
  /** The CPU. */
  public static final ComputeDevice CPU = new ComputeDevice(-1);

  public ComputeDevice {
    if (gpu < -1) {
      throw new IllegalArgumentException("gpu: " + gpu + ", expected at least 0, or -1 for none");
    }
  }

  /**
   * Reads a device: {@code cpu}, {@code gpu:N}, {@code gpu} for the first, or {@code auto} for the
   * first GPU if PyTorch can use one, for the CPU otherwise.
   *
   * @throws IllegalArgumentException if it is none of these, or there is no such GPU
   */
  public static ComputeDevice parse(String device) {
    if (device.equals("auto")) {
      return gpus() > 0 ? new ComputeDevice(0) : CPU;
    }
    if (device.equals("cpu")) {
      return CPU;
    }
    requireForm(device);
    int gpu = device.equals("gpu") ? 0 : Integer.parseInt(device.substring(4));
    if (gpu >= gpus()) {
      throw new IllegalArgumentException(
          "device: %s, but PyTorch (for %s) sees %d GPUs here; docs/operate/gpu.md says what it needs"
              .formatted(
                  device, Engine.DJL.found().map(ModelEngine::flavor).orElse("none"), gpus()));
    }
    return new ComputeDevice(gpu);
  }

  /**
   * Checks what {@link #parse} takes, without a look at the machine.
   *
   * @throws IllegalArgumentException if the text names no device
   */
  public static void requireForm(String device) {
    if (!device.matches("auto|cpu|gpu(:\\d{1,3})?")) {
      throw new IllegalArgumentException(
          "device: \"" + device + "\", expected auto, cpu, gpu or gpu:N");
    }
  }

  private static int gpus() {
    return Engine.DJL.found().map(ModelEngine::gpus).orElse(0);
  }

  /** Whether it is a GPU. */
  public boolean isGpu() {
    return gpu >= 0;
  }

  /** As {@link #parse} takes it. */
  @Override
  public String toString() {
    return isGpu() ? "gpu:" + gpu : "cpu";
  }
}
