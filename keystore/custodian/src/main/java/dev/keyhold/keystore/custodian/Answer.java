package dev.keyhold.keystore.custodian;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A successful answer: JSON and the bytes that follow it.
 *
 * @param fields of its JSON
 * @param secret the bytes; whoever takes them zeroes them
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(Fields fields, byte[] secret) {
  private static final int LENGTH = 4;

  /** Splits a body, which is zeroed. */
  static Answer split(byte[] body) throws MalformedException {
    try {
      ByteBuffer read = ByteBuffer.wrap(body);
      int length = body.length < LENGTH ? -1 : read.getInt();
      if (length < 0 || length > read.remaining()) {
        throw new MalformedException("it is cut, or does not begin with the length of its JSON");
      }
      Fields fields = JsonReader.object(read.slice(LENGTH, length));
      return new Answer(fields, Arrays.copyOfRange(body, LENGTH + length, body.length));
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /** Requires that nothing else is in the answer than was read of it. */
  void end() throws MalformedException {
    Leaves.check(fields);
    fields.optionalText("hold");
    fields.optionalText("mode");
    fields.end();
  }

  /** Requires that there are no bytes after the JSON. */
  void requireNoSecret() throws MalformedException {
    if (secret.length > 0) {
      throw new MalformedException("it has bytes where none belong");
    }
  }

  void erase() {
    Arrays.fill(secret, (byte) 0);
  }
}
