package dev.keyhold.cli.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import picocli.CommandLine.Option;

/** The option of all commands whose output a program may want to read. */
public final class JsonOption {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  public static final String NAME = "--json";

  @Option(names = NAME, description = "Write JSON.")
  private boolean json;

  public boolean isSet() {
    return json;
  }

  /** A record as a JSON object, a list of them as an array; what is null is left out. */
  public static String write(Object value) {
    return GSON.toJson(value);
  }
}
