package dev.keyhold.custody.server.command;

import dev.keyhold.admin.Administration;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.custody.server.gate.Gate;
import dev.keyhold.custody.server.log.DiskFiles;
import dev.keyhold.custody.server.log.LogRefused;
import dev.keyhold.custody.server.log.LogSettings;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.kit.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a developer's custodian needs, made in one folder: a CA, certificates, a key file, and a
 * charter that allows all to one workload.
 */
final class DevFolder {
  static final String ORIGIN = "dev.localhost/dev";
  private static final String IDENTITY = "spiffe://dev/application";
  private static final String SEALING = "custody-log";
  private static final long RESERVE = 1 << 20;

  private final Path folder;

  DevFolder(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  Path configuration() {
    return folder.resolve("custodian.properties");
  }

  /** Makes what is not there yet. */
  void make(int library, int people)
      throws IOException, GeneralSecurityException, BackendException, LogRefused {
    if (Files.exists(configuration())) {
      return;
    }
    Files.createDirectories(folder);
    DevAuthority authority = DevAuthority.create("Keyhold development CA");
    DevAuthority.Certified server = authority.server("localhost", "127.0.0.1");
    DevAuthority.Certified client = authority.client(IDENTITY);
    write("ca.pem", DevAuthority.pem(authority.certificate()));
    write("server.pem", DevAuthority.pem(server.certificate()));
    write("server-key.pem", DevAuthority.pem(server.key()));
    write("client.pem", DevAuthority.pem(client.certificate()));
    write("client-key.pem", DevAuthority.pem(client.key()));
    byte[] password = new byte[24];
    new SecureRandom().nextBytes(password);
    write("password.txt", HexFormat.of().formatHex(password) + "\n");
    write(
        "keyhold.properties",
        """
        backend.local.type     = software
        backend.local.file     = keys.keyhold
        backend.local.password = file:password.txt
        key.*                  = local
        """);
    String pin;
    try (Administration administration =
        Administration.open(folder.resolve("keyhold.properties").toString())) {
      administration
          .backend("local")
          .key(SEALING)
          .create(KeySpec.AES_256, Purpose.ENCRYPT, Map.of());
      administration
          .backend("local")
          .key("orders")
          .create(KeySpec.AES_256, Purpose.ENCRYPT, Map.of());
      LogKey logKey =
          LogKey.create(ORIGIN, folder.resolve("log-key.keyhold"), administration.handle(SEALING));
      byte[] note = charter(authority, logKey);
      pin = Note.parse(note).id();
      write("charter.note", new String(note, StandardCharsets.UTF_8));
      Gate.init(
          LogSettings.of(ORIGIN, folder.resolve("log")).withSizes(RESERVE, Long.MAX_VALUE),
          pin,
          List.of(note),
          Optional.empty(),
          new DiskFiles(),
          logKey.signer(),
          Clock.systemUTC());
    }
    write( // last: a folder that has it is complete
        "custodian.properties",
        """
        include            = keyhold.properties
        custodian.origin   = %s
        charter.pin        = %s
        listen.library     = 127.0.0.1:%s
        listen.people      = 127.0.0.1:%s
        listen.certificate = server.pem
        listen.key         = server-key.pem
        listen.ca          = ca.pem
        log.folder         = log
        log.key            = %s
        log.reserve        = 1MiB
        """
            .formatted(ORIGIN, pin, library, people, SEALING));
  }

  private static byte[] charter(DevAuthority authority, LogKey logKey)
      throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    NoteSigner developer =
        NoteSigner.of(VerifierKey.of("developer", pair.getPublic()), pair.getPrivate());
    Charter charter =
        Charter.parse(
            """
            keyhold.dev/charter@v1
            name dev
            version 1
            owners 1 of developer
            log %s %s
            person developer %s
            trust spiffe://dev ca %s
            workload application %s
            rule 10 * * by application
            """
                .formatted(
                    ORIGIN,
                    logKey.signer().verifierKey(),
                    developer.verifierKey(),
                    Values.hash(Hashes.sha256(authority.certificate().getPublicKey().getEncoded())),
                    IDENTITY));
    return new Note(charter.text(), List.of(developer.sign(charter.text()))).toBytes();
  }

  private void write(String name, String text) throws IOException {
    try (WholeFile file = WholeFile.of(folder.resolve(name))) {
      file.write(text.getBytes(StandardCharsets.UTF_8));
      file.replace();
    }
  }

  /** Returns the configuration of a client. */
  String client(int port) {
    return """
        backend.custodian.type               = custodian
        backend.custodian.url                = https://localhost:%s
        backend.custodian.fronts             = software
        backend.custodian.client-certificate = %s
        backend.custodian.client-key         = file:%s
        backend.custodian.ca                 = %s
        key.orders                           = custodian
        """
        .formatted(
            port,
            folder.resolve("client.pem"),
            folder.resolve("client-key.pem"),
            folder.resolve("ca.pem"));
  }
}
