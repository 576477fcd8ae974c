package io.millrace.offline;

import io.millrace.metrics.Metrics;
import io.millrace.trainer.Epoch;
import io.millrace.trainer.TrainerConfig;
import io.millrace.trainer.TrainingProgress;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a training has come: a line for each epoch, and on a terminal a bar with the time
 * left for the pass that runs.
 */
public final class TrainingBar implements TrainingProgress, AutoCloseable {
  private static final int COLUMNS = 110;

  private final PrintStream lines;
  private final @Nullable PrintStream terminal;
  private @Nullable ProgressBar bar;

  /**
   * @param lines gets the epochs
   * @param terminal gets the bars; null if there is none
   */
  public TrainingBar(PrintStream lines, @Nullable PrintStream terminal) {
    this.lines = lines;
    this.terminal = terminal;
  }

  @Override
  public void done(String pass, int examples, int of) {
    if (terminal == null) {
      return;
    }
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(pass)
              .setInitialMax(of)
              .setUpdateIntervalMillis(500)
              .setStyle(ProgressBarStyle.ASCII)
              .showSpeed()
              .clearDisplayOnFinish()
              .setConsumer(new ConsoleProgressBarConsumer(terminal, COLUMNS))
              .build();
    }
    bar.stepTo(examples);
    if (examples == of) {
      close();
    }
  }

  @Override
  public void start(TrainerConfig settings, Metrics untrained) {
    lines.println(TrainReport.line(settings, untrained));
  }

  @Override
  public void epoch(Epoch epoch) {
    lines.println(TrainReport.line(epoch));
  }

  /** Removes a bar that did not come to its end. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
