package dev.keyhold.cli.object;

import dev.keyhold.admin.ObjectInfo.MalformedObjectException;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code inspect}. */
@Command(
    name = "inspect",
    description = {
      "Shows what the header of an object says: which keys open it, and in which shape.",
      "It needs no key and no configuration, and authenticates nothing; only decryption does."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold inspect report.pdf.keyhold",
      "  keyhold inspect report.pdf.keyhold --json | jq -r '.recipients[].identity'"
    })
public final class InspectCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @Parameters(paramLabel = "FILE", description = "The object.")
  private Path file;

  public InspectCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, IOException {
    if (Files.isDirectory(file)) {
      throw new CommandFailure(ExitCode.FAILED, file + " is a folder, not an object");
    }
    ObjectView object;
    try {
      object = ObjectView.read(file);
    } catch (MalformedObjectException e) {
      throw new CommandFailure(ExitCode.FAILED, file + ": " + e.getMessage(), e);
    }
    context.out().println(json.isSet() ? JsonOption.write(object) : object.details());
    return ExitCode.OK;
  }
}
