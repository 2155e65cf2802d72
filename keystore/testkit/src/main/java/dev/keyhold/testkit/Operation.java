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
 * What a backend is asked for: the calls of {@link Backend} and its facets that would cross a
 * network.
 */
public enum Operation {
  /** All keys, {@link Backend#list}. */
  LIST("list"),
  /** One key, {@link Backend#describe}: a key store asks for it when it is asked for a key. */
  DESCRIBE("describe"),
  /**
   * The identity of a key, {@link Backend#identity}. Answered from memory for a key that exists.
   */
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
  /** A new object's data key, {@link Keks#wrap}. */
  WRAP("wrap"),
  /** A read object's data key, {@link Keks#unwrap}. */
  UNWRAP("unwrap"),
  /** A key of the application's own, {@link KeyWraps#wrapKey}. */
  WRAP_KEY("wrapKey"),
  /** {@link KeyWraps#unwrapKey}. */
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
