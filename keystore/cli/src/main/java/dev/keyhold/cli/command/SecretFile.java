package dev.keyhold.cli.command;

import dev.keyhold.keystore.kit.FileAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

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
   * Creates a file; it is on the disk when this returns, since a key file will be encrypted under
   * its content.
   *
   * @throws FileAlreadyExistsException if it is there; it is left alone
   */
  public static void create(Path file, String secret) throws IOException {
    Path absolute = file.toAbsolutePath();
    boolean done = false;
    try (FileChannel out = FileAccess.create(absolute, FileAccess.ownerOnly(absolute))) {
      try {
        ByteBuffer bytes = ByteBuffer.wrap((secret + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
        FileAccess.forceFolder(absolute);
        done = true;
      } finally {
        if (!done) {
          Files.deleteIfExists(absolute);
        }
      }
    }
  }
}
