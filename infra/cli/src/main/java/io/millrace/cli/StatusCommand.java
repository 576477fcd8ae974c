package io.millrace.cli;

import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows what a running server says of itself.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StatusCommand implements Callable<Integer> {
  @Option(names = "--server", description = "Address (default: ${DEFAULT-VALUE}).")
  private URI server = URI.create("http://127.0.0.1:8080");

  @Option(names = "--json", description = "As the server writes it, all of it.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    ServerClient client = new ServerClient(server);
    if (json) {
      System.out.println(client.get("/v1/status"));
    } else {
      StatusText.of(client.status()).forEach(System.out::println);
    }
    return 0;
  }
}
