package io.millrace.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Asks a running server for a click probability.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PredictCommand implements Callable<Integer> {
  @Mixin private ServerOption server;

  @Option(names = "--features", required = true, description = "A feature record as a JSON object.")
  private String features;

  @Override
  public Integer call() throws InterruptedException {
    System.out.println(server.client().post("/v1/predict", "{\"features\":" + features + "}"));
    return 0;
  }
}
