package dev.keyhold.keystore.googlekms;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The CRC32C (RFC 3720, appendix B.4) that go with each field, in both directions. */
final class Checksums {
  private Checksums() {}

  /** Returns the checksum to send with some bytes. */
  static Int64Value of(ByteString bytes) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer part : bytes.asReadOnlyByteBufferList()) {
      crc.update(part);
    }
    return Int64Value.of(crc.getValue());
  }

  /** Checks bytes that came back, whose checksum must have come with them. */
  static void check(ByteString bytes, boolean has, Int64Value checksum) throws BackendException {
    require(has && checksum.equals(of(bytes)), "its answer does not match its checksum");
  }

  /** Checks what the service says about what it got. */
  static void require(boolean right, String otherwise) throws BackendException {
    if (!right) {
      throw corrupted(otherwise);
    }
  }

  static BackendException corrupted(String what) {
    return new BackendException(
        Reason.UNAVAILABLE, "corrupted in transit between Cloud KMS and here: " + what);
  }
}
