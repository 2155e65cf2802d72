package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Signatures;

/** MAC keys and private keys behind a custodian. Thread-safe. */
final class RemoteKeyUses implements Macs, Signatures, Decryptions, Agreements, Kems {
  private static final int MAX_INPUT = 60_000;
  private static final int MAX_LABEL = 1024;

  private final Requests requests;

  RemoteKeyUses(Requests requests) {
    this.requests = requests;
  }

  @Override
  public int maxMacMessage() {
    return requests.behind().maxMac();
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    requireLength(message, maxMacMessage());
    return requests.askForBytes("mac", requests.use(key).put("algorithm", algorithm), message);
  }

  @Override
  public int maxSignedMessage() {
    return requests.behind().maxSigned();
  }

  @Override
  public byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    requireLength(input, maxSignedMessage());
    JsonWriter way = KeyTexts.signature(algorithm);
    return requests.askForBytes("sign", requests.use(key).put("signature", way), input);
  }

  private static void requireLength(byte[] message, int most) throws BackendException {
    if (message.length > most) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a message has at most %s bytes at a custodian".formatted(most));
    }
  }

  @Override
  public byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    if (label.length > MAX_LABEL) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a label has at most 1024 bytes at a custodian");
    }
    requireInput(ciphertext, "ciphertext");
    JsonWriter request = requests.use(key).put("padding", KeyTexts.padding(padding));
    if (label.length > 0) {
      request.put("label", label);
    }
    return requests.askForBytes("decrypt", request, ciphertext);
  }

  @Override
  public byte[] agree(String key, byte[] peer) throws BackendException {
    requireInput(peer, "public key");
    return requests.askForBytes("agree", requests.use(key), peer);
  }

  @Override
  public byte[] decapsulate(String key, byte[] encapsulation) throws BackendException {
    requireInput(encapsulation, "encapsulation");
    return requests.askForBytes("decapsulate", requests.use(key), encapsulation);
  }

  private static void requireInput(byte[] input, String what) throws BackendException {
    if (input.length > MAX_INPUT) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "the %s is too long: %s bytes".formatted(what, input.length));
    }
  }
}
