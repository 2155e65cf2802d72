package dev.keyhold.keystore.googlekms;

import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.file.Path;

/** Fetches a token by a credentials file and prints it: a JVM of its own reads its properties. */
final class TokenFetch {
  private TokenFetch() {}

  public static void main(String[] arguments) throws BackendException, IOException {
    System.out.println(
        CredentialSource.of(TokenServerProxyTest.settings(Path.of(arguments[0])))
            .refreshAccessToken()
            .getTokenValue());
  }
}
