package dev.keyhold.keystore.awskms;

import static dev.keyhold.keystore.awskms.KmsStub.ARN;
import static dev.keyhold.keystore.awskms.KmsStub.SECRET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.ScheduledRotation;
import dev.keyhold.keystore.facet.Signatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no emulator does: a stub of the JSON protocol that answers as it is told. */
class AwsKmsFaultsTest {
  private static final WrapContext CONTEXT = new WrapContext(Map.of("keyhold-binding", "orders"));

  private final KmsStub stub = KmsStub.start();
  private final Backend backend = stub.backend(Duration.ofSeconds(5));

  @AfterEach
  void stop() {
    backend.close();
    stub.close();
  }

  private BackendException failureOfWrap(Backend from) {
    return assertThrows(
        BackendException.class,
        () -> from.require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
  }

  @ParameterizedTest
  @CsvSource({
    "400 ThrottlingException Rate exceeded, UNAVAILABLE",
    "500 KMSInternalException try again, UNAVAILABLE",
    "503 DependencyTimeoutException slow, UNAVAILABLE",
    "500 KeyUnavailableException later, UNAVAILABLE",
    "502 Unheard ofThis, UNAVAILABLE",
    "400 AccessDeniedException not authorized, DENIED",
    "409 DisabledException it is disabled, DENIED",
    "409 KMSInvalidStateException is pending deletion, DENIED",
    "409 KMSInvalidStateException the key store is unavailable, UNAVAILABLE",
    "400 NotFoundException gone, NOT_FOUND",
    "400 InvalidCiphertextException x, BAD_CIPHERTEXT",
    "400 IncorrectKeyException x, BAD_CIPHERTEXT",
    "400 InvalidKeyUsageException x, UNSUPPORTED",
    "409 ConflictException busy, DENIED",
    "400 InvalidGrantTokenException x, MISCONFIGURED",
    "400 InvalidSignatureException Signature expired: 20261125T000000Z is now earlier than, MISCONFIGURED",
    "400 UnrecognizedClientException wJalrXUtnFEMI-not-for-messages, MISCONFIGURED",
    "403 SignatureDoesNotMatch wJalrXUtnFEMI-not-for-messages, MISCONFIGURED",
    "400 ExpiredTokenException wJalrXUtnFEMI-not-for-messages, MISCONFIGURED"
  })
  void errorsAreSortedAndTriedOnce(String error, Reason reason) {
    stub.fault = error;
    BackendException e = failureOfWrap(backend);
    assertEquals(reason, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains("request-4711"), e.getMessage());
    assertEquals(1, stub.count("Encrypt"));
    for (Throwable t = e; t != null; t = t.getCause()) {
      assertFalse(t.toString().contains(SECRET), t.toString());
    }
    if (error.contains("Signature expired")) {
      assertTrue(e.getMessage().contains("clock"), e.getMessage());
    }
    if (error.contains("AccessDenied")) {
      assertTrue(e.getMessage().contains("kms:Encrypt on " + ARN + "k"), e.getMessage());
    }
  }

  @Test
  void aChangeThatStandsIsToldFromOneThatFailed() throws BackendException {
    stub.unreadableAfter = "RotateKeyOnDemand";
    BackendException e =
        assertThrows(
            BackendException.class, () -> backend.require(Rotation.class).rotate("orders"));
    assertEquals(1, stub.count("RotateKeyOnDemand"));
    assertTrue(e.getMessage().contains("the change was made and stands"), e.getMessage());
    assertTrue(e.getMessage().contains("do not repeat"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"hang", "reset", "half"})
  void aBrokenConnectionIsUnavailableInTime(String what) {
    stub.fault = what;
    try (Backend hasty = stub.backend(Duration.ofSeconds(3))) {
      long start = System.nanoTime();
      assertEquals(Reason.UNAVAILABLE, failureOfWrap(hasty).reason());
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20), "it hung");
      assertEquals(1, stub.count("Encrypt"));
    }
  }

