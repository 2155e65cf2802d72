package dev.keyhold.conformance.golden;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;

/**
 * Makes golden objects of a released version, once, in a new folder: its first argument. Its second
 * one is {@code plain}, for one key and one mode, or {@code shapes}, for all others. What it made
 * is committed and never made again: objects of every version must open for ever.
 */
final class GoldenGenerator {
  private static final List<String> BACKEND =
      List.of(
          "backend.local.type = software",
          "backend.local.file = keys.keyhold",
          "backend.local.password = file:password.txt");
  private static final List<String> SHAPED =
      List.of(
          "key.first = local",
          "key.second = local",
          "key.epoch = local:first",
          "key.epoch.data-keys = epoch",
          "key.any-of = any-of(local:first, local:second)",
          "key.all-of = all-of(local:first, local:second)",
          "key.epoch-any-of = any-of(local:first, local:second)",
          "key.epoch-any-of.data-keys = epoch",
          "key.epoch-all-of = all-of(local:first, local:second)",
          "key.epoch-all-of.data-keys = epoch");
  private static final String HEADING =
      "# name plaintext IV AAD alias tenant: lengths in bytes;"
          + " byte i of each is (31 * i + 7) mod 256";
  private static final List<String> SHAPES =
      List.of(
          HEADING,
          "epoch 16385 12 20 epoch",
          "epoch-again 100 12 20 epoch",
          "any-of 16385 12 20 any-of",
          "all-of 16385 12 20 all-of",
          "epoch-any-of 16385 12 20 epoch-any-of",
          "epoch-all-of 16385 12 20 epoch-all-of",
          "tenant 100 12 20 first acme",
          "epoch-tenant 100 12 20 epoch acme");
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
    boolean shapes = args[1].equals("shapes");
    Files.write(
        folder.path().resolve("keyhold.properties"),
        Stream.concat(BACKEND.stream(), shapes ? SHAPED.stream() : Stream.of("key.* = local"))
            .toList());
    Files.writeString(folder.path().resolve("password.txt"), "golden objects, test data\n");
    try (KeyholdProvider provider = folder.provider()) {
      if (shapes) {
        newKey(provider, "first");
        newKey(provider, "second");
        writeObjects(folder, SHAPES, provider);
      } else {
        SecretKeyHandle key = newKey(provider, GoldenFolder.ALIAS);
        writeObjects(folder, OLD, provider);
        key.instance().router().administration(Access.NONE).rotate(key.policy().soleKey());
        writeObjects(folder, NEW, provider);
        Files.write(
            folder.path().resolve("objects.txt"),
            Stream.concat(OLD.stream(), NEW.stream()).toList());
      }
    } catch (BackendException e) {
      throw new GeneralSecurityException(e);
    }
    Files.deleteIfExists(folder.path().resolve("keys.keyhold.lock"));
  }

  private static SecretKeyHandle newKey(KeyholdProvider provider, String alias)
      throws GeneralSecurityException {
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder(alias).build());
    return (SecretKeyHandle) generator.generateKey();
  }

  private static void writeObjects(GoldenFolder folder, List<String> list, KeyholdProvider provider)
      throws IOException, GeneralSecurityException {
    Files.write(folder.path().resolve("objects.txt"), list);
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    for (GoldenFolder.Entry entry : folder.entries()) {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(Cipher.ENCRYPT_MODE, keys.getKey(entry.alias(), null), entry.parameters());
      Files.write(entry.file(), cipher.doFinal(entry.plain()));
    }
  }
}
