package io.millrace.cli;

import io.millrace.model.Engine;
import io.millrace.standalone.UserError;
import picocli.CommandLine.Option;

/** What computes the models of this process on a CPU. */
final class EngineOption {
  @Option(
      names = "--engine",
      description =
          "kernels (default) or djl, the reference on PyTorch, see docs/reference/models.md.")
  private void engine(String engine) {
    try {
      Engine.choose(engine);
    } catch (IllegalArgumentException e) {
      throw new UserError("--" + e.getMessage());
    }
  }
}
