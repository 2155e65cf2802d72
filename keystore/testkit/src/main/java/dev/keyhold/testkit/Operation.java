package dev.keyhold.testkit;

import dev.keyhold.keystore.Backend;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a backend is asked for: the calls of {@link Backend} that would cross a network. */
public enum Operation {
  /** All keys, {@link Backend#list}. */
  LIST("list"),
  /** One key, {@link Backend#describe}: a key store asks for it when it is asked for a key. */
  DESCRIBE("describe"),
  /** Who a key is, {@link Backend#identity}. Known here by heart, as far as there is the key. */
  IDENTIFY("identity"),
  /** {@link Backend#create}. */
  CREATE("create"),
  /** {@link Backend#importKey}. */
  IMPORT("importKey"),
  /** {@link Backend#rotate}. */
  ROTATE("rotate"),
  /** {@link Backend#rotateEvery}. */
  ROTATE_EVERY("rotateEvery"),
  /** {@link Backend#rename}. */
  RENAME("rename"),
  /** {@link Backend#unname}. */
  UNNAME("unname"),
  /** {@link Backend#disable}. */
  DISABLE("disable"),
  /** {@link Backend#enable}. */
  ENABLE("enable"),
  /** {@link Backend#scheduleDestruction}. */
  SCHEDULE_DESTRUCTION("scheduleDestruction"),
  /** {@link Backend#cancelDestruction}. */
  CANCEL_DESTRUCTION("cancelDestruction"),
  /** {@link Backend#purge}. */
  PURGE("purge"),
  /** {@link Backend#passwordProtection}. */
  PASSWORD_PROTECTION("passwordProtection"),
  /** {@link Backend#protectAnew}. */
  PROTECT_ANEW("protectAnew"),
  /** {@link Backend#mechanism}. */
  MECHANISM("mechanism"),
  /** A new object's data key, {@link Backend#wrap}. */
  WRAP("wrap"),
  /** A read object's data key, {@link Backend#unwrap}. */
  UNWRAP("unwrap"),
  /** A key of the application's own, {@link Backend#wrapKey}. */
  WRAP_KEY("wrapKey"),
  /** {@link Backend#unwrapKey}. */
  UNWRAP_KEY("unwrapKey"),
  /** {@link Backend#mac}. */
  MAC("mac"),
  /** {@link Backend#publicKey}. */
  PUBLIC_KEY("publicKey"),
  /** {@link Backend#sign}. */
  SIGN("sign"),
  /** {@link Backend#decrypt}. */
  DECRYPT("decrypt"),
  /** {@link Backend#agree}. */
  AGREE("agree"),
  /** {@link Backend#decapsulate}. */
  DECAPSULATE("decapsulate"),
  /** {@link Backend#certificates}. */
  CERTIFICATES("certificates"),
  /** {@link Backend#keepCertificates}. */
  KEEP_CERTIFICATES("keepCertificates"),
  /** {@link Backend#random}. */
  RANDOM("random");

  private static final Map<String, Operation> BY_METHOD =
      Arrays.stream(values()).collect(Collectors.toMap(each -> each.method, each -> each));

  private final String method;

  Operation(String method) {
    this.method = method;
  }

  /** The operation that is a method of {@link Backend}; empty for one that crosses no network. */
  static Optional<Operation> of(Method method) {
    return Optional.ofNullable(BY_METHOD.get(method.getName()));
  }
}
