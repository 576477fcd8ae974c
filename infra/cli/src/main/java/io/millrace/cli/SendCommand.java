package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.client.MillraceClient;
import io.millrace.client.MillraceClient.Problem;
import io.millrace.client.MillraceClient.Taken;
import io.millrace.standalone.UserError;
import io.millrace.wire.RejectedReason;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Sends events to a running server: a file of JSON, one event a line.",
      "An event may be sent again after any failure: what comes twice counts once."
    },
    footer = {
      "",
      "Events:",
      "  {\"type\":\"impression\",\"impressionId\":\"i1\",\"features\":{\"user_id\":\"u1\",\"ad_id\":\"a\"}}",
      "  {\"type\":\"click\",\"impressionId\":\"i1\",\"time\":\"2026-01-31T12:00:05Z\"}",
      "",
      "Exit status: 1 if any event was rejected."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SendCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A request's bound on its body is 1 MiB. */
  private static final int MAX_BATCH_BYTES = 512 << 10;

  @Mixin private ServerOption server;

  @Option(names = "--batch", description = "Events a request (default: ${DEFAULT-VALUE}).")
  private int batch = 1000;

  @Parameters(paramLabel = "FILE", description = "With a line for each event; - is standard input.")
  private Path file;

  private final RejectedReason.Counts rejected = new RejectedReason.Counts();
  private final List<String> waiting = new ArrayList<>();
  private final List<Integer> lines = new ArrayList<>();
  private int waitingBytes;
  private long accepted;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (batch < 1 || batch > 10_000) {
      throw new UserError("--batch %d, expected 1 to 10000".formatted(batch));
    }
    MillraceClient client = server.typedClient();
    try (BufferedReader reader = GivenText.lines(file)) {
      int number = 0;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        if (!line.isBlank()) {
          add(client, line, number);
        }
      }
    }
    send(client);
    if (accepted == 0 && rejected.list().isEmpty()) {
      throw new UserError("%s holds no events".formatted(file));
    }
    rejected.list().forEach(reason -> reason.lines().forEach(System.out::println));
    long bad = rejected.list().stream().mapToLong(RejectedReason::count).sum();
    System.out.printf(Locale.ROOT, "%,d accepted, %,d rejected%n", accepted, bad);
    return bad == 0 ? 0 : Millrace.FAILURE;
  }

  private void add(MillraceClient client, String line, int number) throws InterruptedException {
    int bytes = line.getBytes(StandardCharsets.UTF_8).length;
    if (waiting.size() == batch || waitingBytes + bytes > MAX_BATCH_BYTES) {
      send(client);
    }
    waiting.add(checked(line, number));
    lines.add(number);
    waitingBytes += bytes + 1;
  }

  private String checked(String line, int number) {
    try {
      JsonNode event = JSON.readTree(line);
      if (event.isObject()) {
        return line;
      }
    } catch (JsonProcessingException e) {
      // told below
    }
    throw new UserError(
        ("%s line %d: %s, expected an event as one JSON object; %d events before it were"
                + " accepted, and may be sent again")
            .formatted(file, number, line.length() < 80 ? line : line.substring(0, 80), accepted));
  }

  private void send(MillraceClient client) throws InterruptedException {
    if (waiting.isEmpty()) {
      return;
    }
    Taken taken =
        ServerOption.answer(client.send("{\"events\":[" + String.join(",", waiting) + "]}"));
    accepted += taken.accepted();
    for (Problem problem : taken.errors()) {
      rejected.add(
          problem.reason(),
          "line %d: %s"
              .formatted(
                  lines.get(problem.index()),
                  problem.message().replaceFirst("^events\\[\\d+]\\.?", "")));
    }
    waiting.clear();
    lines.clear();
    waitingBytes = 0;
  }
}
