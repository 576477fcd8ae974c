package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.client.MillraceClient;
import io.millrace.client.MillraceClient.Problem;
import io.millrace.client.MillraceClient.Taken;
import io.millrace.standalone.UserError;
import io.millrace.wire.RejectedReason;
import io.millrace.wire.ShownValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final int SHOWN = 80;

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
    try (InputStream in = GivenText.open(file)) {
      int number = 0;
      for (byte[] line = GivenText.line(in); line != null; line = GivenText.line(in)) {
        number++;
        Optional<String> event = event(line, number);
        if (event.isPresent()) {
          add(client, event.get(), number);
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
    waiting.add(line);
    lines.add(number);
    waitingBytes += bytes + 1;
  }

  /** A line's event; a line that is none is counted, and the others go on. */
  private Optional<String> event(byte[] line, int number) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString().strip();
    } catch (CharacterCodingException e) {
      return notJson(number, "not a text in UTF-8", "");
    }
    text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return JSON.readTree(text).isObject()
          ? Optional.of(text)
          : notJson(number, "no JSON object", text);
    } catch (JsonProcessingException e) {
      return notJson(
          number, "no JSON at column " + e.getLocation().getColumnNr() + " of the line", text);
    }
  }

  private Optional<String> notJson(int number, String what, String text) {
    rejected.add(
        "malformed_json",
        "line %d: %s, expected an event as one JSON object%s"
            .formatted(number, what, text.isEmpty() ? "" : ": " + ShownValue.text(text, SHOWN)));
    return Optional.empty();
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
