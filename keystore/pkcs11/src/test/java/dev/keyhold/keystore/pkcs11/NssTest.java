package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Signatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NSS's softokn, which takes the place of its database as a string at C_Initialize. */
@Tag("token")
class NssTest {
  private static final WrapContext CONTEXT = new WrapContext(Map.of("alias", "orders"));
  private static final List<Path> LIBRARIES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/libsoftokn3.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/libsoftokn3.so"),
          Path.of("/usr/lib64/libsoftokn3.so"));

  @TempDir Path folder;

  @Test
  void servesAKekAndASigningKey() throws Exception {
    Path library =
        LIBRARIES.stream().filter(Files::isRegularFile).findFirst().orElse(Path.of("/none"));
    assumeTrue(
        Files.isRegularFile(library) && Files.isExecutable(Path.of("/usr/bin/certutil")),
        "SKIPPED: no NSS (install libnss3 and libnss3-tools)");
    Path password = Files.writeString(folder.resolve("password"), "nss-secret-1");
    SoftHsm.run("certutil", "-N", "-d", "sql:" + folder, "-f", password.toString());
    Map<String, String> options =
        MapOptions.pairs(
            "library",
            library.toString(),
            "token",
            "NSS Certificate DB",
            "pin",
            "nss-secret-1",
            "init-args",
            "configdir='sql:" + folder + "' certPrefix='' keyPrefix='' secmod='secmod.db'");
    try (Backend backend = new Pkcs11BackendFactory().create(new MapOptions(options))) {
      backend
          .require(KeyMaking.class)
          .create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
      WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      assertArrayEquals(
          new byte[32], backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
      backend
          .require(KeyMaking.class)
          .create(new KeyRequest("signs", KeySpec.ec(256), Set.of(Purpose.SIGN)));
      byte[] signature =
          backend
              .require(Signatures.class)
              .sign("signs", SignatureAlgorithm.ecdsa("SHA-256"), new byte[32]);
      assertTrue(signature.length > 60);
    }
  }
}
