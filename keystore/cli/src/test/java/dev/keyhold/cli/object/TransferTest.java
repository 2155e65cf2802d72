package dev.keyhold.cli.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.cli.Cli;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.FileOutput;
import dev.keyhold.cli.command.Terminal;
import dev.keyhold.keystore.kit.FileInput;
import dev.keyhold.keystore.kit.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TransferTest {
  @TempDir Path folder;
  private final byte[] plain = new byte[100_000];
  private Cli cli;
  private String in;
  private String sealed;
  private String out;

  @BeforeEach
  void makeKeyAndFile() throws IOException {
    cli = Cli.in(folder);
    new Random(1).nextBytes(plain);
    in = cli.path("plain");
    sealed = cli.path("sealed");
    out = cli.path("out");
    Files.write(Path.of(in), plain);
    assertEquals(0, cli.run("keys", "create", "orders").code());
  }

  /** Only so is a header that a rewrap replaces meanwhile read once more. */
  @Test
  void theStreamGetsAFileAsOne() {
    List<InputStream> seen = new ArrayList<>();
    PrintStream none = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
    Context context = new Context(InputStream.nullInputStream(), none, none, Terminal.ofProcess());
    TransferCommand command =
        new TransferCommand(context, "reading") {
          @Override
          void transfer(InputStream in, OutputStream to, Key key, KeyholdParameterSpec spec) {
            seen.add(in);
          }

          @Override
          boolean writesObjects() {
            return false;
          }
        };
    CommandLine line = new CommandLine(context).addSubcommand("probe", command);
    String config = cli.config().toString();
    line.execute("--config", config, "probe", "--key", "orders", in, out);
    line.execute("--config", config, "probe", "--key", "orders", "--force", "-", out);
    assertEquals(List.of(true, false), seen.stream().map(FileInput.class::isInstance).toList());
  }

  @Test
  void afterARenamingTheLogSaysThatTheBindingIsMissing() throws IOException {
    encrypt();
    assertEquals(0, cli.run("keys", "create", "renamed").code());
    String lines =
        """
        backend.local.password = file:password.txt
        key.renamed = local
        key.renamed.decrypt-with = local:orders
        """;
    cli.configure(lines);
    Cli.Result refused = cli.run("decrypt", "--verbose", "--key", "renamed", sealed, out);
    assertEquals(ExitCode.FAILED, refused.code());
    assertTrue(refused.err().contains("key.renamed.binding"), refused.err());
    cli.configure(lines + "key.renamed.binding = orders\n");
    assertEquals(0, cli.run("decrypt", "--key", "renamed", sealed, out).code());
    assertArrayEquals(plain, Files.readAllBytes(Path.of(out)));
  }

  @Test
  void aRequiredPurposeIsNamedByAnOption() throws IOException {
    cli.configure(
        """
        backend.local.password = file:password.txt
        key.orders = local
        key.orders.purpose = required
        """);
    Cli.Result refused = cli.run("encrypt", "--key", "orders", in, sealed);
    assertFalse(refused.code() == 0);
    assertTrue(refused.err().contains("--purpose"), refused.err());
    String[] declared = {"--purpose", "audit", "--ticket", "INC-7"};
    assertEquals(0, cli.run(concat("encrypt", declared, "--key", "orders", in, sealed)).code());
    assertEquals(0, cli.run(concat("decrypt", declared, "--key", "orders", sealed, out)).code());
    assertArrayEquals(plain, Files.readAllBytes(Path.of(out)));
    Cli.Result alone = cli.run("decrypt", "--ticket", "INC-7", "--key", "orders", sealed, out);
    assertEquals(ExitCode.USAGE, alone.code());
  }

  private static String[] concat(String command, String[] options, String... rest) {
    return Stream.of(new String[] {command}, options, rest)
        .flatMap(Stream::of)
        .toArray(String[]::new);
  }

  @Test
  void aReplacedFileKeepsItsMode() throws IOException {
    encrypt();
    Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rw-------");
    Files.createFile(Path.of(out), PosixFilePermissions.asFileAttribute(ownerOnly));
    assertEquals(0, cli.run("decrypt", "--key", "orders", "--force", sealed, out).code());
    assertEquals(ownerOnly, Files.getPosixFilePermissions(Path.of(out)));
  }

  /** As root does for an application, whose user must be able to read it afterwards. */
  @Test
  void aReplacedFileKeepsItsOwnerAndGroup() throws IOException {
    encrypt();
    Path replaced = Files.writeString(Path.of(out), "before");
    UserPrincipalLookupService users = replaced.getFileSystem().getUserPrincipalLookupService();
    PosixFileAttributeView view =
        Files.getFileAttributeView(replaced, PosixFileAttributeView.class);
    try {
      view.setGroup(users.lookupPrincipalByGroupName("daemon"));
      view.setOwner(users.lookupPrincipalByName("nobody"));
    } catch (IOException e) {
      abort("only root can make such a file");
    }
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-r-----");
    view.setPermissions(mode);
    assertEquals(0, decrypt("--force").code());
    assertEquals(0, cli.run("encrypt", "--key", "orders", "--force", in, out).code());
    PosixFileAttributes now = view.readAttributes();
    assertEquals("nobody", now.owner().getName());
    assertEquals("daemon", now.group().getName());
    assertEquals(mode, now.permissions());
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new TreeSet<>(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  private void encrypt(String... more) {
    Cli.Result result = cli.run(with(List.of("encrypt", "--key", "orders", in, sealed), more));
    assertEquals(0, result.code(), result.err());
    assertEquals("", result.out() + result.err());
  }

  private static String[] with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toArray(String[]::new);
  }

  private Cli.Result decrypt(String... more) {
    return cli.run(with(List.of("decrypt", "--key", "orders", sealed, out), more));
  }

  @Test
  void whatIsEncryptedIsDecrypted() throws IOException {
    encrypt();
    assertEquals(0, decrypt().code());
    assertArrayEquals(plain, Files.readAllBytes(Path.of(out)));
  }

  @Test
  void anObjectFromBeforeARotationIsDecrypted() throws IOException {
    encrypt();
    cli.run("keys", "rotate", "orders");
    assertEquals(0, decrypt().code());
    assertArrayEquals(plain, Files.readAllBytes(Path.of(out)));
  }

  @Test
  void aRefusedObjectLeavesNothing() throws IOException {
    encrypt();
    byte[] object = Files.readAllBytes(Path.of(sealed));
    Set<String> before = files();
    for (int at : new int[] {0, 20, 200, 300, 60_000, object.length - 1}) {
      byte[] altered = object.clone();
      altered[at] ^= 1;
      Files.write(Path.of(sealed), altered);
      Cli.Result result = decrypt();
      assertEquals(ExitCode.FAILED, result.code());
      assertEquals(1, result.err().lines().count(), result.err());
      assertTrue(result.err().contains("does not open"), result.err());
      assertEquals(before, files());
    }
  }

  @Test
  void whatIsNoObjectIsCalledSo() throws IOException {
    for (byte[] other :
        new byte[][] {{}, {'K', 'H'}, "%PDF-1.7 something".getBytes(StandardCharsets.UTF_8)}) {
      Files.write(Path.of(sealed), other);
      Cli.Result result = decrypt();
      assertEquals(ExitCode.FAILED, result.code());
      assertTrue(result.err().contains("it is not a Keyhold object"), result.err());
    }
  }

  @Test
  void aRefusalNamesTheOptions() throws IOException {
    encrypt("--iv-hex", "000102030405060708090a0b");
    String err = decrypt().err();
    for (String option : List.of("--iv-hex", "--aad", "--aad-file", "--tenant")) {
      assertTrue(err.contains(option), err);
    }
  }

  @Test
  void aKeyOrModeThatTheAliasDoesNotListIsNamed() throws IOException {
    encrypt();
    cli.run("keys", "create", "other");
    Cli.Result other = cli.run("decrypt", "--key", "other", sealed, out);
    assertEquals(ExitCode.FAILED, other.code());
    assertTrue(other.err().contains("key.other.decrypt-with"), other.err());
    cli.configure(
        "backend.local.password = file:password.txt\nkey.orders = local\nkey.orders.data-keys = epoch");
    String mode = decrypt().err();
    assertTrue(mode.contains("key.orders.decrypt-with"), mode);
    assertTrue(mode.contains("data-keys = per-object"), mode);
  }

  @Test
  void verboseSaysWhy() throws IOException {
    encrypt();
    byte[] object = Files.readAllBytes(Path.of(sealed));
    object[object.length - 1] ^= 1;
    Files.write(Path.of(sealed), object);
    String err = decrypt("--verbose").err();
    assertTrue(err.contains("the tag of chunk 6 is wrong"), err);
    assertTrue(err.contains("caused by"), err);
  }

  @Test
  void aadIsBound() throws IOException {
    Path aad = Files.writeString(folder.resolve("aad"), "invoice 7");
    encrypt("--aad", "invoice 7");
    assertEquals(ExitCode.FAILED, decrypt().code());
    assertEquals(ExitCode.FAILED, decrypt("--aad", "invoice 8").code());
    assertEquals(0, decrypt("--aad-file", aad.toString()).code());
    assertEquals(0, decrypt("--aad", "invoice 7", "--force").code());
    assertEquals(ExitCode.USAGE, decrypt("--aad", "a", "--aad-file", aad.toString()).code());
  }

  @Test
  void anObjectOfACipherIsDecryptedWithItsIv() throws IOException, GeneralSecurityException {
    String iv;
    try (KeyholdProvider provider = new KeyholdProvider().configure(cli.config().toString())) {
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(null, null);
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(Cipher.ENCRYPT_MODE, keys.getKey("orders", null));
      Files.write(Path.of(sealed), cipher.doFinal(plain));
      iv = HexFormat.of().formatHex(cipher.getIV());
    }
    assertEquals(ExitCode.FAILED, decrypt().code());
    assertEquals(ExitCode.USAGE, decrypt("--iv-hex", "xyz").code());
    assertEquals(0, decrypt("--iv-hex", iv).code());
    assertArrayEquals(plain, Files.readAllBytes(Path.of(out)));
  }

  @Test
  void nothingIsOverwrittenUnlessForced() throws IOException {
    encrypt();
    Files.writeString(Path.of(out), "precious");
    Cli.Result refused = decrypt();
    assertEquals(ExitCode.FAILED, refused.code());
    assertTrue(refused.err().contains("--force"), refused.err());
    assertEquals("precious", Files.readString(Path.of(out)));
    assertEquals(ExitCode.FAILED, decrypt("--force", "--aad", "wrong").code());
    assertEquals("precious", Files.readString(Path.of(out)));
    assertEquals(0, decrypt("--force").code());
    assertArrayEquals(plain, Files.readAllBytes(Path.of(out)));
  }

  @Test
  void aFileMayBeReplacedByItsOwnObject() throws IOException {
    assertEquals(0, cli.run("encrypt", "--key", "orders", in, in, "--force").code());
    assertEquals(0, cli.run("decrypt", "--key", "orders", in, out).code());
    assertArrayEquals(plain, Files.readAllBytes(Path.of(out)));
  }

  @Test
  void aLinkIsFollowed() throws IOException {
    Path real = Files.writeString(folder.resolve("real"), "old");
    Files.createSymbolicLink(Path.of(sealed), real);
    encrypt("--force");
    assertTrue(Files.isSymbolicLink(Path.of(sealed)));
    assertTrue(Files.size(real) > plain.length);
  }

  @Test
  void standardStreamsServe() {
    Cli.Result object = cli.input(plain).run("encrypt", "--key", "orders", "-", "-");
    assertEquals(0, object.code(), object.err());
    Cli.Result result = cli.input(object.bytes()).run("decrypt", "--key", "orders", "-", "-");
    assertEquals(0, result.code(), result.err());
    assertArrayEquals(plain, result.bytes());
  }

  @Test
  void standardOutputHasNoByteBeyondAFault() {
    byte[] object = cli.input(plain).run("encrypt", "--key", "orders", "-", "-").bytes();
    object[object.length / 2] ^= 1;
    Cli.Result result = cli.input(object).run("decrypt", "--key", "orders", "-", "-");
    assertEquals(ExitCode.FAILED, result.code());
    assertTrue(result.bytes().length < plain.length / 2);
  }

  @Test
  void placesThatCannotBeWrittenAreRefused() {
    String missing = folder.resolve("no/folder").toString();
    assertEquals(ExitCode.FAILED, cli.run("encrypt", "--key", "orders", in, missing).code());
    String self = folder.toString();
    assertEquals(
        ExitCode.FAILED, cli.run("encrypt", "--key", "orders", in, self, "--force").code());
    assertEquals(ExitCode.FAILED, cli.run("encrypt", "--key", "orders", self, out).code());
    Cli.Result absent = cli.run("encrypt", "--key", "orders", missing, out);
    assertEquals("keyhold: " + missing + " does not exist\n", absent.err());
    assertFalse(Files.exists(Path.of(out)));
  }

  @Test
  void aKeyForMacEncryptsNothing() throws IOException {
    cli.run("keys", "create", "tokens", "--algorithm", "HmacSHA256");
    Set<String> before = files();
    assertEquals(ExitCode.FAILED, cli.run("encrypt", "--key", "tokens", in, sealed).code());
    assertEquals(before, files());
  }

  @Test
  void progressIsShownWhereItIsWanted() {
    Cli.Result forced = cli.run("encrypt", "--key", "orders", "--progress", in, sealed);
    assertTrue(forced.err().contains("100%"), forced.err());
    Cli.Result quick = cli.onTerminal().run("decrypt", "--key", "orders", sealed, out);
    assertEquals(0, quick.code());
    assertFalse(quick.err().contains("100%"), "short work needs no bar");
  }

  @Test
  void noSecretIsInAnyOutput() throws IOException {
    StringBuilder seen = new StringBuilder();
    byte[] secret = "the secret plaintext".getBytes(StandardCharsets.UTF_8);
    Files.write(Path.of(in), secret);
    for (List<String> command :
        List.of(
            List.of("keys", "show", "orders", "--json"),
            List.of("encrypt", "--key", "orders", in, sealed),
            List.of("inspect", sealed),
            List.of("decrypt", "--key", "orders", "--aad", "wrong", sealed, out),
            List.of("keys", "create", "orders"),
            List.of("keys", "rotate", "none"))) {
      Cli.Result result = cli.run(with(command, "--verbose"));
      seen.append(result.out()).append(result.err());
    }
    Files.writeString(folder.resolve("password.txt"), Cli.PASSWORD + "-wrong");
    Cli.Result wrong = cli.run("keys", "list", "--verbose");
    assertEquals(ExitCode.CONFIGURATION, wrong.code());
    seen.append(wrong.err());
    assertFalse(seen.toString().contains(Cli.PASSWORD));
    assertFalse(seen.toString().contains("secret plaintext"));
  }

  @Test
  void whatAKilledProcessLeftIsRemovedByTheNextOne() throws Exception {
    Path left = Files.createFile(folder.resolve(".keyhold-" + "0".repeat(32) + ".part"));
    Path other = Files.createFile(folder.resolve(".keyhold-notes.part"));
    try (FileOutput living = FileOutput.create(folder.resolve("living"), false)) {
      living.stream().write(plain);
      encrypt();
      assertFalse(Files.exists(left));
      assertTrue(Files.exists(other));
      living.commit();
    }
    assertArrayEquals(plain, Files.readAllBytes(folder.resolve("living")));
  }

  @Test
  void untilItIsCompleteOnlyItsOwnerMayReadAFile() throws Exception {
    Set<PosixFilePermission> usual =
        Files.getPosixFilePermissions(Files.createFile(folder.resolve("usual")));
    Set<String> before = files();
    try (FileOutput output = FileOutput.create(Path.of(out), false)) {
      output.stream().write(plain);
      Set<String> now = files();
      now.removeAll(before);
      assertEquals(1, now.size(), now.toString());
      String part = now.iterator().next();
      assertTrue(part.matches("\\.keyhold-[0-9a-f]{32}\\.part"), part);
      assertEquals(
          PosixFilePermissions.fromString("rw-------"),
          Files.getPosixFilePermissions(folder.resolve(part)));
      output.commit();
    }
    assertEquals(usual, Files.getPosixFilePermissions(Path.of(out)));
  }

  @Test
  void anObjectIsNotSprayedAtATerminal() {
    Cli.Result refused = cli.onTerminal().run("encrypt", "--key", "orders", in, "-");
    assertEquals(ExitCode.USAGE, refused.code());
    assertEquals(0, refused.bytes().length);
    assertTrue(refused.err().contains("is a terminal"), refused.err());
    assertEquals(0, cli.run("encrypt", "--key", "orders", "--force", in, "-").code());
  }

  @Test
  void aNameMayBeAsLongAsNamesCanBe() throws IOException {
    String name = cli.path("n".repeat(255));
    assertEquals(0, cli.run("encrypt", "--key", "orders", in, name).code());
    assertEquals(0, cli.run("decrypt", "--key", "orders", name, out).code());
    assertArrayEquals(plain, Files.readAllBytes(Path.of(out)));
  }

  @Test
  void aFullDiskNamesTheFile() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")));
    FileSystemException told =
        (FileSystemException)
            WholeFile.about(Path.of(out), new IOException("No space left on device"));
    assertEquals(out + ": No space left on device", told.getMessage());
  }
}
