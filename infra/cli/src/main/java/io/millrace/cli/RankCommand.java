package io.millrace.cli;

import io.millrace.client.MillraceClient.Ranked;
import io.millrace.client.MillraceClient.Ranking;
import io.millrace.wire.ShownValue;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rank",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Asks a running server to rank candidates, which it logs as shown.",
      "What a request may say is described at /openapi.json of the server."
    },
    footer = {
      "",
      "Example:",
      "  millrace rank '{\"context\":{\"user_id\":\"u1\"},\"candidates\":[",
      "    {\"id\":\"a\",\"features\":{\"ad_id\":\"a\"}},{\"id\":\"b\",\"features\":{\"ad_id\":\"b\"}}]}'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RankCommand implements Callable<Integer> {
  private static final int SHOWN = 40;

  @Mixin private ServerOption server;

  @Option(names = "--json", description = "The answer as the server writes it.")
  private boolean json;

  @Parameters(paramLabel = "REQUEST", description = "As JSON; - reads it from standard input.")
  private String request;

  @Override
  public Integer call() throws Exception {
    String body = GivenText.given(request);
    if (json) {
      System.out.println(server.client().post("/v1/rank", body));
      return 0;
    }
    Ranking ranking = ServerOption.answer(server.typedClient().rank(body));
    System.out.printf(
        Locale.ROOT,
        "%-4s  %-36s  %-20s  %11s  %9s%n",
        "rank",
        "impression",
        "candidate",
        "probability",
        "score");
    int rank = 0;
    for (Ranked result : ranking.results()) {
      System.out.printf(
          Locale.ROOT,
          "%-4d  %-36s  %-20s  %11.4f  %9.4f%n",
          ++rank,
          ShownValue.text(result.impressionId(), SHOWN),
          result.id() == null ? "#" + result.index() : ShownValue.text(result.id(), SHOWN),
          result.probability(),
          result.score());
    }
    System.out.printf(
        "model %s version %d%s%n",
        ranking.model(),
        ranking.version(),
        ranking.logged() ? "" : "; not known to be logged, so outcomes of it may be lost");
    if (ranking.experiments() != null) {
      ranking
          .experiments()
          .forEach(
              (key, in) ->
                  System.out.printf(
                      "experiment %s: %s (%s)%n",
                      key, in.arm() == null ? "no arm" : "arm " + in.arm(), in.why()));
    }
    return 0;
  }
}
