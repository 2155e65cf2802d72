package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.pages.Page.Block;
import dev.keyhold.conformance.pages.Page.Section;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page has a heading for each command that the help lists, and its examples work. */
class CommandsPageTest {
  private static final Page PAGE = Page.of("docs/COMMANDS.md");
  private static final Pattern COMMAND = Pattern.compile("  ([a-z-]+)  +[A-Z].*");

  @TempDir Path folder;

  @Test
  void everyCommandHasItsHeading() throws Exception {
    Set<String> commands = new TreeSet<>();
    collect(new PageShell(folder), "keyhold", commands);
    assertTrue(commands.contains("keyhold keys create"), commands.toString());
    Set<String> headings =
        PAGE.sections().stream()
            .filter(section -> section.level() == 3)
            .map(section -> section.title().replace("`", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(commands, headings);
  }

  /** Adds a command, or those of the group that it is. */
  private static void collect(PageShell shell, String command, Set<String> commands)
      throws Exception {
    Set<String> below = commandsIn(shell.run(command + " --help"));
    if (below.isEmpty()) {
      commands.add(command);
    }
    for (String name : below) {
      collect(shell, command + " " + name, commands);
    }
  }

  @Test
  void everySectionHasAnExampleOfItsCommand() {
    for (Section section : PAGE.sections()) {
      if (section.level() == 3) {
        String command = section.title().replace("`", "");
        assertTrue(
            section.blocks().stream().map(Block::text).anyMatch(text -> text.contains(command)),
            command);
      }
    }
  }

  @Test
  void itsExamplesWorkInTheirOrder() throws Exception {
    PageShell shell = new PageShell(folder);
    String configuration = PAGE.run("properties").get(0);
    shell.write("keyhold.properties", configuration);
    shell.write("b.properties", configuration.replace("keys.keyhold", "b.keyhold"));
    shell.write("report.pdf", "a report");
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(folder.resolve("app.jar")))) {
      jar.putNextEntry(new JarEntry("app.txt"));
    }
    List<String> scripts = PAGE.run("sh");
    assertTrue(scripts.size() > 15, scripts.toString());
    shell.run(String.join("\n", scripts));
  }

  /** What is shown of the output is there, in that order; three dots stand for what is left out. */
  @Test
  void itsOutputIsWhatTheCommandSays() throws Exception {
    PageShell shell = new PageShell(folder);
    shell.write("keyhold.properties", PAGE.run("properties").get(1));
    List<String> shown = PAGE.run("console").get(0).lines().toList();
    String output = shell.run(shown.get(0).substring("$ ".length()));
    int at = 0;
    for (String line : shown.subList(1, shown.size())) {
      if (!line.isEmpty() && !line.equals("...")) {
        int found = output.indexOf(line, at);
        assertTrue(found >= 0, "not in the output, or not there: " + line + "\n" + output);
        at = found + line.length();
      }
    }
  }

  private static Set<String> commandsIn(String help) {
    Set<String> commands = new TreeSet<>();
    int begin = help.indexOf("\nCommands");
    if (begin >= 0) {
      String list = help.substring(begin + 1);
      int end = list.indexOf("\n\n");
      list.substring(0, end < 0 ? list.length() : end)
          .lines()
          .map(COMMAND::matcher)
          .filter(Matcher::matches)
          .forEach(command -> commands.add(command.group(1)));
    }
    return commands;
  }
}
