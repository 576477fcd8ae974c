package io.millrace.doctor;

import io.millrace.standalone.UpSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports that a platform would listen on; any free one is not looked for. */
final class PortCheck {
  private static final String LOOPBACK = "127.0.0.1";

  private PortCheck() {}

  static List<Finding> look(UpSettings settings) {
    List<Finding> findings = new ArrayList<>();
    look("server", settings.server().host(), settings.server().port(), findings);
    look("schema registry", settings.server().host(), settings.registry().port(), findings);
    look("Kafka", LOOPBACK, settings.kafka().port(), findings);
    return findings;
  }

  private static void look(String of, String host, int port, List<Finding> findings) {
    if (port <= 0) {
      return;
    }
    String what = "port of the " + of;
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
      findings.add(Finding.ok(what, "%s:%d is free".formatted(host, socket.getLocalPort())));
    } catch (IOException e) {
      findings.add(
          Finding.problem(
              what, "%s:%d: %s, expected a free one".formatted(host, port, e.getMessage())));
    }
  }
}
