package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.AfterChange;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.kit.BoundedMemory;
import dev.keyhold.keystore.kit.Parallel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import software.amazon.awssdk.services.kms.model.AliasListEntry;
import software.amazon.awssdk.services.kms.model.KeyListEntry;
import software.amazon.awssdk.services.kms.model.KeyManagerType;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;
import software.amazon.awssdk.services.kms.model.ListKeysResponse;

/**
 * Finds keys. The key of an alias is cached for a limited time, so that the use of a key is one
 * request; a key that is named by its ARN is cached for the same time. Thread-safe.
 */
final class AwsKeyDirectory {
  private static final int MAX_REMEMBERED = 10_000;

  private final KmsConnection connection;
  private final KeyReader reader;
  private final long age;
  private final LongSupplier clock;
  private final BoundedMemory<String, Remembered> remembered = new BoundedMemory<>(MAX_REMEMBERED);

  private record Remembered(KnownKey key, long until) {}

  /**
   * Creates a directory that reads keys through a connection.
   *
   * @param age how long a key is remembered
   * @param clock in nanoseconds
   */
  AwsKeyDirectory(KmsConnection connection, Duration age, LongSupplier clock) {
    this.connection = connection;
    this.reader = new KeyReader(connection);
    this.age = age.toNanos();
    this.clock = clock;
  }

  /** Returns a key, from memory where it can. */
  KnownKey recent(String key) throws BackendException {
    Optional<KnownKey> known = remembered(key);
    return known.isPresent() ? known.get() : fresh(key);
  }

  /** Returns a key, if it is remembered. */
  Optional<KnownKey> remembered(String key) {
    return remembered
        .get(key)
        .filter(known -> known.until - clock.getAsLong() > 0)
        .map(Remembered::key);
  }

  /** Returns a key, as the service has it now. */
  KnownKey fresh(String key) throws BackendException {
    try {
      KnownKey found = KeyReader.known(reader.read(id(key)));
      remember(key, found);
      return found;
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        forget(key);
      }
      throw e;
    }
  }

  private void remember(String key, KnownKey found) {
    remembered.put(key, new Remembered(found, clock.getAsLong() + age));
  }

  /** Forgets what a name meant: it was given or taken here, or the key is gone. */
  void forget(String key) {
    remembered.remove(key);
  }

  /** Returns what the service calls the key: the ARN, or {@code alias/} and the name. */
  static String id(String key) throws BackendException {
    if (AwsKmsUri.isArn(key)) {
      return key;
    }
    if (!AwsKmsUri.isName(key)) {
      throw new BackendException(
          Reason.NOT_FOUND, "'" + key + "' can't be the name of a KMS alias: there is no such key");
    }
    return AwsKmsUri.ALIAS + key;
  }

  KeyMetadata describe(String key) throws BackendException {
    var read = reader.read(id(key));
    String name = AwsKmsUri.isArn(key) ? firstName(read.arn()).orElse("") : key;
    return reader.describe(name, read);
  }

  /** Returns a key as it is after a change. */
  KeyMetadata changed(String key) throws BackendException {
    return AfterChange.read(() -> describe(key));
  }

  /** Returns the first of the names of a key. */
  Optional<String> firstName(String arn) throws BackendException {
    return names(arn).stream().map(AwsKeyDirectory::name).sorted().findFirst();
  }

  /** Returns the name of a key that has one. */
  Optional<String> onlyName(String arn) throws BackendException {
    List<AliasListEntry> names = names(arn);
    return names.size() == 1 ? Optional.of(name(names.get(0))) : Optional.empty();
  }

  /**
   * Returns all keys of the account, once for each name; without those that AWS made for itself.
   */
  List<KeyMetadata> list() throws BackendException {
    Map<String, List<String>> names = new HashMap<>();
    for (AliasListEntry alias : names(null)) {
      names.computeIfAbsent(alias.targetKeyId(), id -> new ArrayList<>()).add(name(alias));
    }
    List<KeyMetadata> keys =
        Parallel.map(keys(), entry -> read(entry, names.getOrDefault(entry.keyId(), List.of(""))));
    keys.sort(Comparator.comparing(KeyMetadata::name).thenComparing(KeyMetadata::identity));
    return keys;
  }

  /** Returns a key under each of its names. */
  private List<KeyMetadata> read(KeyListEntry entry, List<String> names) throws BackendException {
    try {
      var read = reader.read(entry.keyArn());
      if (read.keyManager() == KeyManagerType.AWS) {
        return List.of();
      }
      KeyMetadata unnamed = reader.describe("", read);
      return names.stream().map(name -> KeyReader.named(name, unnamed)).toList();
    } catch (BackendException e) {
      boolean notOurs = e.reason() == Reason.NOT_FOUND || e.reason() == Reason.DENIED;
      if (!notOurs) {
        throw e;
      }
      return List.of(); // gone meanwhile, or a key whose policy does not let this caller see it
    }
  }

  private static String name(AliasListEntry alias) {
    return alias.aliasName().substring(AwsKmsUri.ALIAS.length());
  }

  /** Returns all aliases with a key, or those of one; without those that AWS made for itself. */
  private List<AliasListEntry> names(String arn) throws BackendException {
    List<AliasListEntry> found = new ArrayList<>();
    KmsConnection.pages(
        from ->
            connection.call(
                "ListAliases",
                arn == null ? "" : arn,
                client -> client.listAliases(request -> request.keyId(arn).marker(from))),
        ListAliasesResponse::truncated,
        ListAliasesResponse::nextMarker,
        page ->
            page.aliases().stream()
                .filter(alias -> alias.targetKeyId() != null)
                .filter(alias -> arn == null || arn.endsWith("/" + alias.targetKeyId()))
                .filter(alias -> AwsKmsUri.isName(name(alias)))
                .forEach(found::add));
    return found;
  }

  private List<KeyListEntry> keys() throws BackendException {
    List<KeyListEntry> found = new ArrayList<>();
    KmsConnection.pages(
        from ->
            connection.call(
                "ListKeys", "", client -> client.listKeys(request -> request.marker(from))),
        ListKeysResponse::truncated,
        ListKeysResponse::nextMarker,
        page -> found.addAll(page.keys()));
    return found;
  }
}
