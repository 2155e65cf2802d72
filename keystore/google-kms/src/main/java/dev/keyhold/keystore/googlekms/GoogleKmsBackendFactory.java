package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.ProtectionLevel;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.kit.Endpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes backends of type {@code google-kms}: keys in one key ring of Google Cloud KMS.
 *
 * <p>Options: {@code key-ring}, its full resource name; {@code endpoint}, host and port, where it
 * is not the service's own ({@code http://} for a stand-in on this machine, without credentials);
 * {@code credentials-file} instead of the default chain; {@code impersonate}, a service account;
 * {@code protection} of new keys: {@code software} (default), {@code hsm}, {@code external} or
 * {@code external-vpc}, the last two with {@code external-key} and {@code ekm-connection}; {@code
 * wrap}, how new KEKs wrap: {@code service} (default) or {@code raw}; {@code timeout} of a call;
 * {@code generation-timeout}; {@code destroy-wait} of new keys.
 */
public final class GoogleKmsBackendFactory implements BackendFactory {
  private static final String SERVICE = "cloudkms.googleapis.com:443";
  private static final Pattern ENDPOINT =
      Pattern.compile(
          "(http://|https://)?([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(?::([0-9]{1,5}))?",
          Pattern.CASE_INSENSITIVE);

  /** Creates a factory; called by the ServiceLoader. */
  public GoogleKmsBackendFactory() {}

  @Override
  public String type() {
    return "google-kms";
  }

  @Override
  public Keeper keeper() {
    return Keeper.CLOUD;
  }

  @Override
  public BackendSource configure(BackendOptions options) {
    String keyRing = options.required("key-ring");
    if (!KeyName.isRing(keyRing)) {
      throw options.invalid("key-ring", "must be projects/<p>/locations/<l>/keyRings/<r>");
    }
    Optional<String> endpoint = options.optional("endpoint");
    boolean plaintext =
        endpoint.filter(text -> text.toLowerCase(Locale.ROOT).startsWith("http://")).isPresent();
    Optional<Path> credentials = credentialsFile(options);
    Optional<String> impersonate = options.optional("impersonate");
    if (plaintext && credentials.isPresent()) {
      throw options.invalid("credentials-file", "is never sent to an endpoint without TLS");
    }
    if (plaintext && impersonate.isPresent()) {
      throw options.invalid("impersonate", "is of no use with an endpoint without TLS");
    }
    ProtectionLevel protection;
    try {
      protection = protection(options);
    } catch (LinkageError e) { // the first use of a class that the client's protobuf made
      throw new ConfigurationException(GoogleConnection.otherVersion(e).getMessage(), e);
    }
    Settings settings =
        new Settings(
            keyRing,
            endpoint.map(text -> target(text, options)).orElse(SERVICE),
            plaintext,
            credentials,
            impersonate,
            protection,
            options.word("wrap", "service", "raw").equals("raw"),
            options.optional("external-key"),
            options.optional("ekm-connection"),
            options.duration(
                "timeout", Duration.ofMillis(100), Duration.ofMinutes(1), Duration.ofSeconds(5)),
            options.duration(
                "generation-timeout", Duration.ZERO, Duration.ofMinutes(10), Duration.ofMinutes(1)),
            options.duration(
                "destroy-wait", Duration.ofDays(1), Duration.ofDays(120), Duration.ofDays(30)));
    return () -> new GoogleKmsBackend(settings);
  }

  private static String target(String endpoint, BackendOptions options) {
    Matcher matcher = ENDPOINT.matcher(endpoint);
    if (!matcher.matches()) {
      throw options.invalid("endpoint", "must be <host>:<port>, or http://<host>:<port>");
    }
    boolean plaintext = "http://".equalsIgnoreCase(matcher.group(1));
    if (!Endpoints.mayUse(plaintext ? "http" : "https", matcher.group(2))) {
      throw options.invalid("endpoint", Endpoints.TLS);
    }
    String port = matcher.group(3) == null ? (plaintext ? "80" : "443") : matcher.group(3);
    return matcher.group(2) + ":" + port;
  }

  private static Optional<Path> credentialsFile(BackendOptions options) {
    Optional<Path> file = options.path("credentials-file");
    if (file.isPresent() && !Files.isRegularFile(file.get())) {
      throw options.invalid("credentials-file", "names a file that does not exist: " + file.get());
    }
    return file;
  }

  private static ProtectionLevel protection(BackendOptions options) {
    return switch (options.word("protection", "software", "hsm", "external", "external-vpc")) {
      case "hsm" -> ProtectionLevel.HSM;
      case "external" -> ProtectionLevel.EXTERNAL;
      case "external-vpc" -> ProtectionLevel.EXTERNAL_VPC;
      default -> ProtectionLevel.SOFTWARE;
    };
  }
}
