package dev.keyhold.cli.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/** The option of all commands whose output a program may want to read. */
public final class JsonOption {
  public static final String NAME = "--json";

  @Option(names = NAME, description = "Write JSON.")
  private boolean json;

  public boolean isSet() {
    return json;
  }

  /** Returns a record as a JSON object, a list of them as an array; what is null is left out. */
  public static String write(Object value) {
    return Writer.GSON.toJson(value);
  }

  /** Loaded by the first use: most commands write no JSON. */
  private static final class Writer {
    private static final Gson GSON =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
  }

  /** A JSON array that is written item by item, as {@link #write} would write the list. */
  public static final class Array implements AutoCloseable {
    private final PrintStream out;
    private boolean any;

    /** Begins an array. */
    public Array(PrintStream out) {
      this.out = out;
    }

    /** Writes an item. */
    public void add(Object item) {
      out.print(any ? ",\n" : "[\n");
      out.print("  " + write(item).replace("\n", "\n  "));
      any = true;
    }

    /** Ends the array and the line; the stream stays open. */
    @Override
    public void close() {
      out.println(any ? "\n]" : "[]");
    }
  }
}
