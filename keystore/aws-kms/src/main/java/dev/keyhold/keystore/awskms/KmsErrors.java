package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Causes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** Sorts the SDK's exceptions by what a caller should do, by AWS's own error codes. */
final class KmsErrors {
  private static final String SUFFIX = "Exception";
  private static final int SERVER_ERROR = 500;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int TOO_MANY_REQUESTS = 429;

  /** AWS's codes, without the suffix that some protocols leave out. */
  private static final Map<String, Reason> REASONS =
      Map.ofEntries(
          Map.entry("Throttling", Reason.UNAVAILABLE),
          Map.entry("Throttled", Reason.UNAVAILABLE),
          Map.entry("RequestThrottled", Reason.UNAVAILABLE),
          Map.entry("RequestLimitExceeded", Reason.UNAVAILABLE),
          Map.entry("TooManyRequests", Reason.UNAVAILABLE),
          Map.entry("SlowDown", Reason.UNAVAILABLE),
          Map.entry("KMSInternal", Reason.UNAVAILABLE),
          Map.entry("DependencyTimeout", Reason.UNAVAILABLE),
          Map.entry("KeyUnavailable", Reason.UNAVAILABLE),
          Map.entry("InternalFailure", Reason.UNAVAILABLE),
          Map.entry("InternalError", Reason.UNAVAILABLE),
          Map.entry("ServiceUnavailable", Reason.UNAVAILABLE),
          Map.entry("RequestTimeout", Reason.UNAVAILABLE),
          Map.entry("InvalidCiphertext", Reason.BAD_CIPHERTEXT),
          Map.entry("IncorrectKey", Reason.BAD_CIPHERTEXT),
          Map.entry("AccessDenied", Reason.DENIED),
          Map.entry("Disabled", Reason.DENIED),
          Map.entry("KMSInvalidState", Reason.DENIED),
          Map.entry("AlreadyExists", Reason.DENIED),
          Map.entry("LimitExceeded", Reason.DENIED),
          Map.entry("Conflict", Reason.DENIED),
          Map.entry("DryRunOperation", Reason.DENIED),
          Map.entry("InvalidGrantToken", Reason.MISCONFIGURED),
          Map.entry("KMSInvalidMac", Reason.BAD_CIPHERTEXT),
          Map.entry("KMSInvalidSignature", Reason.BAD_CIPHERTEXT),
          Map.entry("CloudHsmClusterNotActive", Reason.UNAVAILABLE),
          Map.entry("XksProxyUriUnreachable", Reason.UNAVAILABLE),
          Map.entry("NotFound", Reason.NOT_FOUND),
          Map.entry("InvalidKeyUsage", Reason.UNSUPPORTED),
          Map.entry("UnsupportedOperation", Reason.UNSUPPORTED),
          Map.entry("InvalidAction", Reason.UNSUPPORTED),
          Map.entry("UnknownOperation", Reason.UNSUPPORTED),
          Map.entry("Validation", Reason.UNSUPPORTED),
          Map.entry("ValidationError", Reason.UNSUPPORTED));

  private static final String SKEWED = "AWS takes no signature of this time";

  /** Codes of bad credentials. AWS's message is left out: it may quote the signed request. */
  private static final Map<String, String> CREDENTIALS =
      Map.ofEntries(
          Map.entry("UnrecognizedClient", "AWS does not know these credentials"),
          Map.entry("InvalidClientTokenId", "AWS does not know these credentials"),
          Map.entry("InvalidAccessKeyId", "AWS does not know these credentials"),
          Map.entry("InvalidSignature", "the secret of the credentials is wrong"),
          Map.entry("SignatureDoesNotMatch", "the secret of the credentials is wrong"),
          Map.entry("IncompleteSignature", "AWS does not take the request's signature"),
          Map.entry("MissingAuthenticationToken", "the request has no credentials"),
          Map.entry("ExpiredToken", "the credentials have expired"),
          Map.entry("RequestExpired", "this host's clock is wrong, or the request was late"),
          Map.entry("RequestTimeTooSkewed", SKEWED),
          Map.entry("OptInRequired", "the account has no access to this region"));

  /** The phrases that AWS sends, with the code of a wrong signature, when the clocks differ. */
  private static final List<String> CLOCK =
      List.of("Signature expired", "Signature not yet current");

  /** The least version of the SDK that data keys can be wrapped with, and one that has all. */
  private static final String LEAST_SDK = "2.20";

  private static final String WHOLE_SDK = "2.27";

  private KmsErrors() {}

  /** Returns the failure of an SDK that the client can't be built with. */
  static BackendException otherSdk(LinkageError e) {
    return new BackendException(
        Reason.MISCONFIGURED,
        ("the AWS SDK on the class path does not fit (%s): all artifacts of software.amazon.awssdk"
                + " must have one version, %s or later (%s has all that is used); the SDK's bom"
                + " keeps them together")
            .formatted(e, LEAST_SDK, WHOLE_SDK),
        e);
  }

  /** Returns the failure of an SDK that lacks one action. */
  static BackendException lacking(String action, LinkageError e) {
    return new BackendException(
        Reason.UNSUPPORTED,
        "the AWS SDK on the class path has no %s (%s): it needs software.amazon.awssdk:kms %s or later"
            .formatted(action, e, WHOLE_SDK),
        e);
  }

