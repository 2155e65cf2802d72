package dev.keyhold.bench;

import java.security.Provider;
import java.security.Security;

/** Amazon Corretto Crypto Provider, which is there on some platforms only. */
final class Corretto {
  private static final String CLASS =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

  private Corretto() {}

  /** Installs it as the first provider, as its own documentation says, before anything else. */
  static void installIf(boolean wanted) throws ReflectiveOperationException {
    if (wanted) {
      Security.insertProviderAt((Provider) Class.forName(CLASS).getField("INSTANCE").get(null), 1);
    }
  }
}
