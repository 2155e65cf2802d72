package dev.keyhold.bench;

import java.util.Locale;
import java.util.Map;

/** Draws ratios as an SVG of horizontal bars, a group for each table. */
final class Chart {
  private static final int NAMES = 190;
  private static final int UNIT = 120;
  private static final int WIDTH = 900;
  private static final int BAR = 16;

  private Chart() {}

  /**
   * Returns the chart. A bar that is longer than the picture is cut; its number tells its length.
   */
  static String of(Map<String, Map<String, Double>> groups) {
    StringBuilder bars = new StringBuilder();
    int y = BAR;
    for (Map.Entry<String, Map<String, Double>> group : groups.entrySet()) {
      y += 2 * BAR;
      bars.append(text(4, y - 4, group.getKey(), " font-weight='bold'"));
      for (Map.Entry<String, Double> bar : group.getValue().entrySet()) {
        double length = Math.min(bar.getValue() * UNIT, WIDTH - NAMES - 60.0);
        bars.append(
            String.format(
                Locale.ROOT,
                "<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>%n",
                NAMES,
                y,
                length,
                BAR - 3,
                bar.getKey().startsWith("keyhold") ? "#2b6cb0" : "#a0aec0"));
        bars.append(text(4, y + BAR - 5, bar.getKey(), ""));
        bars.append(
            text(
                (int) (NAMES + length) + 4,
                y + BAR - 5,
                String.format(Locale.ROOT, "%.2f", bar.getValue()),
                ""));
        y += BAR;
      }
    }
    return String.format(
        Locale.ROOT,
        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif'"
            + " font-size='11'>%n<rect width='100%%' height='100%%' fill='white'/>%n"
            + "<line x1='%d' y1='0' x2='%d' y2='%d' stroke='#e53e3e'/>%n%s</svg>%n",
        WIDTH,
        y + BAR,
        NAMES + UNIT,
        NAMES + UNIT,
        y + BAR,
        bars);
  }

  private static String text(int x, int y, String text, String attributes) {
    return String.format(Locale.ROOT, "<text x='%d' y='%d'%s>%s</text>%n", x, y, attributes, text);
  }
}
