package dev.keyhold.keystore;

import java.util.Objects;

/**
 * A data key as one KEK wrapped it, with all that is needed to find the KEK again.
 *
 * <p>The bytes are not copied: who makes one hands them over.
 *
 * @param identity the KEK's {@linkplain KeyMetadata#identity() identity}
 * @param version the id of the KEK's version; empty where the backend has none
 * @param mechanism how it was wrapped
 * @param bytes the wrapped key, laid out as the mechanism says
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between two layers, never compared
public record WrappedKey(String identity, String version, WrapMechanism mechanism, byte[] bytes) {
  /** Checks that all parts are there. */
  public WrappedKey {
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(mechanism, "mechanism");
    Objects.requireNonNull(bytes, "bytes");
  }
}
