package dev.keyhold.bench;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;

/** An installed Keyhold on one backend, with its files in a folder of its own. */
final class KeyholdKeys implements AutoCloseable {
  private final Path folder;
  private final KeyholdProvider provider;

  private KeyholdKeys(Path folder, KeyholdProvider provider) {
    this.folder = folder;
    this.provider = provider;
  }

  /** Creates keys at a software backend. */
  static KeyholdKeys make() throws IOException {
    return make(
        """
        backend.local.type = software
        backend.local.file = keys.keyhold
        backend.local.password = file:password.txt
        key.* = local
        key.epoch = local
        key.epoch.data-keys = epoch
        """,
        "a password of the benchmarks");
  }

  /** Creates keys with a configuration whose secret is in {@code password.txt}. */
  static KeyholdKeys make(String text, String secret) throws IOException {
    Path folder = Files.createTempDirectory("keyhold-bench");
    Files.writeString(folder.resolve("password.txt"), secret);
    Path configuration = folder.resolve("keyhold.properties");
    Files.writeString(configuration, text);
    KeyholdProvider provider = new KeyholdProvider().configure(configuration.toString());
    Security.addProvider(provider);
    return new KeyholdKeys(folder, provider);
  }

  SecretKey newKey(String alias) throws GeneralSecurityException {
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(new KeyholdGenParameterSpec.Builder(alias).build());
    return generator.generateKey();
  }

  @Override
  public void close() throws IOException {
    Security.removeProvider(provider.getName());
    provider.close();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
