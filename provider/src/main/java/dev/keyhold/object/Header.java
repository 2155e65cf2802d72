package dev.keyhold.object;

import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The header before the data of an object: the shape in which its key is protected, and the
 * recipients. FORMAT.md specifies it byte by byte. Immutable.
 *
 * @param dataKeys whether the recipients wrap the data key or an epoch key
 * @param combinator how many of the recipients it takes
 * @param recipients 1 to {@value #MAX_RECIPIENTS}
 */
public record Header(DataKeyMode dataKeys, Combinator combinator, List<Recipient> recipients) {
  /** The version of the format that is written, and the only one that is read. */
  public static final int VERSION = 1;

  /** The one suite of that version. */
  public static final String SUITE_NAME = "Cobblestone-256";

  /** A header's length is a multiple of this many bytes, its MAC included. */
  public static final int BLOCK = 256;

  /** The longest header: 64 KiB. */
  public static final int MAX_BLOCKS = 256;

  static final int MAX_RECIPIENTS = 16;
  public static final int MAC = 32;

  /** The number of bytes that tell the length of the header. */
  public static final int PROLOGUE = 12;

  /** The position in the prologue of the kind of key that the recipients wrap. */
  static final int DATA_KEYS_AT = 6;

  private static final int MAGIC = 0x4B484C44; // KHLD
  private static final int SUITE = 1;
  private static final int MIN_PADDING = 64;

  /** The texts of a recipient: kind, identity, version. */
  private static final int NAMES = 3;

  /** The bytes of a recipient beside its texts and the wrapped key: their lengths, two numbers. */
  private static final int RECIPIENT = 1 + 2 + 1 + 1 + 1 + 2;

  /** Copies the list. */
  public Header {
    recipients = List.copyOf(recipients);
  }

  /** Bytes that are no header of a Keyhold object, or of one that this version does not know. */
  public static final class MalformedHeaderException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedHeaderException(String message) {
      super(message);
    }
  }

  /**
   * Returns the context that each wrap is bound to.
   *
   * @param index of the recipient
   * @param owner whose objects they are: the alias's binding, and a tenant
   */
  public static WrapContext wrapContext(
      DataKeyMode dataKeys,
      Combinator combinator,
      int recipients,
      int index,
      Map<String, String> owner) {
    Map<String, String> entries = new HashMap<>(owner);
    entries.put("keyhold-format", Integer.toString(VERSION));
    entries.put("keyhold-suite", SUITE_NAME);
    entries.put("keyhold-data-keys", dataKeys.bound());
    entries.put("keyhold-combinator", combinator.text());
    entries.put("keyhold-recipients", Integer.toString(recipients));
    entries.put("keyhold-recipient", Integer.toString(index));
    return new WrapContext(entries);
  }

  /** Returns the header's bytes, with {@link #MAC} zero bytes at the end where the MAC goes. */
  public byte[] encode() {
    return encode(0);
  }

  /**
   * Encodes this header to take the place of another: as long as that one if it fits there, if need
   * be at the cost of the room that is otherwise left.
   *
   * @param place the length of the header that is there, 0 for none
   */
  public byte[] encode(int place) {
    byte[][] names = new byte[NAMES * recipients.size()][];
    int length = PROLOGUE;
    for (int i = 0; i < recipients.size(); i++) {
      WrappedKey wrapped = recipients.get(i).wrapped();
      names[NAMES * i] = utf8(recipients.get(i).kind());
      names[NAMES * i + 1] = utf8(wrapped.identity());
      names[NAMES * i + 2] = utf8(wrapped.version());
      length += RECIPIENT + wrapped.bytes().length;
    }
    for (byte[] name : names) {
      length += name.length;
    }
    int blocks =
        length + MAC <= place ? place / BLOCK : (length + MIN_PADDING + MAC + BLOCK - 1) / BLOCK;
    if (blocks > MAX_BLOCKS || recipients.isEmpty() || recipients.size() > MAX_RECIPIENTS) {
      throw new IllegalStateException(
          "a header of " + recipients.size() + " recipients is too long");
    }
    ByteBuffer out = ByteBuffer.allocate(blocks * BLOCK);
    out.putInt(MAGIC).put((byte) VERSION).put((byte) SUITE);
    out.put((byte) dataKeys.id()).put((byte) combinator.id());
    out.putShort((short) blocks).put((byte) recipients.size()).put((byte) 0);
    for (int i = 0; i < recipients.size(); i++) {
      WrappedKey wrapped = recipients.get(i).wrapped();
      putShort(out, names[NAMES * i]);
      putLong(out, names[NAMES * i + 1]);
      putShort(out, names[NAMES * i + 2]);
      out.put((byte) wrapped.mechanism().id()).put((byte) recipients.get(i).share());
      putLong(out, wrapped.bytes());
    }
    return out.array();
  }

  /**
   * Returns the length of the header that starts with these bytes, its MAC included.
   *
   * @param prologue at least {@link #PROLOGUE} bytes from {@code at}
   * @return a multiple of {@link #BLOCK}, at most {@link #MAX_BLOCKS} of them
   */
  public static int length(byte[] prologue, int at) throws MalformedHeaderException {
    ByteBuffer in = ByteBuffer.wrap(prologue, at, PROLOGUE);
    if (in.getInt() != MAGIC) {
      throw new MalformedHeaderException(
          "this is not a Keyhold object: it does not begin with KHLD");
    }
    int version = in.get() & 0xFF;
    int suite = in.get() & 0xFF;
    if (version != VERSION || suite != SUITE) {
      throw new MalformedHeaderException(
          "format version " + version + ", suite " + suite + ": this Keyhold knows 1 and 1");
    }
    int blocks = in.getShort(at + 8) & 0xFFFF;
    if (blocks < 1 || blocks > MAX_BLOCKS) {
      throw new MalformedHeaderException("a header of " + blocks + " blocks");
    }
    return blocks * BLOCK;
  }

  /**
   * Reads a header. Total: any bytes give a header or the exception, and nothing is allocated
   * beyond the given array's length.
   *
   * @param bytes exactly as long as {@link #length} says
   */
  public static Header parse(byte[] bytes) throws MalformedHeaderException {
    if (bytes.length < BLOCK || length(bytes, 0) != bytes.length) {
      throw new MalformedHeaderException("a header that is cut short");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, bytes.length - MAC).position(DATA_KEYS_AT);
    try {
      DataKeyMode dataKeys = DataKeyMode.ofId(in.get() & 0xFF);
      Combinator combinator = Combinator.ofId(in.get() & 0xFF);
      in.getShort();
      int count = in.get() & 0xFF;
      if (in.get() != 0 || count < 1 || count > MAX_RECIPIENTS) {
        throw new MalformedHeaderException("a header of " + count + " recipients");
      }
      List<Recipient> recipients = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        recipients.add(recipient(in));
      }
      if (combinator == Combinator.SINGLE && count != 1) {
        throw new MalformedHeaderException("a single key with " + count + " recipients");
      }
      while (in.hasRemaining()) {
        if (in.get() != 0) {
          throw new MalformedHeaderException("padding that is not zero");
        }
      }
      return new Header(dataKeys, combinator, recipients);
    } catch (IllegalArgumentException e) {
      throw new MalformedHeaderException(e.getMessage());
    }
  }

  private static Recipient recipient(ByteBuffer in) throws MalformedHeaderException {
    String kind = text(take(in, 1));
    String identity = text(take(in, 2));
    String version = text(take(in, 1));
    WrapMechanism mechanism = WrapMechanism.ofId(number(in, 1));
    int share = number(in, 1);
    byte[] wrapped = take(in, 2);
    return new Recipient(kind, share, new WrappedKey(identity, version, mechanism, wrapped));
  }

  private static byte[] take(ByteBuffer in, int lengthBytes) throws MalformedHeaderException {
    int length = number(in, lengthBytes);
    if (length > in.remaining()) {
      throw new MalformedHeaderException("a field longer than the header");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static int number(ByteBuffer in, int bytes) throws MalformedHeaderException {
    if (in.remaining() < bytes) {
      throw new MalformedHeaderException("recipients longer than the header");
    }
    return bytes == 1 ? in.get() & 0xFF : in.getShort() & 0xFFFF;
  }

  private static String text(byte[] utf8) throws MalformedHeaderException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedHeaderException("a name that is not UTF-8");
    }
  }

  private static void putShort(ByteBuffer out, byte[] bytes) {
    if (bytes.length > 0xFF) {
      throw new IllegalStateException("a name of " + bytes.length + " bytes in a header");
    }
    out.put((byte) bytes.length).put(bytes);
  }

  private static void putLong(ByteBuffer out, byte[] bytes) {
    if (bytes.length > 0xFFFF) {
      throw new IllegalStateException("a field of " + bytes.length + " bytes in a header");
    }
    out.putShort((short) bytes.length).put(bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
