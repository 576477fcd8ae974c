package io.millrace.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows what a running server says of itself.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StatusCommand implements Callable<Integer> {
  @Mixin private ServerOption server;

  @Option(names = "--json", description = "As the server writes it, all of it.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    ServerClient client = server.client();
    if (json) {
      System.out.println(client.get("/v1/status"));
    } else {
      StatusText.of(client.status()).forEach(System.out::println);
    }
    return 0;
  }
}
