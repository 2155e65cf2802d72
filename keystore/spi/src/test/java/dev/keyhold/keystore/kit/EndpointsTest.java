package dev.keyhold.keystore.kit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.1.2.3", "[::1]", "::1"})
  void thisMachineMayBeReachedWithoutTls(String host) {
    assertTrue(Endpoints.mayUse("http", host));
    assertTrue(Endpoints.mayUse("HTTPS", host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kms.example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "example.com.127.0.0.1",
        "10.0.0.1",
        "128.0.0.1",
        "[::2]",
        "[fe80::1]",
        "0.0.0.0"
      })
  void othersTakeTls(String host) {
    assertFalse(Endpoints.mayUse("http", host));
    assertTrue(Endpoints.mayUse("https", host));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp", "file", "null", ""})
  void otherSchemesAreRefused(String scheme) {
    assertFalse(Endpoints.mayUse(scheme, "localhost"));
  }
}
