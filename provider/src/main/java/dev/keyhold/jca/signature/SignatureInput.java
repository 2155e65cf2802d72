package dev.keyhold.jca.signature;

import dev.keyhold.keystore.encoding.Digests;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.SignatureException;

/**
 * The input of a signature: digested immediately, or collected for a key that needs the whole
 * message.
 */
abstract sealed class SignatureInput {
  /** Returns whether nothing came in since the beginning or the last {@link #end}. */
  abstract boolean isEmpty();

  abstract void update(byte[] bytes, int offset, int length) throws SignatureException;

  /** Returns the digest, or the message; the next byte begins a new input. */
  abstract byte[] end();

  /** Returns an input of which only the digest is kept. */
  static SignatureInput digested(String standardName) {
    return new Digested(Digests.local(standardName));
  }

  /** Returns an input that is kept whole, up to a number of bytes. */
  static SignatureInput gathered(int limit, String hint) {
    return new Gathered(limit, hint);
  }

  private static final class Digested extends SignatureInput {
    private final MessageDigest digest;
    private boolean empty = true;

    Digested(MessageDigest digest) {
      this.digest = digest;
    }

    @Override
    boolean isEmpty() {
      return empty;
    }

    @Override
    void update(byte[] bytes, int offset, int length) {
      empty = false;
      digest.update(bytes, offset, length);
    }

    @Override
    byte[] end() {
      empty = true;
      return digest.digest();
    }
  }

  private static final class Gathered extends SignatureInput {
    private final int limit;
    private final String hint;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    Gathered(int limit, String hint) {
      this.limit = limit;
      this.hint = hint;
    }

    @Override
    boolean isEmpty() {
      return message.size() == 0;
    }

    @Override
    void update(byte[] bytes, int offset, int length) throws SignatureException {
      if (length > limit - message.size()) {
        throw new SignatureException("at most %s bytes; %s".formatted(limit, hint));
      }
      message.write(bytes, offset, length);
    }

    @Override
    byte[] end() {
      byte[] all = message.toByteArray();
      message.reset();
      return all;
    }
  }
}
