package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.SecretSource;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes backends of type {@code custodian}: keys behind custodians, which hold the credential of
 * the HSM or KMS.
 *
 * <p>Options: {@code url}, a comma list of custodians; {@code fronts}, the type of the backend
 * behind them; {@code client-certificate}, a PEM file, and {@code client-key}, its private key;
 * {@code ca}, a PEM file of the CAs that certify the custodians.
 */
public final class CustodianBackendFactory implements BackendFactory {
  static final String TYPE = "custodian";

  private static final int MAX_URLS = 16;
  private static final Duration SHORTEST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofDays(7);

  /** For the ServiceLoader. */
  public CustodianBackendFactory() {}

  /** The options, read. */
  private record Source(Settings settings) implements BackendSource {
    @Override
    public Backend open() {
      return new CustodianBackend(settings);
    }

    @Override
    public Optional<String> headerType() {
      return Optional.of(settings.behind().type());
    }

    @Override
    public Optional<Keeper> keeper() {
      return Optional.of(settings.behind().keeper());
    }
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public BackendSource configure(BackendOptions options) {
    List<URI> urls = urls(options);
    String fronts = options.required("fronts");
    if (!fronts.matches("[a-z][a-z0-9-]{0,63}") || fronts.equals(TYPE)) {
      throw options.invalid(
          "fronts",
          "must be the type of the backend behind the custodian: aws-kms, google-kms, pkcs11 or"
              + " software");
    }
    Path certificate = file(options, "client-certificate");
    SecretSource key =
        options
            .secret("client-key")
            .orElseThrow(() -> options.invalid("client-key", "is missing: file:PATH"));
    Path ca = file(options, "ca");
    Duration deadline = options.duration("deadline", SHORTEST, LONGEST, Duration.ofSeconds(10));
    Duration changes = Duration.ofMinutes(2);
    return new Source(
        new Settings(
            urls,
            Behind.of(fronts),
            certificate,
            key,
            ca,
            deadline,
            options.duration(
                "change-deadline",
                SHORTEST,
                LONGEST,
                deadline.compareTo(changes) > 0 ? deadline : changes)));
  }

  private static Path file(BackendOptions options, String option) {
    Path file = options.path(option).orElseThrow(() -> options.invalid(option, "is missing"));
    if (!Files.isRegularFile(file)) {
      throw options.invalid(option, "names a file that does not exist: " + file);
    }
    return file;
  }

  private static List<URI> urls(BackendOptions options) {
    List<URI> urls = new ArrayList<>();
    for (String text : options.required("url").split(",", -1)) {
      URI url = url(text.strip()).orElse(null);
      if (url == null || urls.contains(url) || urls.size() == MAX_URLS) {
        throw options.invalid(
            "url",
            "must be https://host:port, or at most %s different ones with commas between them"
                .formatted(MAX_URLS));
      }
      urls.add(url);
    }
    return urls;
  }

  /** Returns the URL of a custodian without a path. */
  private static Optional<URI> url(String text) {
    try {
      URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean bare =
          url.getRawPath() != null
              && url.getRawPath().isEmpty()
              && url.getRawQuery() == null
              && url.getRawFragment() == null
              && url.getRawUserInfo() == null;
      boolean named =
          "https".equals(url.getScheme())
              && url.getHost() != null
              && url.getPort() != 0
              && url.getPort() < 65_536;
      return Optional.of(url).filter(any -> bare && named);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
