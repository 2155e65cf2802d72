package dev.keyhold.file;

import dev.keyhold.keystore.kit.PartFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What another process does with the same files. */
final class OtherProcess {
  private OtherProcess() {}

  /** Sweeps a folder, or opens an object to change it, and says how it went. */
  public static void main(String[] args) throws Exception {
    Path path = Path.of(args[1]);
    if (args[0].equals("sweep")) {
      PartFiles.sweep(path);
      System.out.print("swept");
      return;
    }
    try (ObjectFile object = ObjectFile.open(path)) {
      System.out.print("opened " + object.header().length);
    } catch (IOException e) {
      System.out.print(e.getMessage());
    }
  }

  /** Runs it and returns what it says. */
  static String run(String what, Path path) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                what,
                path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        throw new IOException("it hangs");
      }
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
