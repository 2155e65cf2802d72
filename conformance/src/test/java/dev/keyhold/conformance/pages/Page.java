package dev.keyhold.conformance.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A page of the documentation, for the tests that run what it shows. A fenced block whose line
 * before begins with {@link #NOT_RUN} is not run; the reader sees that line.
 *
 * @param file the page
 */
record Page(Path file) {
  /** How the line before a block that no test can run begins; the reason follows. */
  static final String NOT_RUN = "*Not run by the tests: ";

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\S*)[^\n]*\n(.*?)^```$");
  private static final Pattern HEADING = Pattern.compile("(?m)^(#{2,3}) (.*)$");

  /** A fenced block: its language, whether it can be run, and its text. */
  record Block(String language, boolean run, String text) {}

  /** A heading of the second or third level, and the text up to the next one. */
  record Section(int level, String title, String text) {
    List<Block> blocks() {
      return Page.blocks(text);
    }
  }

  /** Returns a page by its path from the top of the repository. */
  static Page of(String path) {
    return new Page(Path.of("..").resolve(path));
  }

  String text() {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Block> blocks() {
    return blocks(text());
  }

  /** Returns the blocks in a language that are run, in their order. */
  List<String> run(String language) {
    return blocks().stream()
        .filter(block -> block.run() && block.language().equals(language))
        .map(Block::text)
        .toList();
  }

  /** Returns the sections in their order; the text before the first heading is in none. */
  List<Section> sections() {
    String text = text();
    List<MatchResult> headings = HEADING.matcher(text).results().toList();
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < headings.size(); i++) {
      MatchResult heading = headings.get(i);
      int end = i + 1 < headings.size() ? headings.get(i + 1).start() : text.length();
      sections.add(
          new Section(
              heading.group(1).length(), heading.group(2), text.substring(heading.end(), end)));
    }
    return sections;
  }

  private static List<Block> blocks(String text) {
    return BLOCK
        .matcher(text)
        .results()
        .map(
            (MatchResult block) ->
                new Block(
                    block.group(1),
                    !lastLine(text.substring(0, block.start())).startsWith(NOT_RUN),
                    block.group(2)))
        .toList();
  }

  private static String lastLine(String text) {
    String stripped = text.stripTrailing();
    return stripped.substring(stripped.lastIndexOf('\n') + 1);
  }
}
