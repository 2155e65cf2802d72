package dev.keyhold.keystore;

import java.util.Objects;

/**
 * A key of 32 bytes (a data key or an epoch key, or a share of one) as a KEK wrapped it, with what
 * is needed to find the KEK again. Backends create it; its parts are written to the headers of
 * objects.
 *
 * <p>The array is not copied: the caller hands it over to this record, and must not change it.
 *
 * @param identity the KEK's {@linkplain KeyMetadata#identity() identity}
 * @param version the id of the KEK's version; empty where the backend has none
 * @param mechanism how the key was wrapped
 * @param bytes the wrapped key, in the layout of the mechanism
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between two layers, never compared
public record WrappedKey(String identity, String version, WrapMechanism mechanism, byte[] bytes) {
  /** Checks that no part is null. */
  public WrappedKey {
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(mechanism, "mechanism");
    Objects.requireNonNull(bytes, "bytes");
  }
}
