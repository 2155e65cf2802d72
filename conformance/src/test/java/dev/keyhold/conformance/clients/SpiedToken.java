package dev.keyhold.conformance.clients;

import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.conformance.SoftHsm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * A SoftHSM2 token behind OpenSC's {@code pkcs11-spy}, whose log tells each call to the library.
 * One for each test JVM: the spy reads from the environment what it stands before.
 */
final class SpiedToken {
  private static final List<Path> SPIES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/pkcs11-spy.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/pkcs11-spy.so"),
          Path.of("/usr/lib64/pkcs11-spy.so"),
          Path.of("/usr/lib/pkcs11-spy.so"));

  /** SunPKCS11 frees objects that it no longer needs whenever the garbage collector says so. */
  private static final Pattern CALL = Pattern.compile("\\d+: C_(?!DestroyObject)\\w+");

  private static final Pattern SIGN = Pattern.compile("\\d+: C_Sign");

  private SpiedToken() {}

  static Calls open(Path folder) {
    SoftHsm token = SoftHsm.newToken("spied");
    Path spy =
        SPIES.stream()
            .filter(Files::isReadable)
            .findFirst()
            .orElseThrow(() -> new TestAbortedException("OpenSC's pkcs11-spy is not installed"));
    Path log = Path.of(System.getenv("PKCS11SPY_OUTPUT"));
    try {
      Files.createSymbolicLink(Path.of(System.getenv("PKCS11SPY")), token.library());
      Files.writeString(folder.resolve("pin.txt"), token.pin());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    KeyholdConfig config =
        KeyholdConfig.in(folder)
            .line("backend.b.type = pkcs11")
            .line("backend.b.library = " + spy)
            .line("backend.b.token = " + token.label())
            .line("backend.b.pin = file:pin.txt")
            .line("key.* = b");
    return new Calls(config, () -> count(log, SIGN), () -> count(log, CALL), () -> {});
  }

  private static int count(Path log, Pattern line) {
    try (Stream<String> lines = Files.lines(log)) {
      return (int) lines.filter(text -> line.matcher(text).matches()).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
