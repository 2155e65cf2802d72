package dev.keyhold.cli;

import dev.keyhold.admin.ObjectInfo;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.Text;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
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

  /** Provides the line that {@code keyhold --version} prints. */
  static final class Line implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"keyhold " + keyhold()};
    }
  }

  private static String keyhold() {
    // classes that are not in a jar have no version
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public Integer call() {
    String keyhold = keyhold();
    Versions versions =
        new Versions(
            keyhold, ObjectInfo.FORMAT_VERSION, System.getProperty("java.runtime.version"));
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
