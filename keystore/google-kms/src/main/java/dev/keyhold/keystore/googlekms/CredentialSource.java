package dev.keyhold.keystore.googlekms;

import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.ImpersonatedCredentials;
import com.google.cloud.kms.v1.KeyManagementServiceSettings;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The source of the credentials for the service. An error never contains what a credentials file
 * holds: neither its message nor its cause comes from the reader of that file.
 */
final class CredentialSource {
  private static final int TOKEN_SECONDS = 3600;
  private static final TokenTransport TRANSPORT = new TokenTransport();

  private CredentialSource() {}

  static GoogleCredentials of(Settings settings) throws BackendException {
    List<String> scopes = KeyManagementServiceSettings.getDefaultServiceScopes();
    GoogleCredentials own =
        settings.credentialsFile().isPresent()
            ? fromFile(settings.credentialsFile().get())
            : fromChain();
    own = own.createScoped(scopes);
    return settings.impersonate().isEmpty()
        ? own
        : ImpersonatedCredentials.create(
            own, settings.impersonate().get(), null, scopes, TOKEN_SECONDS, TRANSPORT);
  }

  private static GoogleCredentials fromFile(Path file) throws BackendException {
    try (InputStream in = Files.newInputStream(file)) {
      return GoogleCredentials.fromStream(in, TRANSPORT);
    } catch (IOException | RuntimeException e) {
      throw misconfigured(
          "the credentials-file " + file + " cannot be read as Google credentials (JSON)");
    }
  }

  private static GoogleCredentials fromChain() throws BackendException {
    try {
      return GoogleCredentials.getApplicationDefault(TRANSPORT);
    } catch (IOException | RuntimeException e) {
      throw misconfigured(
          "there are no application default credentials: run 'gcloud auth application-default"
              + " login', set GOOGLE_APPLICATION_CREDENTIALS, or set the option credentials-file");
    }
  }

  private static BackendException misconfigured(String message) {
    return new BackendException(Reason.MISCONFIGURED, message);
  }
}
