package dev.keyhold.custody.proof.leaf;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.text.Percent;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;
import java.util.Set;

/** The lines that {@code use} and {@code denied} share. */
final class FactLines {
  private static final Set<String> WAYS = Set.of("library", "xks", "ekm");

  String workload;
  String access;
  String input;
  boolean epoch;
  boolean confirm;
  private UseFacts.Builder facts;

  void readBeforeInput(TextReader reader, boolean all) {
    String identity = reader.one("identity", Percent::decode);
    workload =
        all ? reader.one("workload", Values::name) : reader.optional("workload", Values::name);
    String via = reader.one("via", FactLines::way);
    Operation operation = reader.one("op", Operation::of);
    String key = all ? reader.one("key", Percent::decode) : reader.optional("key", Percent::decode);
    facts =
        UseFacts.of(identity, operation, key)
            .via(via)
            .version(reader.optional("version", Percent::decode))
            .alias(reader.optional("alias", Percent::decode))
            .context(
                reader.optional("binding", Percent::decode),
                reader.optional("tenant", Percent::decode))
            .claims(
                reader.optional("purpose", Percent::decode),
                reader.optional("ticket", Percent::decode))
            .providerReason(reader.optional("provider-reason", Percent::decode));
  }

  UseFacts toFacts() {
    return facts.input(access, input).epoch(epoch).confirm(confirm).build();
  }

  static void writeBeforeInput(TextWriter text, UseFacts facts, String workload) {
    text.value("identity", facts.identity())
        .optional("workload", workload)
        .line("via", facts.via())
        .line("op", facts.operation())
        .value("key", facts.key())
        .value("version", facts.version())
        .value("alias", facts.alias())
        .value("binding", facts.binding())
        .value("tenant", facts.tenant())
        .value("purpose", facts.purpose())
        .value("ticket", facts.ticket())
        .value("provider-reason", facts.providerReason());
  }

  private static String way(String word) {
    if (!WAYS.contains(word)) {
      throw ProofException.syntax("no way in is called " + word);
    }
    return word;
  }

  static boolean isEpoch(String word) {
    if (!word.equals("object") && !word.equals("epoch")) {
      throw ProofException.syntax("a unit is object or epoch, not " + word);
    }
    return word.equals("epoch");
  }

  static String yes(String word) {
    if (!word.equals("yes")) {
      throw ProofException.syntax("'confirm' has yes, or is not there");
    }
    return word;
  }
}
