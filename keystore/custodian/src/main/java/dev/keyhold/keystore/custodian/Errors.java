package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.ApprovalPendingException;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.Optional;

/** What a custodian's errors mean to the caller. Stateless. */
final class Errors {
  private static final int MAX_MESSAGE = 2_000;

  private Errors() {}

  /**
   * Returns what an answer that is no success means.
   *
   * @param from which custodian
   * @param status of HTTP
   * @param fields of the answer's JSON
   */
  static BackendException of(String from, int status, Fields fields) throws MalformedException {
    String error = fields.text("error");
    String message = printable(fields.text("message"));
    Leaves.check(fields);
    Optional<Long> rule = fields.optionalNumber("rule");
    Optional<Long> pending = fields.optionalNumber("pending");
    Optional<String> ask = fields.optionalText("ask");
    boolean unknown = fields.flag("outcome-unknown");
    fields.optionalText("code");
    fields.optionalText("mode");
    fields.end();
    Reason reason = reason(error, status);
    String said = "the custodian %s says: %s".formatted(from, message);
    if (!error.equals("pending")) {
      BackendException failure = new BackendException(reason, said);
      return unknown ? failure.withOutcomeUnknown() : failure;
    }
    String command = printable(ask.orElse(""));
    String next =
        command.isEmpty() || said.contains(command) ? said : said + "; ask for it: " + command;
    return new BackendException(
        reason,
        next,
        new ApprovalPendingException(message, rule.orElse(0L), pending.orElse(0L), command));
  }

  private static Reason reason(String error, int status) throws MalformedException {
    int expected =
        switch (error) {
          case "malformed" -> 400;
          case "denied", "pending" -> 403;
          case "not-found" -> 404;
          case "refused" -> 409;
          case "bad-ciphertext", "unsupported" -> 422;
          case "throttled" -> 429;
          case "misconfigured" -> 500;
          case "unavailable" -> 503;
          default -> throw new MalformedException("its error is not on the wire's page");
        };
    if (status != expected) {
      throw new MalformedException("its status %s is not that of its error".formatted(status));
    }
    return switch (error) {
      case "denied", "pending", "refused" -> Reason.DENIED;
      case "not-found" -> Reason.NOT_FOUND;
      case "bad-ciphertext" -> Reason.BAD_CIPHERTEXT;
      case "malformed", "unsupported" -> Reason.UNSUPPORTED;
      case "misconfigured" -> Reason.MISCONFIGURED;
      default -> Reason.UNAVAILABLE;
    };
  }

  /**
   * Returns a text of the other side that can't forge a line of a log, and has a bounded length.
   */
  static String printable(String text) {
    String shown = text.length() > MAX_MESSAGE ? text.substring(0, MAX_MESSAGE) + "…" : text;
    StringBuilder clean = new StringBuilder(shown.length());
    shown.codePoints().map(c -> isForging(c) ? '?' : c).forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean isForging(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
