package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.kit.OneClient;
import dev.keyhold.keystore.kit.Pages;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Makes requests with the SDK's client. Thread-safe.
 *
 * <p>A call is tried once: retries are the caller's.
 */
final class KmsConnection implements AutoCloseable {
  private final AwsKmsOptions options;
  private final OneClient<KmsClient> client;

  /** One request. */
  @FunctionalInterface
  interface Request<T> {
    T on(KmsClient client);
  }

  /** A class of its own: to link a lambda would load the SDK when the backend is configured. */
  private record Sdk(AwsKmsOptions options)
      implements OneClient.Maker<KmsClient>, OneClient.Closer<KmsClient> {
    @Override
    public KmsClient make() throws BackendException {
      return KmsClients.create(options);
    }

    @Override
    public void close(KmsClient made) {
      made.close();
    }
  }

  KmsConnection(AwsKmsOptions options) {
    this.options = options;
    Sdk sdk = new Sdk(options);
    client = new OneClient<>(sdk, sdk);
  }

  List<String> grantTokens() {
    return options.grantTokens();
  }

  /**
   * Makes a request.
   *
   * @param action AWS's name of it: also that of the permission, after {@code kms:}
   * @param key what it is about, for messages
   */
  <T> T call(String action, String key, Request<T> request) throws BackendException {
    try {
      return request.on(client.get());
    } catch (RuntimeException e) {
      if (client.isClosed()) {
        throw OneClient.closed(e);
      }
      throw KmsErrors.sort(action, key, e);
    } catch (LinkageError e) {
      throw KmsErrors.lacking(action, e);
    }
  }

  /**
   * Reads all pages of a list.
   *
   * @param request from the marker of a page, null for the first, to the page
   */
  static <P> void pages(
      Pages.Step<String, P> request,
      Function<P, Boolean> truncated,
      Function<P, String> nextMarker,
      Pages.Reading<P> reading)
      throws BackendException {
    Pages.each(
        "AWS KMS",
        from -> request.apply(from.orElse(null)),
        page ->
            Boolean.TRUE.equals(truncated.apply(page))
                ? Optional.of(Objects.requireNonNullElse(nextMarker.apply(page), ""))
                : Optional.empty(),
        reading);
  }

  /** Builds the client, and loads the classes that a request needs. */
  void prepare() throws BackendException {
    try {
      KmsClient unused = client.get();
      Rehearsal.run(options);
    } catch (LinkageError e) {
      throw KmsErrors.otherSdk(e);
    }
  }

  /** Fails if the backend was closed. */
  void checkOpen() throws BackendException {
    client.checkOpen();
  }

  @Override
  public void close() {
    client.close();
  }
}
