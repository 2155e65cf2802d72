package dev.keyhold.keystore.pkcs11.library;

import dev.keyhold.keystore.pkcs11.token.ModuleProbe;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.Provider;
import java.security.Security;
import java.util.List;

/**
 * The program of a short-lived process that loads a PKCS#11 library and prints which tokens it
 * shows: see {@link ModuleProbe}. Uses nothing but the JDK, since it is run from its class file
 * alone.
 */
public final class TokenProbe {
  public static final String FAILURE = "Failure: ";

  private TokenProbe() {}

  /** Prints the tokens of the library that the arguments, lines of configuration, name. */
  public static void main(String[] arguments) {
    // SunPKCS11 takes each byte of a label for a character
    PrintStream out =
        new PrintStream(
            new FileOutputStream(FileDescriptor.out), true, StandardCharsets.ISO_8859_1);
    String module = String.join("\n", arguments);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.ISO_8859_1));
    String failure = show(module, "slotListIndex = " + Integer.MAX_VALUE);
    String printed = bytes.toString(StandardCharsets.ISO_8859_1);
    out.print(printed);
    System.setOut(out);
    List<String> all = ids(printed, "All slots: ");
    List<String> present = ids(printed, "Slots with tokens: ");
    if (all.isEmpty()) {
      out.println(FAILURE + failure);
    }
    for (String id : present) {
      if (all.contains(id)) {
        String shown = show(module, "slotListIndex = " + all.indexOf(id));
        if (!shown.isEmpty()) {
          out.println(FAILURE + shown);
        }
      }
    }
    out.flush();
    // a library's own threads must not keep the process
    Runtime.getRuntime().halt(0);
  }

  private static String show(String module, String slot) {
    try {
      Provider unconfigured = Security.getProvider("SunPKCS11");
      unconfigured.configure("--name = KeyholdProbe\nshowInfo = true\n" + slot + "\n" + module);
      return "";
    } catch (RuntimeException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return String.valueOf(cause.getMessage());
    }
  }

  private static List<String> ids(String printed, String start) {
    return printed
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .map(line -> List.of(line.substring(start.length()).split(", ", -1)))
        .orElse(List.of());
  }
}
