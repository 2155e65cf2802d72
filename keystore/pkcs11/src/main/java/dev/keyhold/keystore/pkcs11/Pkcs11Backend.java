package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.Facets;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Suspension;
import dev.keyhold.keystore.pkcs11.pairs.ObjectLabel;
import dev.keyhold.keystore.pkcs11.token.Pin;
import dev.keyhold.keystore.pkcs11.token.TokenConnection;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys in one token of an HSM. Names, versions and purposes are in the labels of its objects (see
 * {@link ObjectLabel}); keys never leave the token, which logs in once per process.
 */
final class Pkcs11Backend implements Backend {
  private final String tokenLabel;
  private final TokenConnection connection;
  private final Pin pin;
  private final TokenKeys keys;
  private final Purposes purposes;
  private final Facets facets;

  Pkcs11Backend(
      String tokenLabel, TokenConnection connection, Pin pin, Pkcs11Choices choices, Clock clock) {
    this(tokenLabel, connection, pin, choices, clock, new GcmWrapper(GcmWrapper.MAX_WRAPS));
  }

  Pkcs11Backend(
      String tokenLabel,
      TokenConnection connection,
      Pin pin,
      Pkcs11Choices choices,
      Clock clock,
      GcmWrapper gcm) {
    this.tokenLabel = tokenLabel;
    this.connection = connection;
    this.pin = pin;
    this.purposes = new Purposes(choices.pkcs1Decryption());
    TokenDirectory directory = new TokenDirectory(connection, clock);
    PrivateKeyUse use = new PrivateKeyUse(choices.pkcs1Decryption());
    this.keys = new TokenKeys(tokenLabel, connection, directory, use);
    RandomSource random = length -> connection.token().random(length);
    this.facets =
        Facets.of(
            new TokenKeks(keys, gcm),
            new TokenMacs(keys),
            new TokenKeyPairs(keys, use),
            new TokenKeyChanges(
                tokenLabel, keys, connection, directory, purposes, choices.wrap(), gcm, clock),
            random);
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    return facets.find(type);
  }

  @Override
  public String ifAbsent(Class<? extends Facet> type) {
    if (type == Suspension.class) {
      return "a key in a PKCS#11 token can't be disabled, or enabled again: take its alias off the"
          + " configuration, or change the token's PIN";
    }
    return type == Destruction.class
        ? "a key in a PKCS#11 token can't be scheduled for destruction, or saved from it: destroy its"
            + " objects with the HSM vendor's tool or pkcs11-tool --delete-object, which takes effect"
            + " at once"
        : Backend.super.ifAbsent(type);
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public Set<Purpose> purposesOf(KeySpec spec) {
    return purposes.of(spec);
  }

  @Override
  public void unlock(char[] secret) {
    pin.supply(secret);
  }

  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return Pkcs11Uri.parse(uri)
        .filter(parsed -> parsed.token().filter(t -> !t.equals(tokenLabel)).isEmpty())
        .map(Pkcs11Uri::object);
  }

  /**
   * Returns the residence, which names the library too: two modules may have tokens with the same
   * label.
   */
  @Override
  public Optional<Residence> residence(String key) {
    return Optional.of(
        new Residence("token", "%s (%s)".formatted(tokenLabel, connection.library())));
  }

  @Override
  public List<KeyMetadata> list() throws BackendException {
    return keys.list();
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    return keys.describe(key);
  }

  @Override
  public String identity(String key) {
    return Pkcs11Uri.identity(key);
  }

  @Override
  public Optional<String> knownIdentity(String key) {
    return Optional.of(identity(key));
  }

  @Override
  public void close() {
    connection.close();
    pin.forget();
  }
}
