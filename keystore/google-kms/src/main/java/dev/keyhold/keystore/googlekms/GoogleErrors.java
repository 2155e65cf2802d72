package dev.keyhold.keystore.googlekms;

import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.ErrorDetails;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates the service's errors by their gRPC status and their details.
 *
 * @param permission what a caller of the operation needs
 * @param opens whether a bad argument means a bad ciphertext
 */
record GoogleErrors(String permission, boolean opens) {
  private static final Pattern PERMISSION = Pattern.compile("cloudkms\\.[A-Za-z]+\\.[A-Za-z]+");
  private static final Pattern CHECKSUM = Pattern.compile("(?i)crc32c|checksum");
  private static final Pattern EXTERNAL_DENIAL =
      Pattern.compile("PERMISSION|DENIED|UNAUTHORIZED|FORBIDDEN");
  private static final Set<String> SETUP_REASONS =
      Set.of("SERVICE_DISABLED", "BILLING_DISABLED", "CONSUMER_INVALID", "API_KEY_INVALID");
  private static final int MAX_TEXT = 300;

  /** Returns the translation for an operation that needs this permission. */
  static GoogleErrors of(String permission) {
    return new GoogleErrors(permission, false);
  }

  /** Returns the error of a call that opens a ciphertext. */
  static GoogleErrors opening(String permission) {
    return new GoogleErrors(permission, true);
  }

  BackendException of(ApiException failure) {
    ErrorDetails details = failure.getErrorDetails();
    String said = said(failure, details);
    return switch (failure.getStatusCode().getCode()) {
      case NOT_FOUND ->
          error(Reason.NOT_FOUND, "Cloud KMS has no such key or version" + said, failure);
      case ALREADY_EXISTS ->
          error(
              Reason.DENIED,
              "the key ring has this id already, and an id stays taken for good: choose another"
                  + said,
              failure);
      case PERMISSION_DENIED -> denied(failure, details, said);
      case UNAUTHENTICATED ->
          // not the service's text: it may repeat an answer of a token server
          error(
              Reason.MISCONFIGURED,
              "Google does not accept the credentials: check the option credentials-file, the"
                  + " application default credentials, and the account of the option impersonate",
              null);
      case FAILED_PRECONDITION -> precondition(failure, details, said);
      case INVALID_ARGUMENT, OUT_OF_RANGE -> invalid(failure, said);
      case UNIMPLEMENTED ->
          error(Reason.UNSUPPORTED, "Cloud KMS does not offer this here" + said, failure);
      case RESOURCE_EXHAUSTED ->
          error(Reason.UNAVAILABLE, "the quota of Cloud KMS is used up for now" + said, failure);
      case DEADLINE_EXCEEDED ->
          error(Reason.UNAVAILABLE, "no answer from Cloud KMS in time" + said, failure);
      default -> error(Reason.UNAVAILABLE, "Cloud KMS is not available" + said, failure);
    };
  }

  private BackendException denied(ApiException failure, ErrorDetails details, String said) {
    ErrorInfo info = details == null ? null : details.getErrorInfo();
    if (info != null && SETUP_REASONS.contains(info.getReason())) {
      return error(
          Reason.MISCONFIGURED,
          "the project cannot use Cloud KMS: " + info.getReason() + said,
          failure);
    }
    String missing = info == null ? "" : info.getMetadataOrDefault("permission", "");
    if (missing.isEmpty()) {
      Matcher named = PERMISSION.matcher(String.valueOf(failure.getMessage()));
      missing = named.find() ? named.group() : permission;
    }
    return error(
        Reason.DENIED,
        "permission denied: the caller needs " + missing + " on the key" + said,
        failure);
  }

  private static BackendException precondition(
      ApiException failure, ErrorDetails details, String said) {
    Optional<String> external = external(failure, details);
    if (external.isPresent()) {
      return EXTERNAL_DENIAL.matcher(external.get()).find()
          ? error(
              Reason.DENIED,
              "the external key manager refuses the use of this key; once it allows it again,"
                  + " enable the key"
                  + said,
              failure)
          : error(
              Reason.UNAVAILABLE,
              "the external key manager gives no good answer (" + external.get() + ")" + said,
              failure);
    }
    String text = said.toUpperCase(Locale.ROOT);
    if (text.contains("PENDING_GENERATION")) {
      return error(Reason.UNAVAILABLE, "the key is still being made" + said, failure);
    }
    return error(
        Reason.DENIED,
        "the key's state or kind does not allow this: see its state" + said,
        failure);
  }

  /** Returns what is wrong with the external manager, if something is. */
  private static Optional<String> external(ApiException failure, ErrorDetails details) {
    PreconditionFailure precondition = details == null ? null : details.getPreconditionFailure();
    if (precondition != null) {
      for (PreconditionFailure.Violation violation : precondition.getViolationsList()) {
        String type = violation.getType().toUpperCase(Locale.ROOT);
        if (type.startsWith("EXTERNAL") || type.startsWith("EKM")) {
          return Optional.of(type);
        }
      }
    }
    ErrorInfo info = details == null ? null : details.getErrorInfo();
    if (info != null && info.getReason().toUpperCase(Locale.ROOT).startsWith("EXTERNAL")) {
      return Optional.of(info.getReason().toUpperCase(Locale.ROOT));
    }
    String message = String.valueOf(failure.getMessage()).toUpperCase(Locale.ROOT);
    Matcher named = Pattern.compile("EXTERNAL_[A-Z_]+").matcher(message);
    return named.find() && !named.group().startsWith("EXTERNAL_VPC")
        ? Optional.of(named.group())
        : Optional.empty();
  }

  private BackendException invalid(ApiException failure, String said) {
    if (CHECKSUM.matcher(said).find()) {
      return error(
          Reason.UNAVAILABLE, "corrupted in transit between here and Cloud KMS" + said, failure);
    }
    return opens
        ? error(
            Reason.BAD_CIPHERTEXT,
            "this key did not make this ciphertext in this context" + said,
            failure)
        : error(Reason.UNSUPPORTED, "Cloud KMS does not take this" + said, failure);
  }

  private static BackendException error(Reason reason, String message, Throwable cause) {
    return new BackendException(reason, message, cause);
  }

  /** Returns the service's own words, shortened, with the request's id. */
  private static String said(ApiException failure, ErrorDetails details) {
    String message =
        failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage();
    StringBuilder text = new StringBuilder(message == null ? "" : message);
    if (text.length() > MAX_TEXT) {
      text.setLength(MAX_TEXT);
    }
    if (details != null) {
      PreconditionFailure precondition = details.getPreconditionFailure();
      List<PreconditionFailure.Violation> violations =
          precondition == null ? List.of() : precondition.getViolationsList();
      violations.stream().limit(3).forEach(v -> text.append("; ").append(v.getType()));
      if (details.getRequestInfo() != null) {
        text.append("; request ").append(details.getRequestInfo().getRequestId());
      }
    }
    String line = text.toString().replaceAll("[\\p{Cntrl}]+", " ");
    return line.isEmpty() ? "" : " (" + line + ")";
  }
}
