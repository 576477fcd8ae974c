package io.millrace.cli;

import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Asks a running server for a click probability.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PredictCommand implements Callable<Integer> {
  @Option(names = "--server", description = "Address (default: ${DEFAULT-VALUE}).")
  private URI server = URI.create("http://127.0.0.1:8080");

  @Option(names = "--features", required = true, description = "A feature record as a JSON object.")
  private String features;

  @Override
  public Integer call() throws InterruptedException {
    System.out.println(
        new ServerClient(server).post("/v1/predict", "{\"features\":" + features + "}"));
    return 0;
  }
}
