package dev.keyhold.keystore.software.ring;

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
import java.util.regex.Pattern;

/** The part of a key that the second version of the payload added; as KEYFILE.md says. */
final class ExtrasCodec {
  private static final int MAX_LABELS = 64;
  private static final int MAX_LABEL = 512;

  /** The label that holds {@link ScheduledDestruction#lastWrite}; no other code sees it. */
  private static final String LAST_WRITE = "keyhold-last-write";

  private static final Pattern TIME = Pattern.compile("[0-9]{1,15}");

  private ExtrasCodec() {}

  /** Returns whether labels have a place in the file. */
  static boolean areLabels(Map<String, String> labels) {
    return labels.size() <= MAX_LABELS
        && labels.entrySet().stream()
            .allMatch(
                label ->
                    !label.getKey().isEmpty()
                        && isText(label.getKey())
                        && isText(label.getValue()));
  }

  /** Checks labels that a key is to get. */
  static void checkLabels(Map<String, String> labels) throws BackendException {
    if (!areLabels(labels)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a key has at most %s labels, names and values of well-formed Unicode with at most %s bytes in UTF-8"
              .formatted(MAX_LABELS, MAX_LABEL));
    }
    if (labels.containsKey(LAST_WRITE)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the label " + LAST_WRITE + " is the key file's own: give yours another name");
    }
  }

  /** Returns whether it comes back as it was: half a surrogate pair would not. */
  private static boolean isText(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text)
        && RingCodec.utf8(text).length <= MAX_LABEL;
  }

  static int size(KeyExtras extras) {
    int size = 4 + extras.publicKey().length + 2 + 2 + 8;
    for (byte[] certificate : extras.certificates()) {
      size += 4 + certificate.length;
    }
    for (Map.Entry<String, String> label : written(extras).entrySet()) {
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
    Map<String, String> labels = written(extras);
    out.putShort((short) labels.size());
    for (Map.Entry<String, String> label : labels.entrySet()) {
      putText(out, label.getKey());
      putText(out, label.getValue());
    }
    out.putLong(extras.destruction().map(doom -> doom.time().toEpochMilli()).orElse(0L));
  }

  /** Returns the labels as the file has them. */
  private static Map<String, String> written(KeyExtras extras) {
    Map<String, String> labels = new TreeMap<>(extras.labels());
    extras
        .destruction()
        .flatMap(ScheduledDestruction::lastWrite)
        .ifPresent(last -> labels.put(LAST_WRITE, Long.toString(last.toEpochMilli())));
    return labels;
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
    Optional<Instant> lastWrite =
        Optional.ofNullable(labels.remove(LAST_WRITE)).flatMap(ExtrasCodec::time);
    long time = in.getLong();
    Optional<ScheduledDestruction> destruction =
        time == 0
            ? Optional.empty()
            : Optional.of(new ScheduledDestruction(Instant.ofEpochMilli(time), lastWrite));
    return new KeyExtras(publicKey, certificates, labels, destruction);
  }

  private static Optional<Instant> time(String millis) {
    return TIME.matcher(millis).matches()
        ? Optional.of(Instant.ofEpochMilli(Long.parseLong(millis)))
        : Optional.empty();
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
