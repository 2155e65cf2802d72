package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.custodian.KeyTexts.Told;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.PublicKeys;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is asked about keys, and changes nothing. Thread-safe. */
final class KeyReads implements PublicKeys, CertificateStore {
  private final Requests requests;
  private final KnownKeys known;

  KeyReads(Requests requests, KnownKeys known) {
    this.requests = requests;
    this.known = known;
  }

  List<KeyMetadata> list() throws BackendException {
    List<KeyMetadata> keys =
        requests.ask(
            "list",
            requests.question(),
            Requests.NOTHING,
            answer -> {
              answer.requireNoSecret();
              List<KeyMetadata> told = new ArrayList<>();
              for (Fields key : answer.fields().objects("keys")) {
                told.add(KeyTexts.told(key).metadata());
              }
              return told;
            });
    keys.forEach(known::put);
    return keys.stream().sorted(Comparator.comparing(KeyMetadata::name)).toList();
  }

  Told describe(String key) throws BackendException {
    try {
      Told told =
          requests.ask("describe", requests.question(key), Requests.NOTHING, KeyReads::metadata);
      known.put(told.metadata());
      known.put(key, told.metadata().identity());
      return told;
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        known.forget(key);
      }
      throw e;
    }
  }

  static Told metadata(Answer answer) throws MalformedException {
    answer.requireNoSecret();
    return KeyTexts.told(answer.fields().object("metadata"));
  }

  String identity(String key) throws BackendException {
    Optional<String> identity = known.identity(key);
    return identity.isPresent() ? identity.get() : describe(key).metadata().identity();
  }

  /** Returns whether a key has an identity; asks again before it says no. */
  boolean isIdentity(String key, String identity) throws BackendException {
    return known.identity(key).filter(identity::equals).isPresent()
        || describe(key).metadata().identity().equals(identity);
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    return requests.askForBytes("public-key", requests.question(key), Requests.NOTHING);
  }

  @Override
  public List<byte[]> certificates(String key) throws BackendException {
    return requests.ask(
        "certificates",
        requests.question(key),
        Requests.NOTHING,
        answer -> {
          answer.requireNoSecret();
          List<byte[]> certificates = new ArrayList<>();
          for (String certificate : answer.fields().texts("certificates")) {
            certificates.add(Fields.decoded("certificates", certificate));
          }
          return certificates;
        });
  }

  @Override
  public void keepCertificates(String key, List<byte[]> chain) throws BackendException {
    throw new BackendException(
        Reason.UNSUPPORTED,
        "a custodian keeps no certificates: keep them at the backend behind it, or in a file (PEM)"
            + " that key.<alias>.certificates names");
  }
}
