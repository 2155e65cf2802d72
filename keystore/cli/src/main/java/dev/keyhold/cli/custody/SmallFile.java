package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files that are small if they are what they should be. */
final class SmallFile {
  /** Comments may make a draft larger than the text that is signed. */
  private static final int MOST = 1 << 20;

  private SmallFile() {}

  static byte[] read(Path file) throws IOException, CommandFailure {
    if (Files.isDirectory(file)) {
      throw new CommandFailure(
          ExitCode.FAILED, file + " is a folder, not a signed text or a draft");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST + 1);
      if (bytes.length > MOST) {
        throw new CommandFailure(
            ExitCode.FAILED, file + " is larger than 1 MiB and so no signed text and no draft");
      }
      return bytes;
    }
  }
}
