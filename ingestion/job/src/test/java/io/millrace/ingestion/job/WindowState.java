package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.ImpressionEvent;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.Origin;
import io.millrace.ingestion.OutcomeEvent;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.ingestion.ReadPositions;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.KafkaAccess;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/**
 * Heap, state and checkpoint sizes of the label join on RocksDB, simulated in time: {@code
 * WindowState windowSeconds perSecond [lateSeconds [option=value ...]]}, with options of Flink's
 * after {@code state.backend.rocksdb.} Impressions of 300 bytes come for a window, a lateness and a
 * tenth of them; one in ten is clicked.
 */
public final class WindowState {
  private static final long START = 1_790_000_000_000L;
  private static final int BODY_BYTES = 300;

  /** As a slot of the embedded cluster has. */
  private static final long MANAGED_BYTES = 64L << 20;

  private WindowState() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    long window = Long.parseLong(args[0]);
    int perSecond = Integer.parseInt(args[1]);
    long lateness = args.length > 2 ? Long.parseLong(args[2]) : Math.min(10 * window, 3600);
    Path directory = Files.createTempDirectory("window-state");
    IngestionJobConfig config =
        new IngestionJobConfig(
            KafkaAccess.of("unused:9092"),
            "",
            List.of(OutcomeRule.click(Duration.ofSeconds(window), Duration.ofSeconds(lateness))),
            LabelEmission.AS_CLICKS_COME,
            Watermarks.Live.DEFAULT,
            Duration.ofMillis(200),
            1 << 20,
            1 << 20,
            IngestionJobConfig.DEFAULT_STATES_IN_MEMORY,
            false);
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    try (var harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new LabelJoinOperator(config, () -> registry, () -> 0),
            new ArrivalKey(),
            Types.STRING,
            new MockEnvironmentBuilder()
                .setTaskName("window state")
                .setManagedMemorySize(MANAGED_BYTES)
                .setMaxParallelism(128)
                .build())) {
      Configuration rocks = new Configuration();
      JoinStore.options().forEach(rocks::setString);
      for (int i = 3; i < args.length; i++) {
        int equals = args[i].indexOf('=');
        rocks.setString(
            "state.backend.rocksdb." + args[i].substring(0, equals), args[i].substring(equals + 1));
      }
      harness.setStateBackend(
          new EmbeddedRocksDBStateBackend(true)
              .configure(rocks, WindowState.class.getClassLoader()));
      harness.setCheckpointStorage(
          new FileSystemCheckpointStorage(directory.resolve("checkpoints").toUri()));
      harness.setup(new OutboundSerializer());
      harness.open();
      run(harness, directory, window, lateness, perSecond);
    }
    System.exit(0);
  }

  private static void run(
      KeyedOneInputStreamOperatorTestHarness<String, Arrival, Outbound> harness,
      Path directory,
      long window,
      long lateness,
      int perSecond)
      throws Exception {
    Random random = new Random(1);
    long impressions = (long) ((window + lateness) * 1.1 * perSecond);
    long began = System.nanoTime();
    long checkpoint = 0;
    harness.processElement(new StreamRecord<>(positions(0)));
    for (long i = 0; i < impressions; i++) {
      long time = START + i * 1000 / perSecond;
      String id = new java.util.UUID(random.nextLong(), i).toString();
      byte[] body = new byte[BODY_BYTES];
      random.nextBytes(body);
      harness.processElement(
          new StreamRecord<>(
              new ImpressionEvent(
                  id, time, body, new Origin("impressions", 0, i, time, null, null))));
      if (i % 10 == 0) {
        harness.processElement(
            new StreamRecord<>(
                OutcomeEvent.click(id, time, new Origin("clicks", 0, i, time, null, null))));
      }
      if (i % (5L * perSecond) == 0) {
        harness.getOutput().clear();
        harness.getSideOutput(LabelJoinOperator.COUNTS);
        // Written back as before each checkpoint; one is taken at the end only, since nobody would
        // remove the files of the earlier ones here.
        harness.prepareSnapshotPreBarrier(++checkpoint);
      }
      if (i % Math.max(1, impressions / 10) == 0) {
        report(harness, directory, i, began);
      }
    }
    report(harness, directory, impressions, began);
    long start = System.nanoTime();
    OperatorSubtaskState last = harness.snapshot(checkpoint + 1, checkpoint + 1);
    System.out.printf(
        "last checkpoint: %,d MB whole, %.1f s%n",
        last.getStateSize() >> 20, (System.nanoTime() - start) / 1e9);
  }

  private static ReadPositions positions(long next) {
    return new ReadPositions(
        List.of(
            new ReadPositions.Position("impressions", 0, next, next + 1),
            new ReadPositions.Position("clicks", 0, next, next + 1)),
        System.nanoTime());
  }

  private static void report(
      KeyedOneInputStreamOperatorTestHarness<String, Arrival, Outbound> harness,
      Path directory,
      long impressions,
      long began) {
    harness.getOutput().clear();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long store = tableBytes(new File(System.getProperty("java.io.tmpdir")));
    System.out.printf(
        "%,d impressions, %.0f s: heap %.1f MB, store %,d MB, states in memory %,d%n",
        impressions,
        (System.nanoTime() - began) / 1e9,
        heap / 1e6,
        store >> 20,
        ((LabelJoinOperator) harness.getOneInputOperator()).statesInMemory());
  }

  /** Of the store's tables below a folder, some of which are removed meanwhile. */
  private static long tableBytes(File folder) {
    File[] files = folder.listFiles();
    long bytes = 0;
    for (File file : files == null ? new File[0] : files) {
      bytes += file.getName().endsWith(".sst") ? file.length() : tableBytes(file);
    }
    return bytes;
  }
}
