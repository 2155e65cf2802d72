package dev.keyhold.keystore.pkcs11.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoftHsmHintTest {
  @TempDir Path folder;

  @Test
  void saysThatTheConfigurationCannotBeRead() {
    Path missing = folder.resolve("softhsm2.conf");
    String systemWide = SoftHsmHint.of(null, missing);
    assertTrue(systemWide.contains("set SOFTHSM2_CONF"), systemWide);
    String named = SoftHsmHint.of(missing.toString(), missing);
    assertTrue(named.contains("can't be read"), named);
  }

  @Test
  void namesTheConfigurationThatSettlesWhichTokensThereAre() throws Exception {
    Path conf = Files.createFile(folder.resolve("softhsm2.conf"));
    assertTrue(SoftHsmHint.of(conf.toString(), conf).contains(conf.toString()));
    assertEquals("", SoftHsmHint.of("", conf));
  }

  @Test
  void saysNothingOfOtherLibraries() {
    assertEquals("", SoftHsmHint.of(Path.of("/opt/vendor/libcryptoki.so")));
  }
}
