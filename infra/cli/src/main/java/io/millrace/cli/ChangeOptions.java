package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command takes that changes a running platform by one request. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ChangeOptions {
  @Mixin private ServerOption server;

  @Option(names = "--dry-run", description = "Only say what would come of it.")
  private boolean dryRun;

  @Option(names = "--by", description = "Who asks, kept with the change (default: your user).")
  private String by = String.valueOf(System.getProperty("user.name"));

  /** Sends a change, and prints what the server says of it. */
  int send(String path, ObjectNode change) throws InterruptedException {
    change.put("by", by);
    if (dryRun) {
      change.put("dryRun", true);
    }
    JsonNode answer = server.client().posted(path, change.toString());
    System.out.println((dryRun ? "would be: " : "") + answer.path("says").asText());
    return 0;
  }
}
