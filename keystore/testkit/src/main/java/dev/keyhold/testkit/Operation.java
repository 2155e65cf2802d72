package dev.keyhold.testkit;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PasswordProtected;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Purging;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.ScheduledRotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The calls of {@link Backend} and its facets that cross a network with a remote backend. Tests
 * count them and make them fail.
 */
public enum Operation {
  /** {@link Backend#list}, which lists all keys. */
  LIST("list"),
  /** {@link Backend#describe}, which {@code KeyStore.getKey} calls for one key. */
  DESCRIBE("describe"),
  /** {@link Backend#identity}. The answer is cached for a key that exists. */
  IDENTIFY("identity"),
  /** {@link KeyMaking#create}. */
  CREATE("create"),
  /** {@link KeyImport#importKey}. */
  IMPORT("importKey"),
  /** {@link Rotation#rotate}. */
  ROTATE("rotate"),
  /** {@link ScheduledRotation#rotateEvery}. */
  ROTATE_EVERY("rotateEvery"),
  /** {@link Naming#rename}. */
  RENAME("rename"),
  /** {@link Naming#unname}. */
  UNNAME("unname"),
  /** {@link Suspension#disable}. */
  DISABLE("disable"),
  /** {@link Suspension#enable}. */
  ENABLE("enable"),
  /** {@link Destruction#scheduleDestruction}. */
  SCHEDULE_DESTRUCTION("scheduleDestruction"),
  /** {@link Destruction#cancelDestruction}. */
  CANCEL_DESTRUCTION("cancelDestruction"),
  /** {@link Purging#purge}. */
  PURGE("purge"),
  /** {@link PasswordProtected#passwordProtection}. */
  PASSWORD_PROTECTION("passwordProtection"),
  /** {@link PasswordProtected#protectAnew}. */
  PROTECT_ANEW("protectAnew"),
  /** {@link Keks#mechanism}. */
  MECHANISM("mechanism"),
  /** {@link Keks#wrap}: of a data key for a new object, or of a new epoch key. */
  WRAP("wrap"),
  /** {@link Keks#unwrap}: of the data key or epoch key of an object that is read. */
  UNWRAP("unwrap"),
  /** {@link KeyWraps#wrapKey}, of a key of the application. */
  WRAP_KEY("wrapKey"),
  /** {@link KeyWraps#unwrapKey}, of a key of the application. */
  UNWRAP_KEY("unwrapKey"),
  /** {@link Macs#mac}. */
  MAC("mac"),
  /** {@link PublicKeys#publicKey}. */
  PUBLIC_KEY("publicKey"),
  /** {@link Signatures#sign}. */
  SIGN("sign"),
  /** {@link Decryptions#decrypt}. */
  DECRYPT("decrypt"),
  /** {@link Agreements#agree}. */
  AGREE("agree"),
  /** {@link Kems#decapsulate}. */
  DECAPSULATE("decapsulate"),
  /** {@link CertificateStore#certificates}. */
  CERTIFICATES("certificates"),
  /** {@link CertificateStore#keepCertificates}. */
  KEEP_CERTIFICATES("keepCertificates"),
  /** {@link RandomSource#random}. */
  RANDOM("random");

  private static final Map<String, Operation> BY_METHOD =
      Arrays.stream(values()).collect(Collectors.toMap(each -> each.method, each -> each));

  private final String method;

  Operation(String method) {
    this.method = method;
  }

  /**
   * Returns the operation that is a method of {@link Backend} or a facet; empty for one that
   * crosses no network.
   */
  static Optional<Operation> of(Method method) {
    return Optional.ofNullable(BY_METHOD.get(method.getName()));
  }
}
