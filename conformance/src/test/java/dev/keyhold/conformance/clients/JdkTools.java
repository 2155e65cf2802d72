package dev.keyhold.conformance.clients;

import dev.keyhold.conformance.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The JDK's keytool and jarsigner, as processes, with Keyhold first among their providers. */
final class JdkTools {
  private final List<String> java;

  /** Tools that use a configuration; their own files go into a folder. */
  JdkTools(Path folder, Path configuration) throws IOException {
    java =
        List.of(
            "-J-Djava.security.properties=" + Jvm.javaSecurity(folder, 1, configuration),
            "-J--class-path=" + Jvm.jars(Jvm.distribution()),
            // else the tools see java.base and few others, and a client of AWS no java.net.http
            "-J--add-modules=ALL-DEFAULT");
  }

  Jvm.Result run(String tool, String command) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(java);
    arguments.addAll(Arrays.asList(command.strip().split(" +", -1)));
    return Jvm.run(tool, arguments.toArray(String[]::new));
  }

  /** The output of a command of keytool that succeeds. */
  String keytool(String command) throws IOException, InterruptedException {
    return run("keytool", command).successful();
  }

  /** The options of keytool for a key store of Keyhold; {@code NONE} is the backends' keys. */
  static String store(String name) {
    return " -keystore " + name + " -storetype Keyhold -storepass changeit ";
  }
}
