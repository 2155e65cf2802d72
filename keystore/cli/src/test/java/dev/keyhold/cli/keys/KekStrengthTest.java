package dev.keyhold.cli.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.cli.Cli;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A KEK that is weaker than the data keys that it wraps says so. */
class KekStrengthTest {
  @TempDir Path folder;
  private Cli cli;

  private void importKey(int bits) throws Exception {
    cli = Cli.in(folder);
    cli.configure("backend.local.password = file:password.txt\nbackend.local.import = allow\n");
    try (KeyholdProvider provider = new KeyholdProvider()) {
      provider.configure(cli.config().toString());
      KeyStore store = KeyStore.getInstance("Keyhold", provider);
      store.load(null, null);
      store.setKeyEntry("orders", new SecretKeySpec(new byte[bits / 8], "AES"), null, null);
      store.store(null, null);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 192})
  void explainAndDoctorStateIt(int bits) throws Exception {
    importKey(bits);
    String strength = "which so have the strength of %s bits".formatted(bits);
    for (String command : new String[] {"explain orders", "explain orders --json", "doctor"}) {
      Cli.Result result = cli.run(command.split(" "));
      assertEquals(0, result.code(), result.err());
      assertTrue(result.out().contains("AES-" + bits), result.out());
      assertTrue(result.out().contains(strength), result.out());
    }
    assertFalse(cli.run("doctor").out().contains("as it should be"));
  }

  @Test
  void oneOf256BitsIsAsItShouldBe() throws Exception {
    importKey(256);
    assertFalse(cli.run("explain", "orders").out().contains("strength"));
    assertTrue(cli.run("doctor").out().contains("AES-256 at local:orders, as it should be"));
  }
}
