package io.millrace.e2e;

import io.millrace.broker.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A broker in a process of its own: folder, cluster id, port. It says {@code broker runs}, and ends
 * with its standard input.
 */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] args) throws IOException {
    EmbeddedKafka kafka =
        new EmbeddedKafka(Path.of(args[0]), args[1], Map.of(), Integer.parseInt(args[2]));
    var unused = kafka.start();
    System.out.println("broker runs");
    System.out.flush();
    while (System.in.read() >= 0) {
      // waits for the end
    }
    Runtime.getRuntime().halt(0);
  }
}
