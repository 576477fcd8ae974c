package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.event.RejectedEvent;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.RejectedEvents;
import io.millrace.standalone.UserError;
import io.millrace.wire.RejectedReason;
import io.millrace.wire.ShownValue;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists events that were rejected, each with its reason. */
@Command(
    name = "rejected",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lists what was rejected, and why: in a data directory on which nothing runs, or by a server.",
      "Without --reason or --text: how many of each reason, and the first of each."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RejectedCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DEFAULT_DIRECTORY = Path.of("millrace-data", "replay");
  private static final int MOST_SHOWN = 200;
  private static final int MOST_DETAIL = 1000;

  @Option(
      names = "--data-dir",
      description = "Of a replay, of 'up' or of a demo (default: millrace-data/replay).")
  private @Nullable Path dataDir;

  @Option(
      names = "--server",
      description = "Asks this running server instead, which knows the newest 100 of each reason.")
  private @Nullable URI server;

  @Option(names = "--reason", description = "Only those of this reason, such as invalid_feature.")
  private @Nullable String reason;

  @Option(names = "--text", description = "Only those whose words contain this.")
  private @Nullable String text;

  @Option(names = "--limit", description = "Events listed at most (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Option(names = "--json", description = "As JSON, with the events as they came.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException, InterruptedException {
    if (limit < 1) {
      throw new UserError("--limit %d, expected at least 1".formatted(limit));
    }
    if (server == null) {
      ofDirectory(dataDir == null ? DEFAULT_DIRECTORY : dataDir);
    } else if (dataDir != null) {
      throw new UserError("--server and --data-dir, expected one of them");
    } else {
      ofServer(new ServerClient(server));
    }
    return 0;
  }

  private void ofDirectory(Path root) throws JsonProcessingException {
    if (!Files.isDirectory(root)) {
      throw new UserError("no data directory at %s".formatted(root));
    }
    RejectedReason.Counts counts = new RejectedReason.Counts();
    List<RejectedEvents.Kept> listed = new ArrayList<>();
    try (DataDirectory directory = DataDirectory.open(root)) {
      ProcessHome.enter(directory);
      RejectedEvents.ofDirectory(
          directory,
          kept -> {
            RejectedEvent event = kept.event();
            if ((reason == null || event.getReason().equals(reason))
                && (text == null || event.getDetail().contains(text))) {
              counts.add(event.getReason(), event.getDetail());
              if (listed.size() < limit) {
                listed.add(kept);
              }
            }
          });
    }
    long total = counts.list().stream().mapToLong(RejectedReason::count).sum();
    if (json) {
      System.out.println(json(counts.list(), listed));
    } else if (everyReason()) {
      print(counts.list(), total);
    } else {
      listed.forEach(
          kept ->
              System.out.println(
                  line(
                      kept.event().getRejectedTime(),
                      kept.event().getReason(),
                      kept.event().getDetail(),
                      kept.text())));
      System.out.printf(Locale.ROOT, "%,d of %,d listed%n", listed.size(), total);
    }
  }

  private void ofServer(ServerClient client) throws JsonProcessingException, InterruptedException {
    StringBuilder path = new StringBuilder("/v1/rejected?limit=" + limit);
    if (reason != null) {
      path.append("&reason=").append(URLEncoder.encode(reason, StandardCharsets.UTF_8));
    }
    if (text != null) {
      path.append("&text=").append(URLEncoder.encode(text, StandardCharsets.UTF_8));
    }
    JsonNode answer = client.json(path.toString());
    long total = answer.path("total").asLong();
    if (json) {
      System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
    } else if (everyReason()) {
      print(reasons(answer.path("reasons")), total);
    } else {
      JsonNode events = answer.path("events");
      for (JsonNode event : events) {
        System.out.println(
            line(
                Instant.ofEpochMilli(event.path("time").asLong()),
                event.path("reason").asText(),
                event.path("detail").asText(),
                event.path("event").asText()));
      }
      System.out.printf(
          Locale.ROOT, "%,d listed, newest first; %,d rejected in all%n", events.size(), total);
    }
    if (!json && !answer.path("complete").asBoolean()) {
      System.out.println("The server is still counting: ask again in some seconds.");
    }
  }

  private boolean everyReason() {
    return reason == null && text == null;
  }

  private static List<RejectedReason> reasons(JsonNode list) {
    List<RejectedReason> reasons = new ArrayList<>();
    for (JsonNode each : list) {
      List<String> first = new ArrayList<>();
      each.path("first").forEach(words -> first.add(words.asText()));
      reasons.add(
          new RejectedReason(each.path("reason").asText(), each.path("count").asLong(), first));
    }
    return reasons;
  }

  private static void print(List<RejectedReason> reasons, long total) {
    reasons.forEach(each -> each.lines().forEach(System.out::println));
    System.out.printf(Locale.ROOT, "%,d rejected in all%n", total);
  }

  private static String line(Instant time, String reason, String detail, String event) {
    return "%s %s: %s%s"
        .formatted(
            time,
            reason,
            ShownValue.text(detail, MOST_DETAIL),
            event.isEmpty() ? "" : " | " + ShownValue.text(event, MOST_SHOWN));
  }

  private static String json(List<RejectedReason> reasons, List<RejectedEvents.Kept> listed)
      throws JsonProcessingException {
    ObjectNode root = JSON.createObjectNode();
    root.set("reasons", JSON.valueToTree(reasons));
    ArrayNode list = root.putArray("events");
    for (RejectedEvents.Kept kept : listed) {
      RejectedEvent event = kept.event();
      ByteBuffer value = event.getOriginalValue();
      byte[] bytes = new byte[value == null ? 0 : value.remaining()];
      if (value != null) {
        value.duplicate().get(bytes);
      }
      list.addObject()
          .put("time", event.getRejectedTime().toString())
          .put("reason", event.getReason())
          .put("detail", event.getDetail())
          .put("topic", event.getTopic())
          .put("partition", event.getPartition())
          .put("offset", event.getOffset())
          .put("event", kept.text())
          .put("value", bytes);
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }
}
