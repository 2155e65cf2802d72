package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A program that knows the JDK's API only, in a fresh JVM, with Keyhold in each of its places. */
class EndToEndTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "SOFTWARE, first",
    "SOFTWARE, last",
    "SOFTWARE, configured-later",
    "SOFTWARE, by-property",
    "PKCS11, first",
    "PKCS11, last",
    "GOOGLE_KMS, last"
  })
  void installedByTheProgram(BackendKind kind, String how) throws Exception {
    Path lib = Jvm.distribution();
    Path configuration = KeyholdConfig.of(kind, folder).write();
    List<String> arguments = new ArrayList<>();
    if (how.equals("by-property")) {
      arguments.add("-Dkeyhold.config=" + configuration);
    }
    arguments.addAll(List.of("-cp", Jvm.classPath(lib)));
    runApp(arguments, how, configuration);
  }

  @ParameterizedTest
  @CsvSource({"SOFTWARE, 1", "SOFTWARE, 3", "SOFTWARE, 99", "PKCS11, 99"})
  void registeredInJavaSecurityOnTheClassPath(BackendKind kind, int position) throws Exception {
    Path lib = Jvm.distribution();
    Path configuration = KeyholdConfig.of(kind, folder).write();
    Path security = Jvm.javaSecurity(folder, position, configuration);
    runApp(
        List.of("-Djava.security.properties=" + security, "-cp", lib + "/*"),
        "registered",
        configuration);
  }

  @ParameterizedTest
  @EnumSource(value = BackendKind.class, mode = EnumSource.Mode.EXCLUDE, names = "GOOGLE_KMS")
  void registeredInJavaSecurityOnTheModulePath(BackendKind kind) throws Exception {
    Path lib = Jvm.distribution();
    Path configuration = KeyholdConfig.of(kind, folder).write();
    Path security = Jvm.javaSecurity(folder, 1, configuration);
    runApp(
        List.of(
            "-Djava.security.properties=" + security,
            "-p",
            lib.toString(),
            "--add-modules",
            "dev.keyhold"),
        "registered",
        configuration);
  }

  @ParameterizedTest
  @EnumSource(value = AwsEmulator.class, names = "MOTO")
  void withKeysInAwsKms(AwsEmulator emulator) throws Exception {
    Path lib = Jvm.distribution();
    Path configuration = KeyholdConfig.ofAws(folder, emulator.empty()).write();
    runApp(List.of("-cp", lib + "/*"), "last", configuration);
    Path security = Jvm.javaSecurity(folder, 1, configuration);
    emulator.empty();
    runApp(
        List.of(
            "-Djava.security.properties=" + security,
            "-p",
            lib.toString(),
            "--add-modules",
            "dev.keyhold"),
        "registered",
        configuration);
  }

  private static void runApp(List<String> options, String how, Path configuration)
      throws Exception {
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(List.of(Jvm.program("App.java").toString(), how, configuration.toString()));
    String output = Jvm.run("java", arguments.toArray(String[]::new)).successful();
    assertTrue(output.strip().endsWith("OK Keyhold"), output);
  }
}
