package io.millrace.cli;

import io.millrace.feature.FeatureSchemaRules;
import io.millrace.registry.http.RegistryServerConfig;
import io.millrace.standalone.Platform;
import io.millrace.standalone.RegistryNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The schema registry beside a platform. */
final class RegistryOption {
  @Option(
      names = "--registry-port",
      description = "Of the schema registry; -1: none (default: ${DEFAULT-VALUE}).")
  private int port = 8081;

  /** Serves the registry of a running platform, or gives null if none is wanted. */
  @Nullable RegistryNode start(Platform platform) {
    if (port < 0) {
      return null;
    }
    RegistryNode registry =
        RegistryNode.start(
            RegistryServerConfig.local(port),
            platform.client(),
            platform.topics(),
            1,
            new FeatureSchemaRules(platform::liveModels));
    System.out.println("schema registry " + registry.address());
    return registry;
  }
}
