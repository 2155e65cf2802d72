package dev.keyhold.conformance.golden;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.Pattern;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * Makes a key file with a key of each kind, objects under its KEKs, and what the other keys did, in
 * a new folder: its argument. Run once for a version of the formats, as {@link GoldenGenerator};
 * the key store file beside it was made with keytool.
 */
final class GoldenKeysGenerator {
  private static final byte[] MESSAGE = Pattern.bytes(48);
  private static final String PASSWORD = "golden objects, test data";
  private static final List<String> CONFIGURATION =
      List.of(
          "backend.local.type = software",
          "backend.local.file = keys.keyhold",
          "backend.local.password = file:password.txt",
          "generate = local",
          "key.* = local");
  private static final List<String> BEFORE_ROTATION =
      List.of(
          "# name plaintext IV AAD alias: lengths in bytes; byte i of each is (31 * i + 7) mod 256",
          "kek-first 100 12 20 kek",
          "derive-first 100 12 20 derive");
  private static final List<String> AFTER_ROTATION =
      List.of(
          "kek-last 100 12 20 kek",
          "derive-last 100 12 20 derive",
          "kek-128 100 12 20 kek-128",
          "kek-192 100 12 20 kek-192");

  private final Path folder;
  private final Backend backend;
  private final List<String> uses = new ArrayList<>();

  private GoldenKeysGenerator(Path folder, Backend backend) {
    this.folder = folder;
    this.backend = backend;
  }

  public static void main(String[] args)
      throws IOException, GeneralSecurityException, BackendException {
    Path folder = Files.createDirectory(Path.of(args[0]));
    Files.write(folder.resolve("keyhold.properties"), CONFIGURATION);
    Files.writeString(folder.resolve("password.txt"), PASSWORD + "\n");
    try (Backend backend =
        BackendFixture.create(
            "software", folder, Map.of("file", "keys.keyhold", "password", "file:password.txt"))) {
      new GoldenKeysGenerator(folder, backend).run();
    }
    Files.deleteIfExists(folder.resolve("keys.keyhold.lock"));
  }

  private void run() throws IOException, GeneralSecurityException, BackendException {
    create("kek", new KeySpec("AES", 256), Purpose.ENCRYPT);
    create("kek-128", new KeySpec("AES", 128), Purpose.ENCRYPT);
    create("kek-192", new KeySpec("AES", 192), Purpose.ENCRYPT);
    create("derive", new KeySpec("HmacSHA256", 256), Purpose.ENCRYPT);
    writeObjects(BEFORE_ROTATION);
    backend.require(Rotation.class).rotate("kek");
    backend.require(Rotation.class).rotate("kek");
    backend.require(Rotation.class).rotate("derive");
    writeObjects(AFTER_ROTATION);
    List<String> objects = new ArrayList<>(BEFORE_ROTATION);
    objects.addAll(AFTER_ROTATION);
    Files.write(folder.resolve("objects.txt"), objects);

    for (int bits : new int[] {256, 384, 512}) {
      create("mac-" + bits, new KeySpec("HmacSHA" + bits, bits), Purpose.MAC);
      use(
          "mac",
          "mac-" + bits,
          backend.require(Macs.class).mac("mac-" + bits, "HmacSHA" + bits, MESSAGE));
    }
    signer("rsa-sign", KeySpec.rsa(2048), SignatureAlgorithm.pkcs1("SHA-256"));
    signer("ec-521", KeySpec.ec(521), SignatureAlgorithm.ecdsa("SHA-512"));
    signer("ed25519", KeySpec.ED25519, SignatureAlgorithm.ED25519);
    for (int size : new int[] {44, 65, 87}) {
      signer("ml-dsa-" + size, KeySpec.mlDsa(size), SignatureAlgorithm.ML_DSA);
    }
    decryptor();
    agreement("ec-384", KeySpec.ec(384));
    agreement("x25519", KeySpec.X25519);
    for (int size : new int[] {512, 768, 1024}) {
      kem("ml-kem-" + size, KeySpec.mlKem(size));
    }
    create("key-wrap", new KeySpec("AES", 256), Purpose.KEY_WRAP);
    use("kw", "key-wrap", backend.require(KeyWraps.class).wrapKey("key-wrap", KeyWrap.KW, MESSAGE));
    use(
        "kwp",
        "key-wrap",
        backend.require(KeyWraps.class).wrapKey("key-wrap", KeyWrap.KWP, MESSAGE));
    create("disabled", new KeySpec("AES", 256), Purpose.ENCRYPT);
    backend.require(Suspension.class).disable("disabled");
    create("scheduled", new KeySpec("AES", 256), Purpose.ENCRYPT);
    backend.require(Destruction.class).scheduleDestruction("scheduled", Duration.ofDays(365));
    create("unnamed", new KeySpec("AES", 256), Purpose.ENCRYPT);
    uses.add("unnamed = " + backend.require(Naming.class).unname("unnamed"));
    backend
        .require(KeyMaking.class)
        .create(
            new KeyRequest(
                "labelled",
                new KeySpec("AES", 256),
                Set.of(Purpose.ENCRYPT),
                Map.of("team", "payments")));
    Files.write(folder.resolve("uses.properties"), uses);
  }

