package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.FileOutput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code custody charter init}. */
@Command(
    name = "init",
    description = {
      "Writes a charter to be filled in, with a comment at each line.",
      "What stands in < > is to be replaced: keys of persons by keyhold custody person, keys of logs by"
          + " keyhold-custodian init."
    },
    footerHeading = "%nExamples:%n",
    footer = "  keyhold custody charter init charter.txt")
public final class CharterInitCommand implements Callable<Integer> {
  private static final String DRAFT = "charter.txt";

  private final Context context;

  @Parameters(paramLabel = "FILE", description = "The file to be made.")
  private Path file;

  @Option(names = "--force", description = "Replace FILE if it exists.")
  private boolean force;

  public CharterInitCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, IOException {
    try (InputStream draft = CharterInitCommand.class.getResourceAsStream(DRAFT);
        FileOutput out = FileOutput.create(file, force)) {
      draft.transferTo(out.stream());
      out.commit();
    }
    context
        .err()
        .println("%s is to be filled in; keyhold custody charter check %s".formatted(file, file));
    return ExitCode.OK;
  }
}
