package io.millrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the learners of this process compute. */
final class DeviceOption {
  @Sets("device")
  @Option(
      names = "--device",
      description =
          "auto, cpu, gpu or gpu:N; auto is a GPU if there is one (default), see"
              + " docs/operate/gpu.md.")
  private @Nullable String device;
}
