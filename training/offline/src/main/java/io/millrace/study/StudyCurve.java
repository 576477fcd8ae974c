package io.millrace.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Mean AUC over the budget, a line for each scheme, as SVG. */
final class StudyCurve {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;
  private static final int LEFT = 60;
  private static final int RIGHT = 110;
  private static final int TOP = 20;
  private static final int BOTTOM = 50;
  private static final List<String> COLORS =
      List.of(
          "#1b6ca8", "#c0392b", "#27803d", "#8e44ad", "#b9770e", "#16808a", "#5d4037", "#607d8b");

  private final StringBuilder svg = new StringBuilder();
  private final List<StudyCell> cells;
  private final double least;
  private final double most;
  private final double lowest;
  private final double highest;

  private StudyCurve(List<StudyCell> cells) {
    this.cells = cells;
    this.least = cells.stream().mapToDouble(c -> Math.log10(c.budget())).min().orElse(-1) - 0.05;
    this.most = cells.stream().mapToDouble(c -> Math.log10(c.budget())).max().orElse(0) + 0.05;
    this.lowest = Math.floor(50 * auc(cells).min().orElse(0.5)) / 50;
    this.highest = Math.max(lowest + 0.02, Math.ceil(50 * auc(cells).max().orElse(1)) / 50);
  }

  private static java.util.stream.DoubleStream auc(List<StudyCell> cells) {
    return cells.stream().mapToDouble(c -> c.mean(StudyRun::auc));
  }

  static String svg(List<StudyRun> runs) {
    List<StudyCell> fitting = StudyCell.of(runs).stream().filter(StudyCell::fits).toList();
    return new StudyCurve(fitting).draw();
  }

  private double x(double budget) {
    return LEFT + (Math.log10(budget) - least) / (most - least) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double auc) {
    return HEIGHT - BOTTOM - (auc - lowest) / (highest - lowest) * (HEIGHT - TOP - BOTTOM);
  }

  private void add(String form, Object... values) {
    svg.append(String.format(Locale.ROOT, form, values)).append('\n');
  }

  private String draw() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\">",
        WIDTH, HEIGHT);
    add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
    axes();
    List<String> schemes = cells.stream().map(StudyCell::scheme).distinct().toList();
    for (int s = 0; s < schemes.size(); s++) {
      line(schemes.get(s), COLORS.get(s % COLORS.size()), TOP + 15 + 18 * s);
    }
    add("</svg>");
    return svg.toString();
  }

  private void axes() {
    for (int i = 0; i <= 4; i++) {
      double auc = lowest + (highest - lowest) * i / 4;
      add(
          "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>",
          LEFT, WIDTH - RIGHT, y(auc), y(auc));
      add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3f</text>", LEFT - 6, y(auc) + 4, auc);
    }
    for (double budget : cells.stream().mapToDouble(StudyCell::budget).distinct().toArray()) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          x(budget), HEIGHT - BOTTOM + 18, budget);
    }
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">bytes, as a share of a collisionless"
            + " table's</text>",
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12);
    add("<text x=\"8\" y=\"14\">AUC</text>");
  }

  private void line(String scheme, String color, int legend) {
    List<String> points = new ArrayList<>();
    for (StudyCell cell : cells) {
      if (cell.scheme().equals(scheme)) {
        double x = x(cell.budget());
        double y = y(cell.mean(StudyRun::auc));
        points.add(String.format(Locale.ROOT, "%.1f,%.1f", x, y));
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x, y, color);
      }
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>",
        String.join(" ", points), color);
    add("<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>", WIDTH - RIGHT + 10, legend, color, scheme);
  }
}
