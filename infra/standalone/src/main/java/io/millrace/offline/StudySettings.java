package io.millrace.offline;

import io.millrace.replay.SourceSettings;
import io.millrace.standalone.ModelSettings;
import io.millrace.study.StudyPlan;
import io.millrace.trainer.TrainerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The settings of a study of embedding schemes.
 *
 * @param file of labelled examples
 * @param source what it holds
 * @param schemes that are compared, separated by commas
 * @param budgets that each is trained at, separated by commas: shares of the bytes of a table that
 *     gives each of the file's tokens a row of its own
 * @param seeds of weights and order, separated by commas: one training each
 * @param out folder for the runs as CSV and for the curve; a study that was begun there goes on
 * @param model that is trained, but for rows and embedding
 * @param training how it is trained
 */
public record StudySettings(
    Optional<Path> file,
    SourceSettings source,
    String schemes,
    String budgets,
    String seeds,
    Path out,
    ModelSettings model,
    TrainerConfig training) {

  /** What is not set. */
  public static final StudySettings DEFAULT =
      new StudySettings(
          Optional.empty(),
          SourceSettings.NONE,
          "unified,hash,qr,narrow,mde,robe,tt,dhe",
          "1,0.3,0.1,0.03,0.01",
          "1,2,3",
          Path.of("millrace-data", "study"),
          ModelSettings.NONE,
          TrainerConfig.defaults());

  /**
   * What is compared.
   *
   * @throws IllegalArgumentException if a list holds what it cannot, naming the value
   */
  public StudyPlan plan() {
    return new StudyPlan(
        list("schemes", schemes, "names of schemes", name -> name),
        list("budgets", budgets, "numbers", Double::valueOf),
        list("seeds", seeds, "whole numbers", Long::valueOf));
  }

  private static <T> List<T> list(
      String setting, String given, String expected, Function<String, T> read) {
    List<T> items = new ArrayList<>();
    for (String item : given.split(",", -1)) {
      try {
        T value = read.apply(item.strip());
        if (items.contains(value)) {
          throw new IllegalArgumentException(
              "%s: %s is given twice, expected each once".formatted(setting, value));
        }
        items.add(value);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "%s: \"%s\", expected %s separated by commas".formatted(setting, item, expected), e);
      }
    }
    return items;
  }
}
