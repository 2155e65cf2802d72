package dev.keyhold.cli.command;

import dev.keyhold.file.PartFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;

/** Writes passwords and PINs to files that only their owner may read. Stateless. */
public final class SecretFile {
  private SecretFile() {}

  /** Returns a new password of 144 random bits. */
  public static String randomSecret() {
    byte[] bytes = new byte[18];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes);
  }

  /**
   * Makes a file; it is on the disk when this returns, since a key file is sealed under what it
   * holds next.
   *
   * @throws FileAlreadyExistsException if it is there; it is left alone
   */
  public static void create(Path file, String secret) throws IOException {
    Path absolute = file.toAbsolutePath();
    boolean done = false;
    try (FileChannel out =
        FileChannel.open(
            absolute,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PartFile.ownerOnly(absolute))) {
      try {
        ByteBuffer bytes = ByteBuffer.wrap((secret + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
        PartFile.forceFolder(absolute);
        done = true;
      } finally {
        if (!done) {
          Files.deleteIfExists(absolute);
        }
      }
    }
  }
}
