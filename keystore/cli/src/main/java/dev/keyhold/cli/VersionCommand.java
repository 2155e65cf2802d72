package dev.keyhold.cli;

import dev.keyhold.envelope.Header;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code version}. */
@Command(
    name = "version",
    description = "Shows the versions of Keyhold, of its format and of Java.",
    footerHeading = "%nExample:%n",
    footer = "  keyhold version --json")
final class VersionCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  VersionCommand(Context context) {
    this.context = context;
  }

  private record Versions(String keyhold, int format, String java) {}

  @Override
  public Integer call() {
    // classes that are not in a jar have no version
    String keyhold =
        Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
            .orElse("development");
    Versions versions =
        new Versions(keyhold, Header.VERSION, System.getProperty("java.runtime.version"));
    context
        .out()
        .println(
            json.isSet()
                ? JsonOption.write(versions)
                : Text.table(
                    List.of(
                        List.of("keyhold", versions.keyhold),
                        List.of("format", Integer.toString(versions.format)),
                        List.of("java", versions.java))));
    return ExitCode.OK;
  }
}
