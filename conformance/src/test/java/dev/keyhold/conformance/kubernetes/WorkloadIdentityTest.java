package dev.keyhold.conformance.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.Jvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The EKS variant's configuration with nothing to prove who it is but a service account's token, as
 * EKS hands it to a pod; moto is both STS and KMS.
 */
class WorkloadIdentityTest {
  @TempDir Path folder;

  @Test
  void theTokenOfAServiceAccountReachesTheKey() throws Exception {
    Path jars = Path.of(System.getProperty("keyhold.aws-identity", "target/aws-identity"));
    Jvm.Result created = createKey(Jvm.distribution() + "/*:" + jars.toAbsolutePath() + "/*");
    assertEquals(0, created.exitCode(), created.output());
    // the account of the role, which only STS can have told
    assertTrue(created.output().contains("arn:aws:kms:eu-west-1:111122223333:key/"));
  }

  /** Or the README would ask for jars that nobody needs. */
  @Test
  void withoutItsJarsItDoesNot() throws Exception {
    Jvm.Result refused = createKey(Jvm.distribution() + "/*");
    assertNotEquals(0, refused.exitCode(), refused.output());
    assertTrue(refused.output().contains("no AWS credentials"), refused.output());
  }

  private Jvm.Result createKey(String classPath) throws IOException, InterruptedException {
    String moto = AwsEmulator.MOTO.empty().get("endpoint");
    Variant eks =
        Variant.all().filter(variant -> variant.toString().equals("eks")).findFirst().orElseThrow();
    eks.pod().layOut(folder);
    String role =
        eks.all("ServiceAccount")
            .get(0)
            .at("metadata", "annotations", "eks.amazonaws.com/role-arn")
            .text();
    Path token = Files.writeString(folder.resolve("token"), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.");
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            "dev.keyhold.cli.Main",
            "keys",
            "create",
            "orders");
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("AWS_"));
    String file = eks.pod().environment().get("KEYHOLD_CONFIG").substring(1);
    environment.put("KEYHOLD_CONFIG", folder.resolve(file).toString());
    environment.put("KEYHOLD_BACKEND_AWS_ENDPOINT", moto);
    environment.put("AWS_ENDPOINT_URL_STS", moto);
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    // what EKS puts into the pods of an account with such an annotation
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ROLE_ARN", role);
    environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    int exitCode = process.waitFor();
    return new Jvm.Result(exitCode, new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
  }
}
