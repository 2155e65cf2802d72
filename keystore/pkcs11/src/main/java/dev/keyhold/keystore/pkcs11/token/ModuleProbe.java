package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.pkcs11.library.Module;
import dev.keyhold.keystore.pkcs11.library.TokenInfo;
import dev.keyhold.keystore.pkcs11.library.TokenProbe;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Checks, in a short-lived process, whether a newly loaded library shows a token. A JVM never
 * unloads a copy of a library, so each attempt in this process would cost memory. No PIN is sent.
 */
public final class ModuleProbe implements TokenConnection.Prober {
  private static final Logger LOG = System.getLogger(ModuleProbe.class.getPackageName());
  private static final Duration LONGEST = Duration.ofSeconds(8);
  private static final String CLASS_FILE = TokenProbe.class.getName().replace('.', '/') + ".class";

  private final String label;
  private final String initArgs;

  public ModuleProbe(String label, String initArgs) {
    this.label = label;
    this.initArgs = initArgs;
  }

  @Override
  public void requireToken(Path library) throws BackendException {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("keyhold-probe-");
      String printed = run(library, folder);
      Set<String> labels = labels(printed);
      if (!labels.contains(label)) {
        throw absent(labels, printed);
      }
    } catch (IOException e) {
      // a library that can't be checked is tried
      LOG.log(Level.DEBUG, "no process can be started to look for the token", e);
    } catch (InterruptedException e) {
      throw Interrupts.waitingFor("the token", e);
    } finally {
      delete(folder);
    }
  }

  private String run(Path library, Path folder)
      throws IOException, InterruptedException, BackendException {
    Path classFile = folder.resolve(CLASS_FILE);
    Files.createDirectories(classFile.getParent());
    try (InputStream in = TokenProbe.class.getResourceAsStream("TokenProbe.class")) {
      if (in == null) {
        throw new IOException("no class file of " + TokenProbe.class.getName());
      }
      Files.copy(in, classFile);
    }
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            folder.toString(),
            TokenProbe.class.getName(),
            new Module(library, initArgs).configuration());
    // they may name an agent of the application
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BackendException(
            Reason.UNAVAILABLE,
            "the PKCS#11 library does not answer within " + LONGEST.toSeconds() + " s");
      }
      return Files.readString(output, StandardCharsets.ISO_8859_1);
    } finally {
      process.destroyForcibly();
    }
  }

  private static Set<String> labels(String printed) {
    return TokenInfo.readAll(printed).stream()
        .map(TokenInfo::label)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private BackendException absent(Set<String> labels, String printed) {
    String failure =
        printed
            .lines()
            .filter(line -> line.startsWith(TokenProbe.FAILURE))
            .map(line -> line.substring(TokenProbe.FAILURE.length()))
            .findFirst()
            .map(text -> " (" + text + ")")
            .orElse("");
    return new BackendException(
        Reason.UNAVAILABLE,
        labels.isEmpty()
            ? "the PKCS#11 library shows no token"
                + failure
                + ": see that the HSM, or its server, is up"
            : "the PKCS#11 library shows no token labelled '"
                + label
                + "', but these: "
                + labels
                + ": see that the HSM is up, or correct the label");
  }

  private static void delete(Path folder) {
    if (folder == null) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a temporary folder remains", e);
    }
  }
}
