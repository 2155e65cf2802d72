package dev.keyhold.conformance.golden;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.jca.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;

/**
 * Makes the golden objects of a released version, once, in a new folder: its argument. What it made
 * is committed and never made again: objects of every version must open for ever.
 */
final class GoldenGenerator {
  private static final List<String> CONFIGURATION =
      List.of(
          "backend.local.type = software",
          "backend.local.file = keys.keyhold",
          "backend.local.password = file:password.txt",
          "key.* = local");
  private static final List<String> OLD =
      List.of(
          "# name plaintext IV AAD: lengths in bytes; byte i of each is (31 * i + 7) mod 256",
          "old-version 100 0 0");
  private static final List<String> NEW =
      List.of(
          "empty 0 0 0",
          "one-byte 1 0 0",
          "chunk-less-one 16383 0 0",
          "chunk 16384 0 0",
          "chunk-and-one 16385 0 0",
          "iv 100 12 0",
          "long-iv 100 64 0",
          "aad 100 12 20",
          "aad-128 100 12 128",
          "aad-129 100 12 129",
          "long-aad 100 0 5000");

  private GoldenGenerator() {}

  public static void main(String[] args) throws IOException, GeneralSecurityException {
    GoldenFolder folder = new GoldenFolder(Files.createDirectory(Path.of(args[0])));
    Files.write(folder.path().resolve("keyhold.properties"), CONFIGURATION);
    Files.writeString(folder.path().resolve("password.txt"), "golden objects, test data\n");
    try (KeyholdProvider provider = folder.provider()) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(new KeyholdGenParameterSpec.Builder(GoldenFolder.ALIAS).build());
      SecretKeyHandle key = (SecretKeyHandle) generator.generateKey();
      writeObjects(folder, OLD, provider, key);
      rotate(key);
      writeObjects(folder, NEW, provider, key);
    }
    Files.write(
        folder.path().resolve("objects.txt"), Stream.concat(OLD.stream(), NEW.stream()).toList());
    Files.deleteIfExists(folder.path().resolve("keys.keyhold.lock"));
  }

  private static void rotate(SecretKeyHandle key) throws GeneralSecurityException {
    try {
      key.instance().router().rotate(key.policy().soleKey());
    } catch (BackendException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static void writeObjects(
      GoldenFolder folder, List<String> list, KeyholdProvider provider, SecretKeyHandle key)
      throws IOException, GeneralSecurityException {
    Files.write(folder.path().resolve("objects.txt"), list);
    for (GoldenFolder.Entry entry : folder.entries()) {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(Cipher.ENCRYPT_MODE, key, entry.parameters());
      Files.write(entry.file(), cipher.doFinal(entry.plain()));
    }
  }
}
