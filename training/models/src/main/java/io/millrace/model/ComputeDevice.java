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

  private static final String PROPERTY = "millrace.device";

  public ComputeDevice {
    if (gpu < -1) {
      throw new IllegalArgumentException("gpu: " + gpu + ", expected at least 0, or -1 for none");
    }
  }

  /**
   * Where this process's learners compute: system property {@code millrace.device}, {@code auto} if
   * it is not set. Servers always compute on the CPU, where a few candidates are answered sooner.
   */
  public static ComputeDevice ofLearners() {
    return parse(System.getProperty(PROPERTY, "auto"));
  }

  /** Sets what {@link #ofLearners} gives from now on. */
  public static void setOfLearners(String device) {
    ComputeDevice checked = parse(device);
    System.setProperty(PROPERTY, checked.toString());
  }

  /**
   * Reads a device: {@code cpu}, {@code gpu:N}, or {@code auto} for the first GPU if PyTorch can
   * use one, for the CPU otherwise.
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
    if (!device.matches("gpu:\\d{1,3}")) {
      throw new IllegalArgumentException("device: \"" + device + "\", expected auto, cpu or gpu:N");
    }
    int gpu = Integer.parseInt(device.substring(4));
    if (gpu >= gpus()) {
      throw new IllegalArgumentException(
          "device: %s, but PyTorch (for %s) sees %d GPUs here; docs/operate/gpu.md says what it needs"
              .formatted(
                  device, Engine.DJL.found().map(ModelEngine::flavor).orElse("none"), gpus()));
    }
    return new ComputeDevice(gpu);
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
