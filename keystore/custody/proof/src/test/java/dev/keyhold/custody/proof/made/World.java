package dev.keyhold.custody.proof.made;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.text.Percent;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The people, logs and charter of a company, for tests. */
public final class World {
  /** The log that tests use most. */
  public static final String A1 = "custody.acme.example/a1";

  /** The log of the other custodian. */
  public static final String B1 = "custody.acme.example/b1";

  /** The spare log. */
  public static final String A2 = "custody.acme.example/a2";

  /** The witness. */
  public static final String WITNESS = "w.auditor.example";

  /** The identity of the workload {@code api}. */
  public static final String API = "spiffe://acme/ns/pay/sa/api";

  /** The identity of the workload {@code reports}. */
  public static final String REPORTS = "spiffe://acme/ns/bi/sa/reports";

  /** The identity of the key {@code orders}. */
  public static final String ORDERS = "pkcs11:object=orders";

  /** The rules of the design's example, and a few more. */
  public static final String RULES =
      """
      rule 10 open orders by api binding orders tenant * purpose fraud-review ticket INC-* \
      needs 1 security 1 data-owner max 8h 1000-objects 5-epochs
      rule 20 protect orders by api binding orders tenant *
      rule 30 open orders by reports binding orders tenant acme hold 5m
      rule 40 sign seal by reports
      rule 90 open orders by api binding orders tenant * purpose break-glass \
      needs 1 oncall max 30m 200-objects review 5d
      """;

  private final Map<String, KeyPair> pairs = new LinkedHashMap<>();
  private final Map<String, NoteSigner> signers = new LinkedHashMap<>();
  private final VerifierKey witness;
  private final List<Charter> versions = new ArrayList<>();
  private final List<byte[]> notes = new ArrayList<>();

  /** Creates the people and version 1 of the charter. */
  public World() {
    this(RULES);
  }

  /** Creates the people and version 1 of the charter with these rules. */
  public World(String rules) {
    int seed = 10;
    for (String name : List.of("alice", "carol", "dave", "frank", A1, B1, A2, WITNESS)) {
      pair(name, TestKeys.ed25519(seed++));
    }
    for (String name : List.of("bob", "erin", "erin-card")) {
      pair(name, TestKeys.p256());
    }
    witness = VerifierKey.ofWitness(WITNESS, pairs.get(WITNESS).getPublic());
    next(body(rules), "alice", "bob", "carol", "dave", "erin", "erin-card");
  }

  private void pair(String name, KeyPair pair) {
    pairs.put(name, pair);
    signers.put(name, TestKeys.signer(name, pair));
  }

  /** Returns the lines of a charter after {@code previous}, with these rules. */
  public String body(String rules) {
    return """
        owners 2 of alice bob carol
        log %s
        log %s
        log %s
        witness %s %s
        person alice %s
        person bob %s
        person carol %s
        person dave %s
        person erin %s
        person erin %s
        group security alice dave
        group data-owner bob erin
        group oncall carol dave erin
        group freezer alice bob dave erin
        trust spiffe://acme ca sha256:%s
        key orders pkcs11:object=orders
        key seal pkcs11:object=seal
        workload api spiffe://acme/ns/pay/sa/api
        workload reports spiffe://acme/ns/bi/sa/reports
        """
            .formatted(
                A1 + " " + key(A1),
                B1 + " " + key(B1),
                A2 + " " + key(A2),
                WITNESS,
                witness,
                key("alice"),
                key("bob"),
                key("carol"),
                key("dave"),
                key("erin"),
                key("erin-card"),
                "ab".repeat(32))
        + rules;
  }

  /** Makes the next version of the charter, signed by these. */
  public Charter next(String body, String... by) {
    String head = "keyhold.dev/charter@v1\nname acme-prod\nversion " + (versions.size() + 1) + "\n";
    if (!versions.isEmpty()) {
      head += "previous " + present().id() + "\n";
    }
    Charter charter = Charter.parse(head + body);
    versions.add(charter);
    notes.add(sign(charter.text(), by));
    return charter;
  }

  /** Returns the newest version. */
  public Charter present() {
    return versions.get(versions.size() - 1);
  }

  /** Returns the pin. */
  public String pin() {
    return versions.get(0).id();
  }

  /** Returns the signed versions. */
  public List<byte[]> charters() {
    return notes;
  }

  /** Returns the verifier key of a person or log. */
  public VerifierKey key(String name) {
    return signers.get(name).verifierKey();
  }

  /** Returns the verifier key of the witness. */
  public VerifierKey witness() {
    return witness;
  }

  /** Returns the signer of a person or log. */
  public NoteSigner signer(String name) {
    return signers.get(name);
  }

  /** Returns the pair of a person or log. */
  public KeyPair keyPair(String name) {
    return pairs.get(name);
  }

  /** Returns the note of a text with the signatures of these. */
  public byte[] sign(String text, String... by) {
    try {
      Note note = new Note(text, List.of());
      for (String name : by) {
        note = note.with(signers.get(name).sign(text));
      }
      return note.toBytes();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private String head(String kind) {
    return "keyhold.dev/" + kind + "@v1\ncharter " + CharterRef.to(present()) + "\n";
  }

  private static String tail(int nonce) {
    return "nonce " + String.format("%032x", nonce) + "\n";
  }

  /** Returns the text of a grant by rule 10 with these {@code at} lines. */
  public String grant(int nonce, String from, String until, String... at) {
    return grant(10, "purpose fraud-review ticket INC-1234", nonce, from, until, at);
  }

  /** Returns the text of a grant for the tenant acme, asked for by carol. */
  public String grant(int rule, String claims, int nonce, String from, String until, String... at) {
    return head("grant")
        + "rule "
        + rule
        + "\nasked-by carol\nreason disputed%20payments\nworkload api\n"
        + "open orders binding orders tenant acme\n"
        + claims
        + "\n"
        + "from "
        + from
        + "\nuntil "
        + until
        + "\n"
        + List.of(at).stream().map(share -> "at " + share + "\n").collect(Collectors.joining())
        + tail(nonce);
  }

  /** Returns the text of a revocation. */
  public String revoke(String grant, int rule, int nonce) {
    return head("revoke") + "rule " + rule + "\ngrant " + grant + "\nreason leaver\n" + tail(nonce);
  }

  /** Returns the text of a freeze of something like {@code workload api}. */
  public String freeze(String what, String from, String until, int nonce) {
    return head("freeze")
        + "freeze "
        + what
        + "\nreason alarm\nfrom "
        + from
        + "\nuntil "
        + until
        + "\n"
        + tail(nonce);
  }

  /** Returns the text of the lift of a freeze. */
  public String lift(String freeze, int nonce) {
    return head("lift") + "freeze " + freeze + "\nreason over\n" + tail(nonce);
  }

  /** Returns the text of a review. */
  public String review(String grant, int nonce) {
    return head("review")
        + "grant "
        + grant
        + "\nreason "
        + Percent.encode("seen, all right")
        + "\n"
        + tail(nonce);
  }

  /** Returns the text of the end of a log. */
  public String close(String origin, long size, String root, int nonce) {
    return head("close")
        + "log "
        + origin
        + "\nsize "
        + size
        + "\nroot "
        + root
        + "\nreason quarter\n"
        + tail(nonce);
  }
}
