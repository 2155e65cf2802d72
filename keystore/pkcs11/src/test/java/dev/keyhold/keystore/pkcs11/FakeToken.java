package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.encoding.Digests;
import dev.keyhold.keystore.pkcs11.pairs.PairOperations;
import dev.keyhold.keystore.pkcs11.token.ObjectKind;
import dev.keyhold.keystore.pkcs11.token.Token;
import dev.keyhold.keystore.pkcs11.token.TokenObject;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A token without cryptography, whose limits and faults a test sets. */
public class FakeToken implements Token {
  final Map<String, TokenObject> objects = new ConcurrentHashMap<>();
  final FakeKeyPairs pairs = new FakeKeyPairs();
  boolean honoursGcmIv = true;
  boolean computesHmac = true;
  Set<String> refusesToRelabel = Set.of();
  public volatile Health health = Health.GOOD;
  public volatile boolean closed;
  int readings;
  BackendException readingFails;

  void put(String label, ObjectKind kind, int bits, PublicKey publicKey) {
    objects.put(label, new TokenObject(label, kind, bits, Optional.of(publicKey)));
  }

  @Override
  public synchronized List<TokenObject> objects() throws BackendException {
    readings++;
    if (readingFails != null) {
      throw readingFails;
    }
    return new ArrayList<>(objects.values());
  }

  @Override
  public void generate(String label, String algorithm, int bits) {
    ObjectKind kind = algorithm.equals("AES") ? ObjectKind.AES : ObjectKind.HMAC;
    objects.put(label, new TokenObject(label, kind, bits));
  }

  @Override
  public void importKey(String label, String algorithm, byte[] material) {
    generate(label, algorithm, 8 * material.length);
  }

  @Override
  public void relabel(String from, String to) throws BackendException {
    if (refusesToRelabel.contains(from)) {
      throw new BackendException(Reason.UNAVAILABLE, "no");
    }
    TokenObject old = objects.remove(from);
    objects.put(to, new TokenObject(to, old.kind(), old.bits()));
  }

  @Override
  public byte[] encrypt(String label, byte[] iv, byte[] aad, byte[] plaintext) {
    return new byte[plaintext.length + 16];
  }

  @Override
  public byte[] decrypt(String label, byte[] iv, byte[] aad, byte[] ciphertext) {
    return new byte[ciphertext.length - 16];
  }

  @Override
  public byte[] hmac(String label, String algorithm, byte[] message) {
    return Digests.local("SHA-256").digest(message); // as different as the messages are
  }

  @Override
  public byte[] random(int length) {
    return new byte[length];
  }

  @Override
  public boolean honoursGcmIv() {
    return honoursGcmIv;
  }

  @Override
  public boolean computesHmac(String algorithm, int bits) {
    return computesHmac;
  }

  @Override
  public PairOperations keyPairs() {
    return pairs;
  }

  @Override
  public Health health() {
    return health;
  }

  @Override
  public void close() {
    closed = true;
  }
}
