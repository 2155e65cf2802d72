package dev.keyhold.custody.proof.charter;

import dev.keyhold.custody.proof.text.Glob;
import dev.keyhold.custody.proof.text.Tokens;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The patterns by which a rule or grant is narrowed; null where it has none. Immutable.
 *
 * @param binding of the wrap context
 * @param tenant of the wrap context
 * @param purpose as stated
 * @param ticket as stated
 * @param via how the use came in
 */
public record Clauses(Glob binding, Glob tenant, Glob purpose, Glob ticket, Glob via) {
  static Clauses read(Tokens tokens) {
    return new Clauses(
        tokens.clause("binding", Glob::parse),
        tokens.clause("tenant", Glob::parse),
        tokens.clause("purpose", Glob::parse),
        tokens.clause("ticket", Glob::parse),
        tokens.clause("via", Glob::parse));
  }

  private Map<String, Glob> all() {
    Map<String, Glob> all = new LinkedHashMap<>();
    all.put("binding", binding);
    all.put("tenant", tenant);
    all.put("purpose", purpose);
    all.put("ticket", ticket);
    all.put("via", via);
    return all;
  }

  /** Returns whether each clause that is there matches the use. */
  public boolean match(UseFacts use) {
    return (binding == null || binding.matches(use.binding()))
        && (tenant == null || tenant.matches(use.tenant()))
        && (purpose == null || purpose.matches(use.purpose()))
        && (ticket == null || ticket.matches(use.ticket()))
        && (via == null || via.matches(use.via()));
  }

  /** Returns whether each clause matches the use, where one that is not there matches none. */
  public boolean matchAndNoMore(UseFacts use) {
    return exactly(binding, use.binding())
        && exactly(tenant, use.tenant())
        && exactly(purpose, use.purpose())
        && exactly(ticket, use.ticket());
  }

  private static boolean exactly(Glob glob, String value) {
    return glob == null ? value == null : glob.matches(value);
  }

  /** Returns the first clause that does not match the use, in words, or null. */
  String mismatch(UseFacts use) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("binding", use.binding());
    values.put("tenant", use.tenant());
    values.put("purpose", use.purpose());
    values.put("ticket", use.ticket());
    values.put("via", use.via());
    for (Map.Entry<String, Glob> clause : all().entrySet()) {
      String value = values.get(clause.getKey());
      if (clause.getValue() != null && !clause.getValue().matches(value)) {
        return clause.getKey()
            + " "
            + clause.getValue()
            + (value == null ? " is required, none was stated" : " does not match " + value);
      }
    }
    return null;
  }

  /** Returns whether every use that the other clauses match is matched by these. */
  boolean cover(Clauses other) {
    Map<String, Glob> theirs = other.all();
    return all().entrySet().stream()
        .allMatch(
            mine ->
                mine.getValue() == null
                    || (theirs.get(mine.getKey()) != null
                        && mine.getValue().covers(theirs.get(mine.getKey()))));
  }

  /** Returns the clauses as they stand in a rule, each with a space before it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    all()
        .forEach(
            (word, glob) -> {
              if (glob != null) {
                text.append(' ').append(word).append(' ').append(glob);
              }
            });
    return text.toString();
  }
}
