package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.custodian.Custodians.Reading;
import dev.keyhold.keystore.custodian.Custodians.Request;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** The requests of one access. Thread-safe. */
final class Requests {
  static final byte[] NOTHING = new byte[0];

  private static final int MAX_KEY = 1024;
  private static final int ACCESS_ID = 16;

  private final Custodians custodians;
  private final Access access;

  Requests(Custodians custodians, Access access) {
    this.custodians = custodians;
    this.access = access;
  }

  Behind behind() {
    return custodians.behind();
  }

  /** Begins the request of a use of a key. */
  JsonWriter use(String key) throws BackendException {
    return declared(
        named(key).put("access", HexFormat.of().formatHex(LocalRandom.bytes(ACCESS_ID))));
  }

  /** Begins a question about a key. */
  JsonWriter question(String key) throws BackendException {
    return declared(named(key));
  }

  /** Begins a question about no key. */
  JsonWriter question() {
    return declared(new JsonWriter());
  }

  private JsonWriter named(String key) throws BackendException {
    custodians.requireOpen();
    if (key.isEmpty() || utf8Length(key) > MAX_KEY) {
      throw new BackendException(
          Reason.NOT_FOUND, "a key's name has 1 to %s bytes at a custodian".formatted(MAX_KEY));
    }
    return new JsonWriter().put("key", key);
  }

  private JsonWriter declared(JsonWriter request) {
    return request
        .put("alias", taken(Optional.of(access.alias())))
        .put("purpose", taken(access.purpose()))
        .put("ticket", taken(access.ticket()));
  }

  /** An alias can have any length; one that the wire does not take is not told. */
  private static Optional<String> taken(Optional<String> text) {
    return text.filter(
        said ->
            !said.isEmpty()
                && utf8Length(said) <= Access.MAX_TEXT
                && said.chars().noneMatch(Character::isISOControl)
                && StandardCharsets.UTF_8.newEncoder().canEncode(said));
  }

  static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Asks something that may be asked again. */
  <T> T ask(String operation, JsonWriter json, byte[] secret, Reading<T> reading)
      throws BackendException {
    return custodians.ask(new Request(operation, json, secret, false), reading);
  }

  /** Asks for bytes; the caller zeroes them. */
  byte[] askForBytes(String operation, JsonWriter json, byte[] secret) throws BackendException {
    return ask(operation, json, secret, Answer::secret);
  }

  /** Asks for a change, once. */
  <T> T change(String operation, JsonWriter json, Reading<T> reading) throws BackendException {
    return custodians.ask(new Request(operation, json, NOTHING, true), reading);
  }
}
