package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.event.RejectedEvent;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.RejectedEvents;
import io.millrace.standalone.RejectedReason;
import io.millrace.standalone.UserError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
      "Lists what was rejected in a data directory on which nothing runs, and why.",
      "Without --reason or --text: how many of each reason, and the first of each."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RejectedCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_SHOWN = 200;

  @Option(
      names = "--data-dir",
      description = "Of a replay, of 'up' or of a demo (default: ${DEFAULT-VALUE}).")
  private Path dataDir = Path.of("millrace-data", "replay");

  @Option(names = "--reason", description = "Only those of this reason, such as invalid_feature.")
  private @Nullable String reason;

  @Option(names = "--text", description = "Only those whose words contain this.")
  private @Nullable String text;

  @Option(names = "--limit", description = "Events listed at most (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Option(names = "--json", description = "As JSON, with the events as they came.")
  private boolean json;

  @Override
  public Integer call() throws JsonProcessingException {
    if (limit < 1) {
      throw new UserError("--limit %d, expected at least 1".formatted(limit));
    }
    if (!Files.isDirectory(dataDir)) {
      throw new UserError("no data directory at %s".formatted(dataDir));
    }
    RejectedReason.Counts counts = new RejectedReason.Counts();
    List<RejectedEvent> listed = new ArrayList<>();
    try (DataDirectory directory = DataDirectory.open(dataDir)) {
      ProcessHome.enter(directory);
      RejectedEvents.ofDirectory(
          directory,
          kept -> {
            RejectedEvent event = kept.event();
            if ((reason == null || event.getReason().equals(reason))
                && (text == null || event.getDetail().contains(text))) {
              counts.add(event.getReason(), event.getDetail());
              if (listed.size() < limit) {
                listed.add(event);
              }
            }
          });
    }
    if (json) {
      System.out.println(json(counts.list(), listed));
    } else if (reason == null && text == null) {
      counts.list().forEach(each -> each.lines().forEach(System.out::println));
      System.out.printf(Locale.ROOT, "%,d rejected in all%n", total(counts));
    } else {
      listed.forEach(event -> System.out.println(line(event)));
      System.out.printf(Locale.ROOT, "%,d of %,d listed%n", listed.size(), total(counts));
    }
    return 0;
  }

  private static long total(RejectedReason.Counts counts) {
    return counts.list().stream().mapToLong(RejectedReason::count).sum();
  }

  private static String line(RejectedEvent event) {
    String original = original(event);
    return "%s %s: %s%s"
        .formatted(
            event.getRejectedTime(),
            event.getReason(),
            event.getDetail(),
            original.isEmpty() ? "" : " | " + original);
  }

  /** The event as text, if it is one; shortened, without what a terminal would act on. */
  private static String original(RejectedEvent event) {
    ByteBuffer value = event.getOriginalValue();
    if (value == null || !value.hasRemaining() || event.getPartition() >= 0) {
      return "";
    }
    String words = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    String shown = words.length() <= MOST_SHOWN ? words : words.substring(0, MOST_SHOWN) + "...";
    return shown.replaceAll("\\p{Cntrl}", "\ufffd");
  }

  private static String json(List<RejectedReason> reasons, List<RejectedEvent> events)
      throws JsonProcessingException {
    ObjectNode root = JSON.createObjectNode();
    root.set("reasons", JSON.valueToTree(reasons));
    ArrayNode list = root.putArray("events");
    for (RejectedEvent event : events) {
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
          .put("value", bytes);
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }
}
