package dev.keyhold.custody.server.http;

import com.google.gson.JsonObject;
import dev.keyhold.custody.server.gate.GateException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bodies of the wire: {@code u32 length || JSON || secret bytes}. Stateless. */
final class Frames {
  private static final int PREFIX = 4;

  private Frames() {}

  /** A request: its fields, and the secret bytes, which its reader zeroes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(Fields fields, byte[] secret) {}

  /** Reads a body; the caller zeroes it. */
  static Frame read(byte[] body) throws GateException {
    int length = body.length < PREFIX ? -1 : ByteBuffer.wrap(body).getInt();
    if (length < 0 || length > body.length - PREFIX) {
      throw Fields.malformed("a body is the length of the JSON in 4 bytes, the JSON, and bytes");
    }
    Fields fields = Fields.parse(body, PREFIX, length);
    return new Frame(fields, Arrays.copyOfRange(body, PREFIX + length, body.length));
  }

  /** Returns a body; the caller zeroes both arrays. */
  static byte[] write(JsonObject json, byte[] secret) {
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    byte[] body = new byte[PREFIX + text.length + secret.length];
    ByteBuffer.wrap(body).putInt(text.length).put(text).put(secret);
    return body;
  }
}