  private void create(String name, KeySpec spec, Purpose purpose) throws BackendException {
    backend.require(KeyMaking.class).create(new KeyRequest(name, spec, Set.of(purpose)));
  }

  private void use(String what, String key, byte[]... values) {
    List<String> all = new ArrayList<>();
    for (byte[] value : values) {
      all.add(HexFormat.of().formatHex(value));
    }
    uses.add(what + "." + key + " = " + String.join(" ", all));
  }

  private void signer(String name, KeySpec spec, SignatureAlgorithm algorithm)
      throws BackendException {
    create(name, spec, Purpose.SIGN);
    backend
        .require(Signatures.class)
        .sign(
            name,
            algorithm,
            new byte[algorithm.signsDigest() ? spec.equals(KeySpec.ec(521)) ? 64 : 32 : 48]);
    use("public", name, backend.require(PublicKeys.class).publicKey(name));
  }

  private void decryptor() throws BackendException, GeneralSecurityException {
    create("rsa-decrypt", KeySpec.rsa(3072), Purpose.DECRYPT);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new X509EncodedKeySpec(backend.require(PublicKeys.class).publicKey("rsa-decrypt"))),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    byte[] encrypted = cipher.doFinal(MESSAGE);
    backend
        .require(Decryptions.class)
        .decrypt("rsa-decrypt", RsaPadding.oaep("SHA-256", "SHA-256"), new byte[0], encrypted);
    use("oaep", "rsa-decrypt", encrypted);
  }

  private void agreement(String name, KeySpec spec)
      throws BackendException, GeneralSecurityException {
    create(name, spec, Purpose.AGREE);
    KeyPairGenerator generator = KeyPairGenerator.getInstance(spec.algorithm());
    if (spec.algorithm().equals("EC")) {
      generator.initialize(new ECGenParameterSpec("secp" + spec.bits() + "r1"));
    }
    KeyPair peer = generator.generateKeyPair();
    byte[] half = peer.getPublic().getEncoded();
    use("agreed", name, half, backend.require(Agreements.class).agree(name, half));
  }

  private void kem(String name, KeySpec spec) throws BackendException, IOException {
    create(name, spec, Purpose.DECAPSULATE);
    SecretWithEncapsulation made =
        new MLKEMGenerator(new SecureRandom())
            .generateEncapsulated(
                PublicKeyFactory.createKey(backend.require(PublicKeys.class).publicKey(name)));
    use("encapsulated", name, made.getEncapsulation(), made.getSecret());
  }

  private void writeObjects(List<String> list) throws IOException, GeneralSecurityException {
    Files.write(folder.resolve("objects.txt"), list);
    GoldenFolder golden = new GoldenFolder(folder);
    try (KeyholdProvider provider = golden.provider()) {
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(null, null);
      for (GoldenFolder.Entry entry : golden.entries()) {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
        cipher.init(Cipher.ENCRYPT_MODE, keys.getKey(entry.alias(), null), entry.parameters());
        Files.write(entry.file(), cipher.doFinal(entry.plain()));
      }
    }
  }
}
