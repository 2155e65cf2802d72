package dev.keyhold.keystore.googlekms.fake;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.RequestInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;

/** What can go wrong with a call. */
public enum Fault {
  /** Nothing. */
  NONE,
  /** One bit of the answer is wrong. */
  ANSWER_CORRUPTED,
  /** The service tells no checksum. */
  ANSWER_WITHOUT_CHECKSUM,
  /** The service saw no checksum: it was lost on the way. */
  NOT_VERIFIED,
  /** The service found that the request does not match its checksum. */
  REQUEST_CORRUPTED,
  /** The answer is another key's. */
  OTHER_NAME,
  /** Out of quota. */
  THROTTLED,
  /** Down. */
  UNAVAILABLE,
  /** Broken. */
  INTERNAL,
  /** The caller lacks a permission, and is told which. */
  DENIED,
  /** The caller is unknown. */
  UNAUTHENTICATED,
  /** No answer. */
  HANGING,
  /** The external manager refuses. */
  EXTERNAL_DENIED,
  /** The external manager is not there. */
  EXTERNAL_UNREACHABLE;

  static final String REQUEST_ID = "req-4711";

  /** The error for this fault, or null if it is one of another kind. */
  StatusRuntimeException error() {
    return switch (this) {
      case REQUEST_CORRUPTED ->
          error(
              Code.INVALID_ARGUMENT,
              "The checksum in field plaintext_crc32c did not match the data in field plaintext.");
      case THROTTLED -> error(Code.RESOURCE_EXHAUSTED, "Quota exceeded for quota metric");
      case UNAVAILABLE -> error(Code.UNAVAILABLE, "The service is currently unavailable.");
      case INTERNAL -> error(Code.INTERNAL, "Internal error encountered.");
      case DENIED ->
          error(
              Code.PERMISSION_DENIED,
              "Permission denied on resource (or it may not exist).",
              ErrorInfo.newBuilder()
                  .setReason("IAM_PERMISSION_DENIED")
                  .setDomain("cloudkms.googleapis.com")
                  .putMetadata("permission", "cloudkms.example.fromDetails")
                  .build());
      case UNAUTHENTICATED ->
          error(Code.UNAUTHENTICATED, "Request had invalid credentials: ya29.a-secret-token");
      case EXTERNAL_DENIED -> external("EXTERNAL_PERMISSION_DENIED");
      case EXTERNAL_UNREACHABLE -> external("EXTERNAL_UNREACHABLE");
      default -> null;
    };
  }

  private static StatusRuntimeException external(String type) {
    return error(
        Code.FAILED_PRECONDITION,
        "The external key manager answered with an error.",
        PreconditionFailure.newBuilder()
            .addViolations(PreconditionFailure.Violation.newBuilder().setType("KEY_ENABLED"))
            .addViolations(PreconditionFailure.Violation.newBuilder().setType(type))
            .build());
  }

  static StatusRuntimeException error(Code code, String message, Message... details) {
    List<Any> all = new ArrayList<>();
    for (Message detail : details) {
      all.add(Any.pack(detail));
    }
    all.add(Any.pack(RequestInfo.newBuilder().setRequestId(REQUEST_ID).build()));
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(message)
            .addAllDetails(all)
            .build());
  }
}
