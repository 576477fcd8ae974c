package io.millrace.cli;

import io.millrace.model.ComputeDevice;
import io.millrace.standalone.UserError;
import picocli.CommandLine.Option;

/** Where the learners of this process compute. */
final class DeviceOption {
  @Option(
      names = "--device",
      description =
          "auto, cpu or gpu:N; auto is a GPU if there is one (default), see docs/operate/gpu.md.")
  private void device(String device) {
    try {
      ComputeDevice.setOfLearners(device);
    } catch (IllegalArgumentException e) {
      throw new UserError("--" + e.getMessage());
    }
  }
}
