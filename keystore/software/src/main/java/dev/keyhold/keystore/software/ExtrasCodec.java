package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The part of a key that the second version of the payload added; as KEYFILE.md says. */
final class ExtrasCodec {
  private static final int MAX_LABELS = 64;
  private static final int MAX_LABEL = 512;

  private ExtrasCodec() {}

  /** Checks labels that a key is to get. */
  /** Whether labels have a place in the file. */
  static boolean areLabels(Map<String, String> labels) {
    return labels.size() <= MAX_LABELS
        && labels.entrySet().stream()
            .allMatch(
                label ->
                    !label.getKey().isEmpty()
                        && isText(label.getKey())
                        && isText(label.getValue()));
  }

  static void checkLabels(Map<String, String> labels) throws BackendException {
    if (!areLabels(labels)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a key has at most %s labels, names and values of well-formed Unicode with at most %s bytes in UTF-8"
              .formatted(MAX_LABELS, MAX_LABEL));
    }
  }

  /** Whether it comes back as it was: half a surrogate pair would not. */
  private static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text)
        && RingCodec.utf8(text).length <= MAX_LABEL;
  }

  static int size(KeyExtras extras) {
    int size = 4 + extras.publicKey().length + 2 + 2 + 8;
    for (byte[] certificate : extras.certificates()) {
      size += 4 + certificate.length;
    }
    for (Map.Entry<String, String> label : extras.labels().entrySet()) {
      size += 4 + RingCodec.utf8(label.getKey()).length + RingCodec.utf8(label.getValue()).length;
    }
    return size;
  }

  static void put(ByteBuffer out, KeyExtras extras) {
    out.putInt(extras.publicKey().length).put(extras.publicKey());
    out.putShort((short) extras.certificates().size());
    for (byte[] certificate : extras.certificates()) {
      out.putInt(certificate.length).put(certificate);
    }
    out.putShort((short) extras.labels().size());
    for (Map.Entry<String, String> label : new TreeMap<>(extras.labels()).entrySet()) {
      putText(out, label.getKey());
      putText(out, label.getValue());
    }
    out.putLong(extras.destruction().map(Instant::toEpochMilli).orElse(0L));
  }

  private static void putText(ByteBuffer out, String text) {
    byte[] bytes = RingCodec.utf8(text);
    out.putShort((short) bytes.length).put(bytes);
  }

  static KeyExtras take(ByteBuffer in) {
    byte[] publicKey = takeCounted(in, in.getInt());
    List<byte[]> certificates = new ArrayList<>();
    for (int left = Short.toUnsignedInt(in.getShort()); left > 0; left--) {
      certificates.add(takeCounted(in, in.getInt()));
    }
    Map<String, String> labels = new TreeMap<>();
    for (int left = Short.toUnsignedInt(in.getShort()); left > 0; left--) {
      labels.put(takeText(in), takeText(in));
    }
    long time = in.getLong();
    Optional<Instant> destruction =
        time == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(time));
    return new KeyExtras(publicKey, certificates, labels, destruction);
  }

  private static String takeText(ByteBuffer in) {
    int length = Short.toUnsignedInt(in.getShort());
    return new String(takeCounted(in, length), StandardCharsets.UTF_8);
  }

  private static byte[] takeCounted(ByteBuffer in, int length) {
    if (length < 0) {
      throw new IllegalArgumentException("a length out of bounds");
    }
    return RingCodec.take(in, length);
  }
}
