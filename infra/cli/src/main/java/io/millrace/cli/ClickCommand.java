package io.millrace.cli;

import io.millrace.client.MillraceClient.Happened;
import io.millrace.client.MillraceClient.Taken;
import io.millrace.standalone.UserError;
import io.millrace.wire.EventRules;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "click",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Tells a running server that an impression was clicked, or had another outcome.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ClickCommand implements Callable<Integer> {
  @Mixin private ServerOption server;

  @Option(names = "--outcome", description = "What happened (default: ${DEFAULT-VALUE}).")
  private String outcome = "click";

  @Option(names = "--value", description = "What it is worth, in your unit.")
  private @Nullable Double value;

  @Option(
      names = "--time",
      description =
          "When it happened: milliseconds since 1970, or a text such as 2026-01-31T12:00:00Z"
              + " (default: now).")
  private @Nullable String time;

  @Option(names = "--retract", description = "Take the outcome back.")
  private boolean retract;

  @Parameters(
      paramLabel = "IMPRESSION",
      arity = "1..*",
      description = "Ids, as a ranking answers them.")
  private List<String> impressions;

  @Override
  public Integer call() throws InterruptedException {
    Long millis = time == null ? null : millis(time);
    List<Happened> events =
        impressions.stream()
            .map(id -> new Happened(outcome, id, millis, value, retract ? true : null))
            .toList();
    Taken taken = ServerOption.answer(server.typedClient().send(events));
    if (taken.rejected() > 0) {
      throw new UserError(taken.errors().get(0).message());
    }
    System.out.printf("%d accepted%n", taken.accepted());
    return 0;
  }

  private static long millis(String time) {
    try {
      return Long.parseLong(time);
    } catch (NumberFormatException e) {
      return EventRules.time(time)
          .orElseThrow(
              () -> new UserError("--time %s, expected %s".formatted(time, EventRules.TIMES)));
    }
  }
}
