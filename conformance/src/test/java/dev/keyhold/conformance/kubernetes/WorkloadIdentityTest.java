package dev.keyhold.conformance.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The EKS variant's container with nothing to prove who it is but a service account's token, as EKS
 * hands it to a pod; moto is both STS and KMS.
 */
class WorkloadIdentityTest {
  private static final List<String> CREATE = List.of("keyhold", "keys", "create", "orders");

  @TempDir Path folder;
  private final Variant eks =
      Variant.all().filter(variant -> variant.toString().equals("eks")).findFirst().orElseThrow();

  @Test
  void theTokenOfAServiceAccountReachesTheKey() throws Exception {
    Container container = container(true);
    Jvm.Result created = container.run(CREATE);
    assertEquals(0, created.exitCode(), created.output());
    // the account of the role, which only STS can have told
    assertTrue(created.output().contains("arn:aws:kms:eu-west-1:111122223333:key/"));
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      Jvm.Result answer = container.run(command(probe));
      assertEquals(0, answer.exitCode(), probe + ": " + answer.output());
    }
  }

  @Test
  void anOutageMakesThePodUnreadyAndRestartsNothing() throws Exception {
    Container cutOff =
        container(true)
            .with("KEYHOLD_BACKEND_AWS_ENDPOINT", "http://127.0.0.1:1")
            .with("KEYHOLD_BACKEND_AWS_DEADLINE", "1s");
    assertEquals(1, cutOff.run(command("readinessProbe")).exitCode());
    Jvm.Result live = cutOff.run(command("livenessProbe"));
    assertEquals(0, live.exitCode(), live.output());
  }

  /** Or the README would ask for jars that nobody needs. */
  @Test
  void withoutItsJarsItDoesNot() throws Exception {
    Jvm.Result refused = container(false).run(CREATE);
    assertNotEquals(0, refused.exitCode(), refused.output());
    assertTrue(refused.output().contains("no AWS credentials"), refused.output());
  }

  private List<String> command(String probe) {
    return eks.pod().container().at(probe, "exec", "command").texts();
  }

  private Container container(boolean identity) throws IOException {
    String moto = AwsEmulator.MOTO.empty().get("endpoint");
    Node role = eks.all("ServiceAccount").get(0).at("metadata", "annotations");
    Path token = Files.writeString(folder.resolve("token"), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.");
    return new Container(folder, eks.pod(), identity)
        .with("KEYHOLD_BACKEND_AWS_ENDPOINT", moto)
        .with("AWS_ENDPOINT_URL_STS", moto)
        .with("AWS_EC2_METADATA_DISABLED", "true")
        // what EKS puts into the pods of an account with such an annotation
        .with("AWS_REGION", "eu-west-1")
        .with("AWS_ROLE_ARN", role.at("eks.amazonaws.com/role-arn").text())
        .with("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
  }
}
