package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.facet.KeyWraps;

/** Keys that wrap the keys of others, behind a custodian. Thread-safe. */
final class RemoteKeyWraps implements KeyWraps {
  private final Requests requests;

  RemoteKeyWraps(Requests requests) {
    this.requests = requests;
  }

  @Override
  public byte[] wrapKey(String key, KeyWrap way, byte[] plain) throws BackendException {
    if (!way.wraps(plain.length)) {
      throw new BackendException(
          Reason.UNSUPPORTED, "%s wraps no key of %s bytes".formatted(way, plain.length));
    }
    return requests.askForBytes("wrap-key", requests.use(key).put("way", way.name()), plain);
  }

  @Override
  public byte[] unwrapKey(String key, KeyWrap way, byte[] wrapped) throws BackendException {
    if (!way.unwraps(wrapped.length)) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "%s wraps no key to %s bytes".formatted(way, wrapped.length));
    }
    return requests.askForBytes("unwrap-key", requests.use(key).put("way", way.name()), wrapped);
  }
}
