package io.millrace.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Answers every request of this machine at once with nothing: what an answer takes where the
 * machine is busy with other things, and no server is to blame.
 */
final class Floor implements AutoCloseable {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listener;

  Floor() throws IOException {
    listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    start("floor", this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        client.setTcpNoDelay(true);
        start("floor-client", () -> answer(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void answer(Socket client) {
    byte[] buffer = new byte[4096];
    try (Socket open = client;
        InputStream in = open.getInputStream()) {
      while (in.read(buffer) >= 0) {
        open.getOutputStream().write(ANSWER);
      }
    } catch (IOException e) {
      // it has hung up
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
