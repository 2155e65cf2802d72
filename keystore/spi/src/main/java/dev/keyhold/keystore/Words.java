package dev.keyhold.keystore;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Options whose values are a few words, as configurations write them: in lower case and with
 * hyphens. Upper case and underscores, as services write them, mean the same.
 */
public final class Words {
  private Words() {}

  /**
   * Returns the word in a text.
   *
   * @param words those that there are, the default first
   * @param invalid makes the error of what a text must be
   */
  public static <X extends Exception> String parse(
      String text, List<String> words, Function<String, X> invalid) throws X {
    String word = word(text);
    if (!words.contains(word)) {
      throw invalid.apply(required(words));
    }
    return word;
  }

  /**
   * Returns the constant that a text names.
   *
   * @param type its first constant is the default
   * @param invalid makes the error of what a text must be
   */
  public static <E extends Enum<E>, X extends Exception> E parse(
      String text, Class<E> type, Function<String, X> invalid) throws X {
    List<String> words = Stream.of(type.getEnumConstants()).map(e -> word(e.name())).toList();
    return type.getEnumConstants()[words.indexOf(parse(text, words, invalid))];
  }

  private static String word(String text) {
    return text.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String required(List<String> words) {
    int last = words.size() - 1;
    return "must be %s (the default)".formatted(words.get(0))
        + (last > 1 ? ", " + String.join(", ", words.subList(1, last)) : "")
        + " or "
        + words.get(last);
  }
}
