package dev.keyhold.custody.proof.statement;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.charter.Clauses;
import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.text.Display;
import dev.keyhold.custody.proof.text.Glob;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Tokens;
import dev.keyhold.custody.proof.text.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * An approval of people: a workload may use a key for a purpose, between two instants, for a number
 * of distinct objects at each log. The same text, signed by the person who asks alone, is a
 * request.
 *
 * @param charter under which it was signed
 * @param rule the number of the rule
 * @param askedBy who asks; never counts as an approver
 * @param reason why
 * @param workload the name of the workload
 * @param operationList the operations as they are written
 * @param key the name of the key
 * @param clauses what narrows it
 * @param from the first instant
 * @param until the first instant at which it does not serve
 * @param at what each log may count
 * @param nonce 128 bits that tell it from others
 */
public record Grant(
    CharterRef charter,
    int rule,
    String askedBy,
    String reason,
    String workload,
    String operationList,
    String key,
    Clauses clauses,
    Instant from,
    Instant until,
    List<At> at,
    String nonce)
    implements Statement {
  /** The first line of a grant. */
  public static final String KIND = "keyhold.dev/grant@v1";

  /**
   * What one log may count.
   *
   * @param origin the log
   * @param objects distinct inputs of objects
   * @param epochs distinct inputs of epoch keys
   */
  public record At(String origin, int objects, int epochs) {}

  static Grant read(TextReader reader) {
    CharterRef charter = CharterRef.read(reader);
    int rule = reader.one("rule", Values::smallNumber);
    String askedBy = reader.one("asked-by", Values::name);
    String reason = reader.one("reason", Values::reason);
    String workload = reader.one("workload", Values::name);
    String operations = reader.word();
    Tokens tokens = reader.line(operations);
    try {
      Operation.list(operations);
    } catch (ProofException e) {
      throw tokens.error(e.getMessage());
    }
    String key = tokens.next(Values::name);
    Glob binding = tokens.clause("binding", Glob::parse);
    Glob tenant = tokens.clause("tenant", Glob::parse);
    tokens.end();
    Glob purpose = null;
    Glob ticket = null;
    if (reader.at("purpose")) {
      tokens = reader.line("purpose");
      purpose = tokens.next(Glob::parse);
      ticket = tokens.clause("ticket", Glob::parse);
      tokens.end();
    } else {
      ticket = reader.optional("ticket", Glob::parse);
    }
    Instant from = reader.one("from", Values::seconds);
    Instant until = reader.one("until", Values::seconds);
    List<At> at = new ArrayList<>();
    do {
      tokens = reader.line("at");
      String origin = tokens.next(Values::origin);
      tokens.expect("objects");
      int objects = tokens.next(Values::smallNumber);
      tokens.expect("epochs");
      int epochs = tokens.next(Values::smallNumber);
      tokens.end();
      if (at.stream().anyMatch(other -> other.origin.equals(origin))) {
        throw tokens.error("the log " + origin + " stands twice");
      }
      at.add(new At(origin, objects, epochs));
    } while (reader.at("at"));
    String nonce = reader.one("nonce", Values::bits);
    reader.end();
    return new Grant(
        charter,
        rule,
        askedBy,
        reason,
        workload,
        operations,
        key,
        new Clauses(binding, tenant, purpose, ticket, null),
        from,
        until,
        List.copyOf(at),
        nonce);
  }

  /** Returns the operations. */
  public Set<Operation> operations() {
    return Operation.list(operationList);
  }

  /** Returns what the log may count, or null if the grant does not name it. */
  public At at(String origin) {
    return at.stream().filter(share -> share.origin.equals(origin)).findFirst().orElse(null);
  }

  /** Returns the objects of all logs together. */
  public long objects() {
    return at.stream().mapToLong(At::objects).sum();
  }

  /** Returns the epoch keys of all logs together. */
  public long epochs() {
    return at.stream().mapToLong(At::epochs).sum();
  }

  @Override
  public String text() {
    TextWriter text = new TextWriter(KIND).line("charter", charter).line("rule", rule);
    text.line("asked-by", askedBy).value("reason", reason).line("workload", workload);
    StringBuilder scope = new StringBuilder(key);
    if (clauses.binding() != null) {
      scope.append(" binding ").append(clauses.binding());
    }
    if (clauses.tenant() != null) {
      scope.append(" tenant ").append(clauses.tenant());
    }
    text.line(operationList, scope);
    if (clauses.purpose() != null && clauses.ticket() != null) {
      text.line("purpose", clauses.purpose(), "ticket", clauses.ticket());
    } else {
      text.optional("purpose", clauses.purpose()).optional("ticket", clauses.ticket());
    }
    text.line("from", Values.seconds(from)).line("until", Values.seconds(until));
    for (At share : at) {
      text.line("at", share.origin, "objects", share.objects, "epochs", share.epochs);
    }
    return text.line("nonce", nonce).toString();
  }

  /** Returns the sentence that tells a signer what the grant lets happen. */
  public String sentence() {
    String tenants =
        clauses.tenant() == null
            ? "without a tenant"
            : clauses.tenant().text().equals("*")
                ? "of ANY tenant"
                : "of tenant "
                    + Display.of(clauses.tenant().value())
                    + (clauses.tenant().star() ? "*" : "");
    String epochs =
        epochs() == 0
            ? ""
            : ", and epochs " + epochs() + ": all objects of " + epochs() + " epoch keys";
    return workload
        + " may do "
        + operationList
        + " with "
        + String.format(Locale.ROOT, "%,d", objects())
        + " objects "
        + tenants
        + epochs
        + ", any of them, and may keep what it reads";
  }
}
