package io.millrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What computes the models of this process on a CPU. */
final class EngineOption {
  @Sets("engine")
  @Option(
      names = "--engine",
      description =
          "kernels (default) or djl, the reference on PyTorch, see docs/reference/models.md.")
  private @Nullable String engine;
}
