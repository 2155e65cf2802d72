package dev.keyhold.demo;

import dev.keyhold.cli.command.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** A file and the object made of it, as an application handles them: by the JDK's API alone. */
final class DemoFile {
  private static final int BUFFER = 64 * 1024;
  private static final int TAG_BITS = 128;

  private final Path plain;
  private final Path sealed;
  private final Key key;
  private final PrintStream out;
  private final Progress.Mode bars;
  private byte[] iv;

  DemoFile(Path plain, Path sealed, Key key, PrintStream out, Progress.Mode bars) {
    this.plain = plain;
    this.sealed = sealed;
    this.key = key;
    this.out = out;
    this.bars = bars;
  }

  Path plain() {
    return plain;
  }

  Path sealed() {
    return sealed;
  }

  /** Makes the object; gives the name of the provider that served the cipher. */
  String encrypt() throws GeneralSecurityException, IOException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    iv = cipher.getIV();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(plain);
        OutputStream object = Files.newOutputStream(sealed);
        Progress progress = new Progress(out, bars, "   encrypt", Files.size(plain))) {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        object.write(cipher.update(buffer, 0, length)); // with Keyhold it is never null
        progress.advance(length);
      }
      object.write(cipher.doFinal());
      progress.end();
    }
    return cipher.getProvider().getName();
  }

  /** Fails if what comes out of the object is not the file. */
  void decryptAndCompare() throws GeneralSecurityException, IOException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
    byte[] buffer = new byte[BUFFER];
    try (InputStream object = Files.newInputStream(sealed);
        InputStream expected = Files.newInputStream(plain);
        Progress progress = new Progress(out, bars, "   decrypt", Files.size(plain))) {
      for (int length = object.read(buffer); length >= 0; length = object.read(buffer)) {
        progress.advance(compare(cipher.update(buffer, 0, length), expected));
      }
      progress.advance(compare(cipher.doFinal(), expected));
      if (expected.read() >= 0) {
        throw new IllegalStateException("the decrypted file is too short");
      }
      progress.end();
    }
  }

  private static int compare(byte[] decrypted, InputStream expected) throws IOException {
    if (!Arrays.equals(decrypted, expected.readNBytes(decrypted.length))) {
      throw new IllegalStateException("the decrypted file is not the original");
    }
    return decrypted.length;
  }
}
