package dev.keyhold.conformance.wycheproof;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.conformance.wycheproof.VectorFile.Kind;
import dev.keyhold.keystore.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.function.Supplier;
import org.opentest4j.TestAbortedException;

/**
 * Which checks the vectors of a kind go through, with the providers and backends that they run on.
 * For one thread.
 */
final class Checks implements AutoCloseable {
  /** More keys would show nothing more, and a token is slow to take them. */
  private static final int KEYS_PER_FILE_IN_TOKEN = 60;

  /** A check as it stands in the registry: what is under test, and how to begin a file. */
  private record Entry(String subject, Supplier<Check> check) {}

  private final Path folder;
  private final KeyholdProvider local = new KeyholdProvider();
  private final Map<BackendKind, KeyholdProvider> providers = new EnumMap<>(BackendKind.class);
  private final Map<BackendKind, Backend> backends = new EnumMap<>(BackendKind.class);
  private final Map<Kind, List<Entry>> registry = new HashMap<>();

  /**
   * All checks.
   *
   * @param folder where configurations and key files go
   */
  Checks(Path folder) {
    this.folder = folder;
    register(
        "aead_test_schema",
        "AeadTest",
        new Entry("Cipher, raw key", () -> new AesGcmCheck(local)),
        unwrap(BackendKind.SOFTWARE),
        unwrap(BackendKind.PKCS11));
    register(
        "mac_test_schema",
        "MacTest",
        new Entry("Mac, raw key", () -> new MacCheck(local, raw -> raw)),
        importedMac(BackendKind.SOFTWARE, Integer.MAX_VALUE),
        importedMac(BackendKind.PKCS11, KEYS_PER_FILE_IN_TOKEN));
    register(
        "c2sp_chunked_encryption_schema",
        "ChunkedEncryption",
        new Entry("envelope engine", () -> new ChunkedEncryptionCheck(folder)));
  }

  private void register(String schema, String type, Entry... entries) {
    registry.put(new Kind(schema, type), List.of(entries));
  }

  private Entry unwrap(BackendKind kind) {
    return new Entry("unwrap in " + kind, () -> new UnwrapCheck(backend(kind)));
  }

  private Entry importedMac(BackendKind kind, int keysPerFile) {
    return new Entry(
        "Mac, key in " + kind,
        () -> {
          KeyholdProvider provider = provider(kind);
          return new MacCheck(provider, new ImportedKeys(provider, keysPerFile));
        });
  }

  /** Runs the vectors of one kind in a file through all checks of that kind. */
  List<Tally> run(VectorFile file, Kind kind, List<Vector> vectors) {
    List<Entry> entries = registry.getOrDefault(kind, List.of());
    if (entries.isEmpty()) {
      Tally none = new Tally(file.name(), "-");
      none.skip("no service for " + kind + " yet", vectors.size());
      return List.of(none);
    }
    List<Tally> rows = entries.stream().map(entry -> run(entry, file, vectors)).toList();
    boolean sameSkips =
        rows.stream().noneMatch(Tally::hasRun)
            && rows.stream().map(Tally::reasons).distinct().count() == 1;
    return sameSkips ? rows.subList(0, 1) : rows;
  }

  private static Tally run(Entry entry, VectorFile file, List<Vector> vectors) {
    Tally tally = new Tally(file.name(), entry.subject());
    Check check;
    try {
      check = entry.check().get();
    } catch (TestAbortedException e) {
      tally.skip(e.getMessage(), vectors.size());
      return tally;
    } catch (RuntimeException | ServiceConfigurationError e) {
      tally.fail(file.name() + ": " + entry.subject() + ": " + e, vectors.size());
      return tally;
    }
    tally.run(check, vectors);
    return tally;
  }

  private KeyholdProvider provider(BackendKind kind) {
    return providers.computeIfAbsent(
        kind, k -> KeyholdConfig.of(k, newFolder("provider-" + k)).provider());
  }

  private Backend backend(BackendKind kind) {
    return backends.computeIfAbsent(kind, k -> BackendFixture.create(k, newFolder("backend-" + k)));
  }

  private Path newFolder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    providers.values().forEach(KeyholdProvider::close);
    backends.values().forEach(Backend::close);
    local.close();
  }
}