  static BackendException sort(String action, String key, RuntimeException e) {
    if (e instanceof NamedCredentials.NoCredentials) {
      return new BackendException(
          Reason.MISCONFIGURED,
          "no AWS credentials: the SDK's default chain (environment, profile, container, instance)"
              + " has none; 'aws sts get-caller-identity' in the same environment tells more");
    }
    if (e instanceof NamedCredentials.RoleNotAssumed role) {
      return sort(
          "AWS STS, which gives out the role,",
          role.failure(),
          answer ->
              "AWS STS gives out no role %s: %s (%s)"
                      .formatted(role.role(), answer.said(), answer.what())
                  + "; the caller needs the IAM permission sts:AssumeRole on it, and the role must"
                  + " trust the caller");
    }
    return sort(
        "AWS KMS",
        e,
        answer ->
            "AWS KMS says: "
                + answer.said()
                + " ("
                + answer.what()
                + ")"
                + advice(answer.name(), action, key, answer.reason()));
  }

  /**
   * The answer of a service.
   *
   * @param name of the error: its code without the suffix
   * @param what code and request id: what AWS's support asks for
   */
  private record Answer(String name, String said, String what, Reason reason) {}

  private static Answer answer(AwsServiceException e) {
    String code = code(e);
    String name = name(code);
    String said = said(e);
    return new Answer(name, said, what(code, e), reason(name, said, e.statusCode()));
  }

  private static BackendException sort(
      String service, RuntimeException e, Function<Answer, String> message) {
    if (!(e instanceof AwsServiceException failure) || failure.statusCode() <= 0) {
      return ofClient(service, e);
    }
    Answer answer = answer(failure);
    String wrong = CREDENTIALS.get(answer.name());
    if (wrong == null) {
      return new BackendException(answer.reason(), message.apply(answer), failure);
    }
    boolean clock = wrong.equals(SKEWED) || CLOCK.stream().anyMatch(answer.said()::contains);
    return new BackendException(
        Reason.MISCONFIGURED,
        clock
            ? "%s (%s); set this host's clock".formatted(SKEWED, answer.what())
            : "%s (%s); mend what the SDK's credential chain finds"
                .formatted(wrong, answer.what()));
  }

  private static Reason reason(String name, String said, int status) {
    if (status == NOT_IMPLEMENTED) {
      return Reason.UNSUPPORTED; // emulators, with any code
    }
    if (name.equals("KMSInvalidState") && said.contains("unavailable")) {
      return Reason.UNAVAILABLE; // its custom key store is not connected
    }
    Reason known = REASONS.get(name);
    if (known != null) {
      return known;
    }
    boolean retriable = status >= SERVER_ERROR || status == TOO_MANY_REQUESTS;
    return retriable ? Reason.UNAVAILABLE : Reason.MISCONFIGURED;
  }

  private static String advice(String name, String action, String key, Reason reason) {
    String about = key.isEmpty() ? "" : " on " + key;
    return switch (name) {
      case "AccessDenied" ->
          "; the caller needs the IAM permission kms:"
              + action
              + about
              + ", in a policy and the key's";
      case "Disabled" -> "; enable the key to use it again";
      case "Conflict" -> "; another change of this key is under way: see its state, then repeat";
      case "LimitExceeded" -> "; a quota of the account is used up";
      default ->
          reason == Reason.NOT_FOUND && !key.isEmpty()
              ? "; there is no key '" + key + "' in this account and region"
              : "";
    };
  }

  private static BackendException ofClient(String service, RuntimeException e) {
    if (Thread.currentThread().isInterrupted() || e instanceof AbortedException) {
      InterruptedException interruption = new InterruptedException();
      interruption.initCause(e);
      return new BackendException(
          Reason.UNAVAILABLE, "the calling thread was interrupted", interruption);
    }
    if (e instanceof ApiCallTimeoutException || e instanceof ApiCallAttemptTimeoutException) {
      return new BackendException(
          Reason.UNAVAILABLE,
          service + " did not answer in the time that the option timeout sets",
          e);
    }
    Optional<TransportException> transport = Causes.find(e, TransportException.class);
    Reason reason =
        transport.filter(TransportException::isMisconfigured).isPresent()
            ? Reason.MISCONFIGURED
            : Reason.UNAVAILABLE;
    String why = transport.map(Throwable::getMessage).orElseGet(() -> root(e));
    return new BackendException(reason, service + " could not be asked: " + why, e);
  }

  private static String code(AwsServiceException e) {
    String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
    return code == null ? e.getClass().getSimpleName() : code;
  }

  private static String said(AwsServiceException e) {
    String said = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorMessage();
    return said == null || said.isEmpty() ? "no more than this" : said;
  }

  private static String what(String code, AwsServiceException e) {
    return e.requestId() == null
        ? code + ", status " + e.statusCode()
        : code + ", request id " + e.requestId();
  }

  private static String name(String code) {
    return code.endsWith(SUFFIX) ? code.substring(0, code.length() - SUFFIX.length()) : code;
  }

  private static String root(Throwable e) {
    Throwable current = Causes.root(e);
    String said = current.getMessage();
    return said == null ? current.getClass().getSimpleName() : said;
  }
}
