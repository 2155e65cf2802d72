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
import java.security.Provider;
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

  private static final int PAIRS_PER_FILE_IN_TOKEN = 5;
  private static final int PAIRS_PER_FILE = 60;

  /** A check as it stands in the registry: what is under test, and how to begin a file. */
  private record Entry(String subject, Supplier<Check> check) {}

  private final Path folder;
  private final KeyholdProvider local = new KeyholdProvider();
  private final Map<String, KeyholdProvider> providers = new HashMap<>();
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
    register("hkdf_test_schema", "HkdfTest", new Entry("keys of objects", HkdfCheck::new));
    register(
        "keywrap_test_schema",
        "KeywrapTest",
        new Entry("Cipher, raw key", () -> new KeyWrapCheck(local, "AES", raw -> raw)),
        importedKeyWrap(BackendKind.SOFTWARE),
        importedKeyWrap(BackendKind.PKCS11));
    registerSignatures();
    registerKems();
    registerPairs("rsaes_oaep_decrypt_schema", "RsaesOaepDecrypt", "Cipher", RsaDecryptCheck::new);
    registerPairs(
        "rsaes_pkcs1_decrypt_schema", "RsaesPkcs1Decrypt", "Cipher", RsaDecryptCheck::new);
    registerPairs("ecdh_test_schema", "EcdhTest", "KeyAgreement", AgreeCheck::new);
    registerPairs("xdh_asn_comp_schema", "XdhAsnComp", "KeyAgreement", AgreeCheck::new);
    registerPairs("xdh_comp_schema", "XdhComp", "KeyAgreement", AgreeCheck::new);
  }

  /** Without raw keys, which no provider of JDK 17 has. */
  private void registerKems() {
    String schema = "mlkem_test_schema";
    register(
        schema,
        "MLKEMTest",
        importedPair(schema, "KEM", BackendKind.SOFTWARE, Integer.MAX_VALUE, KemCheck::new),
        importedPair(schema, "KEM", BackendKind.PKCS11, PAIRS_PER_FILE_IN_TOKEN, KemCheck::new));
  }

  private void registerSignatures() {
    Entry verify = new Entry("Signature, public key", () -> new VerifyCheck(local));
    register("ecdsa_verify_schema", "EcdsaVerify", verify);
    register("ecdsa_p1363_verify_schema", "EcdsaP1363Verify", verify);
    register("eddsa_verify_schema", "EddsaVerify", verify);
    register("mldsa_verify_schema", "MlDsaVerify", verify);
    register("rsassa_pkcs1_verify_schema", "RsassaPkcs1Verify", verify);
    register("rsassa_pss_verify_schema", "RsassaPssVerify", verify);
    register("rsassa_pss_with_parameters_verify_schema", "RsassaPssWithParametersVerify", verify);
    registerPairs("mldsa_sign_seed_schema", "MlDsaSign", "Signature", SignCheck::new);
    registerPairs("mldsa_sign_noseed_schema", "MlDsaSign", "Signature", SignCheck::new);
    registerPairs(
        "rsassa_pkcs1_generate_schema", "RsassaPkcs1Generate", "Signature", SignCheck::new);
  }

  @FunctionalInterface
  private interface PairCheck {
    Check with(Provider provider, PairKeys keys);
  }

  /** The same with the raw key, in a key file, and in a token. */
  private void registerPairs(String schema, String type, String service, PairCheck check) {
    register(
        schema,
        type,
        new Entry(service + ", raw key", () -> check.with(local, PairKeys.RAW)),
        importedPair(schema, service, BackendKind.SOFTWARE, PAIRS_PER_FILE, check),
        importedPair(schema, service, BackendKind.PKCS11, PAIRS_PER_FILE_IN_TOKEN, check));
  }

  private Entry importedPair(
      String schema, String service, BackendKind kind, int keysPerFile, PairCheck check) {
    return new Entry(
        service + ", key in " + kind,
        () -> {
          KeyholdProvider provider = provider(schema, kind);
          return check.with(provider, new ImportedPairs(provider, keysPerFile));
        });
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
          KeyholdProvider provider = provider("macs", kind);
          return new MacCheck(provider, new ImportedKeys(provider, keysPerFile));
        });
  }

  private Entry importedKeyWrap(BackendKind kind) {
    return new Entry(
        "Cipher, key in " + kind,
        () -> {
          KeyholdProvider provider = provider("key-wraps", kind);
          return new KeyWrapCheck(
              provider, "AESWrap", new ImportedKeys(provider, Integer.MAX_VALUE));
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

  /** A token with many objects is slow: each use has its own. */
  private KeyholdProvider provider(String use, BackendKind kind) {
    return providers.computeIfAbsent(
        use + "-" + kind, folder -> KeyholdConfig.of(kind, newFolder(folder)).provider());
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
