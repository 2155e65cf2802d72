package dev.keyhold.platform;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The text that the operating system gave this process: environment variables, arguments and system
 * properties. The JVM decodes it by the locale; in the POSIX locale each byte that is not ASCII
 * becomes U+FFFD. Where the system shows the bytes (Linux), text that is not ASCII is decoded here
 * as UTF-8, whatever the locale is. Elsewhere, and where the bytes are not UTF-8, it stays as the
 * JVM decoded it. Immutable.
 */
public final class ProcessText {
  /** The character that the JVM puts in the place of bytes that it can't decode. */
  private static final char REPLACEMENT = '\uFFFD';

  private static final ProcessText THIS_PROCESS = new ProcessText(Path.of("/proc/self"));

  private final Path process;
  private final Set<Charset> charsets = new LinkedHashSet<>();

  /** Reads the bytes from the files {@code environ} and {@code cmdline} of a folder. */
  ProcessText(Path process) {
    this.process = process;
    charsets.add(Charset.defaultCharset());
    for (String property : List.of("sun.jnu.encoding", "native.encoding")) {
      try {
        charsets.add(Charset.forName(System.getProperty(property, "UTF-8")));
      } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
        // the others are left
      }
    }
  }

  /** Returns the text of this process. */
  public static ProcessText ofThisProcess() {
    return THIS_PROCESS;
  }

  /** Returns whether bytes were lost when a text was decoded. */
  public static boolean isDamaged(String text) {
    return text.indexOf(REPLACEMENT) >= 0;
  }

  /** Returns whether bytes were lost when a secret was decoded. */
  public static boolean isDamaged(char[] secret) {
    for (char c : secret) {
      if (c == REPLACEMENT) {
        return true;
      }
    }
    return false;
  }

  /** Returns what to do about a text that {@link #isDamaged}; begins with a verb. */
  public static String damage() {
    return "holds bytes that this JVM could not decode (the locale's encoding is "
        + System.getProperty("sun.jnu.encoding")
        + "); set LC_ALL=C.UTF-8, and write it in UTF-8";
  }

  /** Returns all environment variables. */
  public Map<String, String> environment() {
    return environment(System.getenv());
  }

  Map<String, String> environment(Map<String, String> decoded) {
    if (decoded.entrySet().stream().allMatch(e -> isAscii(e.getKey()) && isAscii(e.getValue()))) {
      return decoded;
    }
    Map<String, String> variables = new HashMap<>(decoded);
    for (byte[] entry : read("environ")) {
      int equals = 1; // the JDK, too, takes the first character for part of the name
      while (equals < entry.length && entry[equals] != '=') {
        equals++;
      }
      if (equals < entry.length) {
        byte[] value = Arrays.copyOfRange(entry, equals + 1, entry.length);
        repair(variables, decoded, Arrays.copyOf(entry, equals), value);
        Arrays.fill(value, (byte) 0);
      }
      Arrays.fill(entry, (byte) 0);
    }
    return Collections.unmodifiableMap(variables);
  }

  private void repair(
      Map<String, String> variables, Map<String, String> decoded, byte[] name, byte[] value) {
    for (Charset charset : charsets) {
      String asDecoded = new String(name, charset);
      // a program may have changed its environment since it started
      if (new String(value, charset).equals(decoded.get(asDecoded))) {
        Optional<String> rightName = utf8(name);
        Optional<String> rightValue = utf8(value);
        if (rightName.isPresent() && rightValue.isPresent()) {
          variables.remove(asDecoded);
          variables.put(rightName.get(), rightValue.get());
        }
        return;
      }
    }
  }

  /**
   * Returns the arguments of the main class.
   *
   * @param decoded as {@code main} received them
   */
  public String[] arguments(String... decoded) {
    if (Arrays.stream(decoded).allMatch(ProcessText::isAscii)) {
      return decoded;
    }
    List<byte[]> line = read("cmdline");
    if (line.size() < decoded.length) {
      return decoded;
    }
    String[] arguments = new String[decoded.length];
    for (int i = 0; i < decoded.length; i++) {
      byte[] bytes = line.get(line.size() - decoded.length + i);
      if (!isDecodingOf(decoded[i], bytes)) {
        return decoded; // some came from an @file
      }
      arguments[i] = utf8(bytes).orElse(decoded[i]);
    }
    return arguments;
  }

  /** Returns a system property, if it is set. */
  public Optional<String> property(String name) {
    return Optional.ofNullable(System.getProperty(name)).map(value -> property(name, value));
  }

  String property(String name, String decoded) {
    if (isAscii(decoded)) {
      return decoded;
    }
    byte[] start = ("-D" + name + "=").getBytes(StandardCharsets.UTF_8);
    for (byte[] argument : read("cmdline")) {
      if (argument.length > start.length
          && Arrays.equals(start, Arrays.copyOf(argument, start.length))) {
        byte[] value = Arrays.copyOfRange(argument, start.length, argument.length);
        if (isDecodingOf(decoded, value)) {
          return utf8(value).orElse(decoded);
        }
      }
    }
    return decoded;
  }

  private boolean isDecodingOf(String text, byte[] bytes) {
    return charsets.stream().anyMatch(charset -> new String(bytes, charset).equals(text));
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Returns the texts of a file, each of which ends in a zero byte; none if it can't be read. */
  private List<byte[]> read(String file) {
    byte[] all;
    try {
      all = Files.readAllBytes(process.resolve(file));
    } catch (IOException | InvalidPathException e) {
      return List.of(); // no Linux, or a process that may not look at itself
    }
    List<byte[]> texts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == 0) {
        texts.add(Arrays.copyOfRange(all, from, i));
        from = i + 1;
      }
    }
    Arrays.fill(all, (byte) 0);
    return texts;
  }
}