  @Test
  void anInterruptedCallEnds() throws Exception {
    stub.fault = "hang";
    AtomicReference<BackendException> failure = new AtomicReference<>();
    Thread caller = new Thread(() -> failure.set(failureOfWrap(backend)));
    caller.start();
    for (int i = 0; i < 200 && !stub.calls.contains("Encrypt"); i++) {
      Thread.sleep(20);
    }
    caller.interrupt();
    caller.join(3000);
    assertFalse(caller.isAlive());
    assertEquals(Reason.UNAVAILABLE, failure.get().reason());
    assertTrue(failure.get().getCause() instanceof InterruptedException);
  }

  @Test
  void anObjectIsOneCall() throws Exception {
    for (int i = 0; i < 5; i++) {
      WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      assertEquals(WrapMechanism.SERVICE, wrapped.mechanism());
      backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT);
      assertEquals(ARN + "k", backend.identity("orders"));
    }
    assertEquals(5, stub.count("Encrypt"));
    assertEquals(5, stub.count("Decrypt"));
    assertEquals(1, stub.count("DescribeKey"));
    assertEquals(11, stub.calls.size());
    String decrypt = stub.body("Decrypt");
    assertTrue(decrypt.contains("\"KeyId\":\"" + ARN + "k\""), decrypt);
    assertTrue(decrypt.contains("\"keyhold-binding\":\"orders\""), decrypt);
  }

  @Test
  void everyPageIsListed() throws Exception {
    String alias = "{\"AliasName\":\"alias/%s\",\"TargetKeyId\":\"%s\"}";
    stub.answers.put(
        "ListAliases",
        "{\"Aliases\":[%s,%s],\"Truncated\":true,\"NextMarker\":\"page-2\"}"
            .formatted(alias.formatted("b", "k"), alias.formatted("aws/ebs", "e")));
    stub.answers.put(
        "ListAliases 2",
        "{\"Aliases\":[%s],\"Truncated\":false}".formatted(alias.formatted("a", "l")));
    String entry = "{\"KeyId\":\"%s\",\"KeyArn\":\"" + ARN + "%s\"}";
    stub.answers.put(
        "ListKeys",
        "{\"Keys\":[%s],\"Truncated\":true,\"NextMarker\":\"page-2\"}"
            .formatted(entry.formatted("k", "k")));
    stub.answers.put("ListKeys 2", "{\"Keys\":[%s]}".formatted(entry.formatted("l", "l")));
    assertEquals(List.of("a", "b"), backend.list().stream().map(k -> k.name()).toList());
  }

  @Test
  void mlDsaSignsTheMessageItself() throws Exception {
    stub.key("ML_DSA_65", "SIGN_VERIFY");
    stub.answers.put("Sign", "{\"Signature\":\"AQID\"}");
    byte[] signature =
        backend.require(Signatures.class).sign("orders", SignatureAlgorithm.ML_DSA, new byte[100]);
    assertArrayEquals(new byte[] {1, 2, 3}, signature);
    String sent = stub.body("Sign");
    assertTrue(sent.contains("ML_DSA_SHAKE_256") && sent.contains("\"RAW\""), sent);
    BackendException e =
        assertThrows(
            BackendException.class,
            () ->
                backend
                    .require(Signatures.class)
                    .sign("orders", SignatureAlgorithm.ML_DSA, new byte[4097]));
    assertEquals(Reason.UNSUPPORTED, e.reason());
  }

  @Test
  void aMultiRegionKeyHasOneIdentityEverywhere() throws Exception {
    String there = "arn:aws:kms:us-east-1:111122223333:key/mrk-0123";
    String here = "arn:aws:kms:eu-west-1:111122223333:key/mrk-0123";
    assertEquals(Optional.of(here), backend.nameOf(KeyUri.parse("aws-kms:" + there)));
    assertEquals(backend.identity(here), AwsKmsUri.identity(there));
    assertEquals(Optional.of("orders"), backend.nameOf(KeyUri.parse("aws-kms:alias/orders")));
    assertEquals(Optional.of(ARN + "k"), backend.nameOf(KeyUri.parse("aws-kms:" + ARN + "k")));
    assertTrue(
        backend
            .nameOf(KeyUri.parse("aws-kms:" + ARN.replace("eu-west", "us-east") + "k"))
            .isEmpty());
  }

  @Test
  void thatReplicasOpenTooIsSaidOfAMultiRegionKey() throws Exception {
    String key = KmsStub.described("mrk-0123", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    stub.answers.put("DescribeKey", key.replace("\"KeyId\"", "\"MultiRegion\":true,\"KeyId\""));
    assertEquals("HSM, multi-Region", backend.describe("orders").attributes().protection());
  }

  @Test
  void keysAreReadSeveralAtOnce() throws Exception {
    StringBuilder entries = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      entries.append(i == 0 ? "" : ",");
      entries.append("{\"KeyId\":\"k%d\",\"KeyArn\":\"%sk%d\"}".formatted(i, ARN, i));
    }
    stub.answers.put("ListKeys", "{\"Keys\":[" + entries + "]}");
    stub.answers.put("ListAliases", "{\"Aliases\":[]}");
    stub.together = new CountDownLatch(4);
    assertEquals(16, backend.list().size());
  }

  @Test
  void anAliasThatMovedIsFollowedOnceItsAgeIsOver() throws Exception {
    try (Backend forgetful =
        stub.backend(Optional.empty(), List.of(), Duration.ofSeconds(5), Duration.ofMillis(1))) {
      assertEquals(ARN + "k", forgetful.identity("orders"));
      stub.key("other", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
      while (!forgetful.identity("orders").equals(ARN + "other")) {
        Thread.onSpinWait();
      }
      assertEquals(ARN + "k", backendThatRemembers());
    }
  }

  /** One whose aliases are younger than its minute. */
  private String backendThatRemembers() throws BackendException {
    stub.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    backend.identity("orders");
    stub.key("other", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    return backend.identity("orders");
  }

  @Test
  void grantTokensGoWithEachUse() throws Exception {
    try (Backend granted =
        stub.backend(
            Optional.empty(), List.of("t1", "t2"), Duration.ofSeconds(5), Duration.ofSeconds(60))) {
      WrappedKey wrapped = granted.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      granted.require(Keks.class).unwrap("orders", wrapped, CONTEXT);
      for (String action : List.of("DescribeKey", "Encrypt", "Decrypt")) {
        assertTrue(stub.body(action).contains("\"GrantTokens\":[\"t1\",\"t2\"]"), action);
      }
    }
  }

  @Test
  void theProfileThatIsNamedIsUsedWhateverTheEnvironmentHas(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("credentials");
    Files.writeString(
        file, "[ops]\naws_access_key_id = AKIAOFTHEPROFILE0000\naws_secret_access_key = s3cret\n");
    System.setProperty("aws.sharedCredentialsFile", file.toString());
    try (Backend ops =
            stub.backend(
                Optional.of("ops"), List.of(), Duration.ofSeconds(5), Duration.ofSeconds(60));
        Backend none =
            stub.backend(
                Optional.of("none"), List.of(), Duration.ofSeconds(5), Duration.ofSeconds(60))) {
      ops.identity("orders");
      assertTrue(stub.signers.get(0).contains("AKIAOFTHEPROFILE0000"), stub.signers.get(0));
      BackendException e = assertThrows(BackendException.class, () -> none.identity("orders"));
      assertEquals(Reason.MISCONFIGURED, e.reason());
      assertEquals(1, stub.calls.size());
    } finally {
      System.clearProperty("aws.sharedCredentialsFile");
    }
  }

  @Test
  void aKeyThatCouldNotBeNamedIsNotLeftBehind() throws Exception {
    stub.faults.put("DescribeKey", "400 NotFoundException none");
    stub.answers.put("CreateKey", KmsStub.described("new", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"));
    KeyRequest request = new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
    assertEquals(ARN + "new", backend.require(KeyMaking.class).create(request).identity());
    assertTrue(stub.body("CreateKey").contains("\"MultiRegion\":true"), stub.body("CreateKey"));
    stub.faults.put("CreateAlias", "400 LimitExceededException full");
    BackendException e =
        assertThrows(
            BackendException.class, () -> backend.require(KeyMaking.class).create(request));
    assertTrue(e.getMessage().contains(ARN + "new"), e.getMessage());
    assertTrue(e.getMessage().contains("was scheduled"), e.getMessage());
    assertTrue(stub.body("ScheduleKeyDeletion").contains(ARN + "new"));
  }

  @ParameterizedTest
  @CsvSource({"hang", "reset", "half", "503 DependencyTimeoutException slow"})
  void aKeyIsAskedForOnceWhateverHappens(String what) {
    stub.faults.put("DescribeKey", "400 NotFoundException none");
    stub.faults.put("CreateKey", what);
    KeyRequest request = new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
    try (Backend hasty = stub.backend(Duration.ofSeconds(3))) {
      BackendException e =
          assertThrows(
              BackendException.class, () -> hasty.require(KeyMaking.class).create(request));
      assertEquals(Reason.UNAVAILABLE, e.reason(), e.getMessage());
      assertEquals(1, stub.count("CreateKey"));
    }
  }

  @Test
  void aNameThatWasGivenWithoutAnAnswerIsKept() throws Exception {
    stub.faults.put("DescribeKey", "400 NotFoundException none");
    stub.answers.put("CreateKey", KmsStub.described("new", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"));
    stub.key("new", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    stub.namedAfter = "CreateAlias";
    stub.faults.put("CreateAlias", "reset");
    KeyRequest request = new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
    assertEquals(ARN + "new", backend.require(KeyMaking.class).create(request).identity());
    assertEquals(0, stub.count("ScheduleKeyDeletion"));
  }

  @Test
  void theServiceRotatesByItself() throws Exception {
    backend.require(ScheduledRotation.class).rotateEvery("orders", Duration.ofDays(90));
    assertTrue(stub.body("EnableKeyRotation").contains("\"RotationPeriodInDays\":90"));
    backend.require(ScheduledRotation.class).rotateEvery("orders", Duration.ZERO);
    assertEquals(1, stub.count("DisableKeyRotation"));
    for (Duration wrong :
        List.of(Duration.ofDays(89), Duration.ofDays(2561), Duration.ofHours(2161))) {
      BackendException e =
          assertThrows(
              BackendException.class,
              () -> backend.require(ScheduledRotation.class).rotateEvery("orders", wrong));
      assertEquals(Reason.UNSUPPORTED, e.reason());
    }
  }

  @Test
  void anAnswerWithoutItsContentIsNone() throws Exception {
    for (String action : List.of("Encrypt", "DescribeKey")) {
      stub.answers.put(action, "{}");
      try (Backend fresh = stub.backend(Duration.ofSeconds(5))) {
        assertEquals(Reason.UNAVAILABLE, failureOfWrap(fresh).reason(), action);
      }
    }
  }

  @Test
  void whatAnEmulatorDoesNotOfferIsUnsupportedAndLeftOut() throws Exception {
    stub.answers.put(
        "DescribeKey",
        "{\"KeyMetadata\":{\"KeyId\":\"k\",\"Arn\":\"%sk\",\"CustomerMasterKeySpec\":\"SYMMETRIC_DEFAULT\",\"KeyUsage\":\"ENCRYPT_DECRYPT\",\"KeyState\":\"Enabled\"}}"
            .formatted(ARN));
    stub.fault = "501 InternalFailure not yet implemented";
    assertEquals(KeySpec.AES_256, backend.describe("orders").spec());
    assertEquals(Reason.UNSUPPORTED, failureOfWrap(backend).reason());
  }
}
