package io.millrace.cli;

import io.millrace.client.MillraceClient;
import io.millrace.standalone.UserError;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Option;

/** Which server a command asks. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ServerOption {
  @Option(names = "--server", description = "Address (default: ${DEFAULT-VALUE}).")
  private URI server = URI.create("http://127.0.0.1:8080");

  ServerClient client() {
    return new ServerClient(server);
  }

  MillraceClient typedClient() {
    return new MillraceClient(server, UserError::new);
  }

  /** What was asked for, or the sentence that says why not. */
  static <T> T answer(CompletableFuture<T> asked) throws InterruptedException {
    try {
      return asked.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
