package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.pkcs11.library.LibraryCopy;
import dev.keyhold.keystore.pkcs11.library.Module;
import dev.keyhold.keystore.pkcs11.token.ModuleProbe;
import dev.keyhold.keystore.pkcs11.token.Pin;
import dev.keyhold.keystore.pkcs11.token.SunPkcs11Token;
import dev.keyhold.keystore.pkcs11.token.TokenConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes backends of type {@code pkcs11}: keys in one token of an HSM.
 *
 * <p>Options: {@code library}, the path of the vendor's PKCS#11 library; {@code token}, the token's
 * label; {@code pin}, the user PIN as {@code env:NAME} or {@code file:PATH}, if it is not given by
 * {@link Backend#unlock}; {@code wrap}, how a KEK that is made here will wrap: {@code auto}
 * (default), {@code aes-gcm} or {@code hmac-derive}; {@code pkcs1-decryption}, whether RSA keys may
 * decrypt by PKCS#1 v1.5: {@code refuse} (default) or {@code allow}.
 */
public final class Pkcs11BackendFactory implements BackendFactory {
  private static final Map<Path, Path> LATEST_COPIES = new ConcurrentHashMap<>();

  /** Creates a factory; called by the ServiceLoader. */
  public Pkcs11BackendFactory() {}

  @Override
  public String type() {
    return "pkcs11";
  }

  @Override
  public Keeper keeper() {
    return Keeper.OWN_MODULE;
  }

  @Override
  public BackendSource configure(BackendOptions options) {
    Path library =
        options
            .path("library")
            .orElseThrow(
                () ->
                    options.invalid(
                        "library", "is missing: it names the PKCS#11 library of the HSM"))
            .toAbsolutePath();
    if (!Files.isRegularFile(library)) {
      throw options.invalid("library", "names a file that does not exist: " + library);
    }
    String label = token(options);
    String initArgs = options.optional("init-args").orElse("");
    if (!Module.isInitArgs(initArgs)) {
      throw options.invalid(
          "init-args",
          "must not hold \", \\, ${ or control characters: SunPKCS11 can't pass them on");
    }
    Pin pin = new Pin(options.secret("pin"), options.backend());
    Pkcs11Choices choices =
        new Pkcs11Choices(
            options.word("wrap", WrapChoice.class), options.allows("pkcs1-decryption"));
    return () -> open(library, label, initArgs, pin, choices);
  }

  private static Backend open(
      Path library, String label, String initArgs, Pin pin, Pkcs11Choices choices) {
    Clock clock = Clock.systemUTC();
    TokenConnection connection =
        new TokenConnection(
            library,
            LATEST_COPIES,
            path -> SunPkcs11Token.open(new Module(path, initArgs), label, pin),
            new ModuleProbe(label, initArgs),
            LibraryCopy::of,
            clock);
    return new Pkcs11Backend(label, connection, pin, choices, clock);
  }

  private static String token(BackendOptions options) {
    String label = options.required("token");
    if (label.contains(",")) {
      throw options.invalid(
          "token", "names several tokens, but pools are not there yet: name one token's label");
    }
    return label;
  }
}
