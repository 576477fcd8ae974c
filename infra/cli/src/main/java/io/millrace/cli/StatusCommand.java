package io.millrace.cli;

import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows what a running server says of itself, as JSON.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StatusCommand implements Callable<Integer> {
  @Option(names = "--server", description = "Address (default: ${DEFAULT-VALUE}).")
  private URI server = URI.create("http://127.0.0.1:8080");

  @Override
  public Integer call() throws InterruptedException {
    System.out.println(new ServerClient(server).get("/v1/status"));
    return 0;
  }
}
