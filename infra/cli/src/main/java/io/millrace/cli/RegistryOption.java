package io.millrace.cli;

import io.millrace.feature.FeatureSchemaRules;
import io.millrace.registry.http.RegistryServerConfig;
import io.millrace.standalone.Platform;
import io.millrace.standalone.RegistryNode;
import io.millrace.standalone.RegistryPortSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The schema registry beside a platform. */
final class RegistryOption {
  @Sets("registry.port")
  @Option(
      names = "--registry-port",
      description = "Of the schema registry; -1: none (default: 8081).")
  private @Nullable String port;

  /** Serves the registry of a running platform, or gives null if none is wanted. */
  static @Nullable RegistryNode start(RegistryPortSettings settings, Platform platform) {
    if (settings.port() < 0) {
      return null;
    }
    RegistryNode registry =
        RegistryNode.start(
            RegistryServerConfig.local(settings.port()),
            platform.client(),
            platform.topics(),
            1,
            new FeatureSchemaRules(platform::liveModels));
    System.out.println("schema registry " + registry.address());
    return registry;
  }
}
