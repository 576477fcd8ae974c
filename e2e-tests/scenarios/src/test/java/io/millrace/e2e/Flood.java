package io.millrace.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A process of one thread that asks for too much: rankings of 10,000 candidates, plain and packed,
 * clients that send a byte at a time, and requests that are none. Arguments: port, seconds, large
 * rankings a second, packed ones a second, slow clients, malformed requests a second. It ends by
 * itself, and says what was answered, a line a kind: {@code KIND statuses {…} ended {…}}.
 */
final class Flood {
  static final int CANDIDATES = 10_000;

  private static final int LARGE_CONNECTIONS = 96;
  private static final int PACKED_CONNECTIONS = 16;
  private static final int MALFORMED_CONNECTIONS = 8;

  /** As the server asks for. */
  private static final long RETRY_NANOS = 1_000_000_000;

  private static final long DRIP_NANOS = 500_000_000;
  private static final long ANSWER_NANOS = 20_000_000_000L;

  private final InetSocketAddress address;
  private final Selector selector;
  private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
  private final List<Client> clients = new ArrayList<>();

  private Flood(int port) throws IOException {
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.selector = Selector.open();
  }

  public static void main(String[] args) throws IOException {
    Flood flood = new Flood(Integer.parseInt(args[0]));
    int seconds = Integer.parseInt(args[1]);
    byte[] large = Rankings.body("", CANDIDATES, 10, true, 1);
    flood.add(
        new Kind("large", List.of(Exchange.post("/v1/rank", large, "")), rate(args[2])),
        LARGE_CONNECTIONS);
    flood.add(
        new Kind(
            "packed",
            List.of(Exchange.post("/v1/rank", packed(large), "Content-Encoding: gzip\r\n")),
            rate(args[3])),
        PACKED_CONNECTIONS);
    flood.add(new Kind("malformed", malformed(), rate(args[5])), MALFORMED_CONNECTIONS);
    flood.add(
        new Kind("slow", List.of(Exchange.post("/v1/rank", large, "")), 0),
        Integer.parseInt(args[4]));
    System.out.printf("body of %d bytes, packed %d%n", large.length, packed(large).length);
    flood.run(seconds);
  }

  private static double rate(String text) {
    return Double.parseDouble(text);
  }

