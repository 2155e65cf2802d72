package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Pkcs11BackendFactoryTest {
  @TempDir Path folder;

  @Test
  void isFoundByItsType() {
    assertEquals(
        1,
        ServiceLoader.load(BackendFactory.class).stream()
            .filter(factory -> factory.get().type().equals("pkcs11"))
            .count());
  }

  @Test
  void refusesAMissingLibrary() {
    refuses("library is missing", "token", "t");
    refuses("/no/such.so", "token", "t", "library", "/no/such.so");
  }

  @Test
  void refusesAMissingToken() throws Exception {
    refuses("token is missing", "library", file());
  }

  @Test
  void refusesAPoolAsLongAsThereAreNone() throws Exception {
    refuses("pools are not there yet", "library", file(), "token", "a, b");
  }

  @Test
  void refusesAnUnknownWrap() throws Exception {
    refuses("aes-gcm", "library", file(), "token", "a", "wrap", "kwp");
  }

  @Test
  void saysSoWhenTheLibraryIsNone() throws Exception {
    try (Backend backend =
        new Pkcs11BackendFactory()
            .create(new MapOptions(MapOptions.pairs("library", file(), "token", "a")))) {
      var e = Expect.failure(Reason.MISCONFIGURED, backend::list);
      assertTrue(e.getMessage().contains("can't be loaded as a PKCS#11 library"), e.getMessage());
    }
  }

  private String file() throws Exception {
    return Files.writeString(folder.resolve("lib.so"), "not a library").toString();
  }

  private static void refuses(String message, String... options) {
    ConfigurationException e =
        assertThrows(
            ConfigurationException.class,
            () -> new Pkcs11BackendFactory().create(new MapOptions(MapOptions.pairs(options))));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
