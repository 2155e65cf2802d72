package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Libraries that use keys of several kinds, each in a JVM with a class path of its own. */
@Tag("apps")
@Timeout(300)
class ApplicationsWithKeysTest {
  @TempDir Path folder;

  /** What a program of {@code libraries} says of each call, of which there are some. */
  private static Map<String, String> results(Path configuration, String program, Path folder)
      throws Exception {
    String output = ApplicationJvm.run("libraries", configuration, program, List.of(), folder);
    assertTrue(output.strip().endsWith("OK"), output);
    Map<String, String> results = new LinkedHashMap<>();
    output
        .lines()
        .map(line -> line.split("\t", -1))
        .filter(parts -> parts[0].equals("RESULT"))
        .forEach(parts -> results.put(parts[1], parts[2]));
    return results;
  }

  private static void is(String name, String jar, String call, String result) throws Exception {
    String version = ApplicationJvm.version(ApplicationJvm.classPath("libraries"), jar);
    Compatibility.is(
        Place.SOFTWARE, new Row(Table.APPLICATIONS, name + " " + version, call), result);
  }

  @Test
  void sshHostAndUserKeys() throws Exception {
    try (Site site =
        Site.of(
            Place.SOFTWARE,
            folder,
            Place.SOFTWARE.open(folder),
            Scheme.P256,
            Scheme.P384,
            Scheme.RSA_PKCS1)) {
      Map<String, String> results =
          results(site.folder().resolve("keyhold.properties"), "Ssh.java", folder);
      assertEquals(2, results.size(), results.toString());
      for (Map.Entry<String, String> result : results.entrySet()) {
        assertEquals(Compatibility.YES, result.getValue(), result.toString());
        is("Apache MINA SSHD", "sshd-core", result.getKey(), result.getValue());
      }
    }
  }

  /** As DIFFERENCES says of XML encryption and of the order of providers. */
  @Test
  void xmlSignaturesAndEncryption() throws Exception {
    Path configuration = KeyholdConfig.of(BackendKind.SOFTWARE, folder).write();
    Map<String, String> results = results(configuration, "XmlSecurity.java", folder);
    assertEquals(
        Map.of(
            "XMLSignature ecdsa-sha256", Compatibility.YES,
            "XMLSignature rsa-sha256", Compatibility.YES,
            "XMLSignature sha256-rsa-MGF1", "Keyhold first",
            "XMLCipher rsa-oaep-mgf1p and aes256-gcm, private key", Compatibility.YES,
            "XMLCipher aes256-gcm, secret key", "for Keyhold alone"),
        results);
    for (Map.Entry<String, String> result : results.entrySet()) {
      is("Apache Santuario", "xmlsec", result.getKey(), result.getValue());
    }
  }
}
