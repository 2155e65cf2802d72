package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Terminal;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.platform.FileNames;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void configure() throws IOException {
    cli = Cli.in(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keys",
        "keys list",
        "keys show",
        "keys create",
        "keys rotate",
        "encrypt",
        "decrypt",
        "inspect",
        "providerpath",
        "java-security",
        "version"
      })
  void eachCommandTeachesByExamples(String command) {
    Cli.Result help = cli.runBare((command + " --help").split(" "));
    assertEquals(0, help.code(), help.err());
    String examples = help.out().substring(help.out().indexOf("Example"));
    assertTrue(
        examples.contains("keyhold " + command.replaceFirst(" .*", ""))
            || examples.contains("$(keyhold " + command),
        help.out());
    assertTrue(help.out().lines().allMatch(line -> line.length() <= 80), help.out());
  }

  @Test
  void theHelpHasTheExitCodesAndAWholeSession() {
    String help = cli.runBare("--help").out();
    assertTrue(help.contains("Exit codes:"), help);
    assertTrue(help.replaceAll("\\s+", " ").contains("when a backend is lost."), help);
    assertTrue(help.contains("5   the backend is out of reach"), help);
    assertTrue(help.contains("keyhold keys create orders"), help);
  }

  @Test
  void theFirstLineOfEachDescriptionIsAWholeSentence() {
    Context context = new Context(System.in, System.out, System.err, Terminal.ofProcess());
    List<CommandLine> commands = new ArrayList<>(List.of(CommandTree.complete(context)));
    for (int i = 0; i < commands.size(); i++) { // which grows
      String[] description = commands.get(i).getCommandSpec().usageMessage().description();
      assertTrue(description.length > 0, commands.get(i).getCommandName());
      assertTrue(description[0].endsWith("."), description[0]);
      commands.addAll(commands.get(i).getSubcommands().values());
    }
    assertTrue(commands.size() > 20, "commands: " + commands.size());
  }

  /** The command line is first made with the commands that the arguments name. */
  @Test
  void everyCommandIsThereByItsNameAloneAndAmongAll() {
    Context context = new Context(System.in, System.out, System.err, Terminal.ofProcess());
    for (CommandLine command : CommandTree.complete(context).getSubcommands().values()) {
      String name = command.getCommandName();
      assertEquals(ExitCode.OK, cli.runBare(name, "--help").code(), name);
      for (String below : command.getSubcommands().keySet()) {
        assertEquals(
            below, command.getSubcommands().get(below).getCommandSpec().name(), "of " + name);
        Cli.Result wrong = cli.runBare(name, below, "--no-such-option");
        assertTrue(wrong.err().contains("see keyhold " + name + " " + below + " "), wrong.err());
      }
    }
    assertTrue(cli.runBare("--help", "encrypt").out().contains("  decrypt "), "all are listed");
    Cli.Result unknown = cli.runBare("encrpyt", "--key", "keys");
    assertTrue(unknown.err().contains("encrypt"), unknown.err());
    assertTrue(cli.runBare("keys", "lsit", "health").err().contains("list"));
  }

  @Test
  void wrongUsageSaysWhereToReadOn() {
    Cli.Result result = cli.run("encrypt", "--key", "orders", "in");
    assertEquals(ExitCode.USAGE, result.code());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains("see keyhold encrypt --help"), result.err());
    assertEquals(ExitCode.USAGE, cli.runBare().code());
    assertEquals(ExitCode.USAGE, cli.runBare("no-such-command").code());
    assertEquals(ExitCode.USAGE, cli.runBare("keys").code());
  }

  @Test
  void aBadConfigurationIsOneLineThatNamesItsLine() throws IOException {
    cli.configure("backend.local.pasword = env:X");
    Cli.Result result = cli.run("keys", "list");
    assertEquals(ExitCode.CONFIGURATION, result.code());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains("line 4"), result.err());
    Files.delete(cli.config());
    assertEquals(ExitCode.CONFIGURATION, cli.run("keys", "list").code());
  }

  @Test
  void theExitCodeTellsWhatToDo() {
    for (Object[] expected :
        new Object[][] {
          {Reason.MISCONFIGURED, 3},
          {Reason.DENIED, 4},
          {Reason.UNAVAILABLE, 5},
          {Reason.NOT_FOUND, 1},
          {Reason.BAD_CIPHERTEXT, 1},
          {Reason.UNSUPPORTED, 1}
        }) {
      BackendException failure = new BackendException((Reason) expected[0], "test");
      assertEquals(expected[1], ExitCode.of(failure));
      assertEquals(expected[1], ExitCode.of(new InvalidKeyException(failure)));
    }
    assertEquals(3, ExitCode.of(new ConfigurationException("test")));
    assertEquals(1, ExitCode.of(new IOException("test")));
  }

  @Test
  void inspectNeedsNoKeyAndReadsTheHeader() throws IOException {
    cli.run("keys", "create", "orders");
    Files.write(folder.resolve("plain"), new byte[50_000]);
    String sealed = cli.path("sealed");
    cli.run("encrypt", "--key", "orders", cli.path("plain"), sealed);
    JsonObject object =
        JsonParser.parseString(cli.runBare("inspect", sealed, "--json").out()).getAsJsonObject();
    assertEquals(1, object.get("formatVersion").getAsInt());
    assertEquals("single", object.get("combinator").getAsString());
    assertEquals("per-object", object.get("dataKeys").getAsString());
    assertEquals(50_000, object.get("plaintextLength").getAsLong());
    assertFalse(object.get("authenticated").getAsBoolean());
    JsonObject recipient = object.get("recipients").getAsJsonArray().get(0).getAsJsonObject();
    assertEquals("software", recipient.get("backendType").getAsString());
    assertEquals("1", recipient.get("version").getAsString());
    String text = cli.runBare("inspect", sealed).out();
    assertTrue(text.contains("50,000 bytes"), text);
    assertTrue(text.contains(recipient.get("identity").getAsString()), text);
  }

  @Test
  void inspectKnowsWhatIsNoObject() throws IOException {
    for (String content : List.of("", "KHLD", "%PDF-1.7 and more than twelve bytes")) {
      Path file = Files.writeString(folder.resolve("file"), content);
      Cli.Result result = cli.runBare("inspect", file.toString());
      assertEquals(ExitCode.FAILED, result.code());
      assertEquals("", result.out());
      assertEquals(1, result.err().lines().count(), result.err());
    }
    assertEquals(ExitCode.FAILED, cli.runBare("inspect", folder.toString()).code());
    assertEquals(ExitCode.FAILED, cli.runBare("inspect", cli.path("absent")).code());
  }

  @Test
  void aForgedNameDoesNotSteerTheTerminal() throws IOException {
    cli.run("keys", "create", "orders");
    Files.write(folder.resolve("plain"), new byte[10]);
    Path sealed = folder.resolve("sealed");
    cli.run("encrypt", "--key", "orders", cli.path("plain"), sealed.toString());
    String object = Files.readString(sealed, StandardCharsets.ISO_8859_1);
    Files.writeString(
        sealed, object.replaceFirst("software:.", "software:\u001b"), StandardCharsets.ISO_8859_1);
    Cli.Result result = cli.runBare("inspect", sealed.toString());
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("software:\\u001b"), result.out());
    assertFalse(result.out().contains("\u001b"));
  }

  @Test
  void javaSecurityPutsKeyholdBeforeTheOthers() throws IOException {
    cli.configure("backend.local.password = file:password.txt\ngenerate = local");
    Cli.Result result = cli.run("java-security");
    assertEquals(0, result.code(), result.err());
    Properties properties = new Properties();
    properties.load(new StringReader(result.out()));
    assertEquals(
        "dev.keyhold.KeyholdProvider " + cli.config().toAbsolutePath(),
        properties.getProperty("security.provider.1"));
    int count = 0;
    while (Security.getProperty("security.provider." + (count + 1)) != null) {
      count++;
      assertEquals(
          Security.getProperty("security.provider." + count),
          properties.getProperty("security.provider." + (count + 1)));
    }
    assertTrue(count > 5);
    assertEquals(count + 1, properties.size());
    assertFalse(result.out().contains("generate ="));
  }

  @Test
  void javaSecurityRemindsOfGenerate() {
    assertTrue(cli.run("java-security").out().contains("generate = BACKEND"));
  }

  @Test
  void theProviderPathIsAllJarsOfAFolder() throws IOException {
    for (String name : List.of("b.jar", "a.jar", "notes.txt")) {
      Files.createFile(folder.resolve(name));
    }
    assertEquals(
        cli.path("a.jar") + File.pathSeparator + cli.path("b.jar"),
        ProviderPathCommand.jarsOf(folder));
  }

  @Test
  void classesOutsideAJarHaveNoProviderPath() {
    Cli.Result result = cli.runBare("providerpath");
    assertEquals(ExitCode.FAILED, result.code());
    assertTrue(result.err().contains("make dist"), result.err());
  }

  @Test
  void theVersionIsJsonForPrograms() {
    JsonObject version =
        JsonParser.parseString(cli.runBare("version", "--json").out()).getAsJsonObject();
    assertEquals(1, version.get("format").getAsInt());
    assertTrue(version.has("keyhold"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gr\u00f6\u00dfe", "a ${java.home} b", "\u65e5\u672c", " blank "})
  void theJdkReadsBackWhatJavaSecurityWrites(String name) throws IOException {
    Path deep = Files.createDirectory(folder.resolve(name));
    Cli cli = Cli.in(deep);
    Cli.Result written = cli.run("java-security");
    assertEquals(0, written.code(), written.err());
    Properties read = new Properties();
    // as the JDK reads it
    read.load(new ByteArrayInputStream(written.bytes()));
    String line = read.getProperty("security.provider.1");
    String argument = line.substring(line.indexOf(' ') + 1).trim();
    assertFalse(argument.contains("${"), argument);
    assertEquals(cli.config().toAbsolutePath(), FileNames.pathOrUri(argument));
    assertTrue(written.out().chars().allMatch(c -> c < 128), written.out());
  }

  @Test
  void theShortWaysAreShort() {
    Cli.Result version = cli.runBare("-V");
    assertEquals(0, version.code(), version.err());
    assertEquals(1, version.out().lines().count(), version.out());
    assertTrue(version.out().startsWith("keyhold "), version.out());
    assertEquals(version.out(), cli.runBare("--version").out());
    Cli.Result bare = cli.runBare();
    assertEquals(ExitCode.USAGE, bare.code());
    assertTrue(bare.err().lines().count() <= 3, bare.err());
    assertTrue(bare.err().contains("keyhold --help") && bare.err().contains("encrypt"), bare.err());
  }

  @Test
  void withJsonAFailureIsJson() {
    Cli.Result failure = cli.run("keys", "show", "nothing", "--json");
    assertEquals(ExitCode.FAILED, failure.code());
    JsonObject told = JsonParser.parseString(failure.err()).getAsJsonObject();
    assertEquals(ExitCode.FAILED, told.get("exitCode").getAsInt());
    assertTrue(told.get("error").getAsString().contains("nothing"), failure.err());
    Cli.Result usage = cli.run("keys", "show", "--json");
    assertEquals(
        ExitCode.USAGE,
        JsonParser.parseString(usage.err()).getAsJsonObject().get("exitCode").getAsInt());
  }
}