  private static byte[] packed(byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("packing in memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static List<byte[]> malformed() {
    List<byte[]> all = new ArrayList<>();
    for (String body :
        List.of(
            "",
            "{",
            "[]",
            "{\"candidates\":7}",
            "{\"candidates\":[{\"features\":{\"price\":1e999}}]}",
            "{\"candidates\":[{\"features\":{\"price\":" + "9".repeat(5000) + "}}]}",
            "[".repeat(50_000),
            "{\"a\":".repeat(100) + "1" + "}".repeat(100),
            "\u0000\u0001",
            "{\"candidates\":[" + "{},".repeat(20_000) + "{}]}")) {
      all.add(Exchange.post("/v1/rank", body.getBytes(StandardCharsets.UTF_8), ""));
    }
    all.add(Exchange.post("/v1/rank", new byte[2 << 20], ""));
    all.add(Exchange.post("/v1/rank", new byte[1000], "Content-Encoding: gzip\r\n"));
    all.add(Exchange.post("/v1/rank", new byte[10], "Content-Encoding: zstd\r\n"));
    all.add(Exchange.post("/v1/nothing", new byte[10], ""));
    all.add(Exchange.post("/v1/rank", new byte[10], "X: " + "y".repeat(20_000) + "\r\n"));
    all.add("BREW / HTTP/9\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    all.add("\r\n\u00ff\u00fe garbage\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    return all;
  }

  /** One kind of client: what it sends in turn, and how often all of its clients together do. */
  private static final class Kind {
    final String name;
    final List<byte[]> requests;
    final double perSecond;
    final Map<String, Long> statuses = new TreeMap<>();
    final Map<String, Long> ended = new TreeMap<>();
    long sent;

    Kind(String name, List<byte[]> requests, double perSecond) {
      this.name = name;
      this.requests = requests;
      this.perSecond = perSecond;
    }

    boolean slow() {
      return perSecond == 0;
    }
  }

  private void add(Kind kind, int connections) {
    for (int i = 0; i < connections; i++) {
      clients.add(new Client(kind));
    }
  }

  private void run(int seconds) throws IOException {
    long start = System.nanoTime();
    long end = start + seconds * 1_000_000_000L;
    long now = start;
    while (now < end) {
      for (Client client : clients) {
        client.maybeBegin(start, now);
      }
      selector.select(5);
      now = System.nanoTime();
      for (SelectionKey key : selector.selectedKeys()) {
        ((Client) key.attachment()).go();
      }
      selector.selectedKeys().clear();
    }
    List<Kind> kinds = clients.stream().map(client -> client.kind).distinct().toList();
    for (Kind kind : kinds) {
      System.out.printf(
          "%-10s sent %6d, statuses %s, ended %s%n",
          kind.name, kind.sent, kind.statuses, kind.ended);
    }
    System.out.flush();
    for (Client client : clients) {
      client.end();
    }
  }

  /** One client: a connection for each request, as those that do not care have. */
  private final class Client {
    final Kind kind;
    @Nullable SocketChannel channel;
    @Nullable SelectionKey key;
    ByteBuffer out = ByteBuffer.allocate(0);
    long beganNanos;
    long drippedNanos;
    long endedNanos = System.nanoTime() - RETRY_NANOS;

    Client(Kind kind) {
      this.kind = kind;
    }

    void maybeBegin(long start, long now) {
      if (channel == null) {
        boolean due =
            kind.slow()
                ? now - endedNanos > RETRY_NANOS
                : (now - start) / 1e9 * kind.perSecond > kind.sent;
        if (due) {
          begin(now);
        }
      } else if (now - beganNanos > ANSWER_NANOS) {
        kind.ended.merge("no answer in 20 s", 1L, Long::sum);
        end();
      } else if (kind.slow() && now - drippedNanos > DRIP_NANOS) {
        drippedNanos = now;
        drip();
      }
    }

    private void begin(long now) {
      byte[] request = kind.requests.get((int) (kind.sent++ % kind.requests.size()));
      out = ByteBuffer.wrap(request);
      beganNanos = now;
      drippedNanos = now;
      try {
        SocketChannel opened = SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        opened.connect(address);
        key = opened.register(selector, SelectionKey.OP_CONNECT, this);
      } catch (IOException e) {
        failed(e);
      }
    }

    /** Sends another byte. */
    private void drip() {
      SocketChannel open = channel;
      if (open != null && open.isConnected() && out.hasRemaining()) {
        try {
          out.limit(out.position() + 1);
          open.write(out);
        } catch (IOException e) {
          failed(e);
        } finally {
          out.limit(out.capacity());
        }
      }
    }

    void go() {
      SocketChannel open = channel;
      SelectionKey mine = key;
      if (open == null || mine == null || !mine.isValid()) {
        return;
      }
      try {
        if (mine.isConnectable()) {
          open.finishConnect();
          if (kind.slow()) {
            int head = 0;
            byte[] bytes = out.array();
            while (bytes[head] != '{') {
              head++;
            }
            out.limit(head);
            open.write(out);
            out.limit(bytes.length);
          }
          mine.interestOps(
              kind.slow() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
          return;
        }
        if (mine.isReadable()) {
          read(open);
          return;
        }
        if (mine.isWritable()) {
          write(open, mine);
        }
      } catch (IOException e) {
        failed(e);
      }
    }

    private void write(SocketChannel open, SelectionKey mine) throws IOException {
      try {
        open.write(out);
      } catch (IOException e) {
        // An answer may have come before the server stopped reading.
        read(open);
        return;
      }
      if (!out.hasRemaining()) {
        mine.interestOps(SelectionKey.OP_READ);
      }
    }

    private void read(SocketChannel open) throws IOException {
      in.clear();
      int read = open.read(in);
      if (read < 0) {
        kind.ended.merge("closed without an answer", 1L, Long::sum);
      } else {
        byte[] bytes = new byte[Math.min(read, 12)];
        in.flip().get(bytes);
        String line = new String(bytes, StandardCharsets.US_ASCII);
        kind.statuses.merge(line.substring(Math.min(9, line.length())), 1L, Long::sum);
      }
      end();
    }

    private void failed(IOException e) {
      kind.ended.merge(String.valueOf(e.getMessage()), 1L, Long::sum);
      end();
    }

    void end() {
      SocketChannel open = channel;
      channel = null;
      key = null;
      endedNanos = System.nanoTime();
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          // it is gone
        }
      }
    }
  }
}
