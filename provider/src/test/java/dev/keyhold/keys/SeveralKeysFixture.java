package dev.keyhold.keys;

import dev.keyhold.config.Configuration;
import dev.keyhold.envelope.Envelope;
import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.object.Header;
import dev.keyhold.object.ObjectTransform;
import dev.keyhold.observe.Observers;
import dev.keyhold.policy.Declared;
import dev.keyhold.policy.Policy;
import dev.keyhold.rewrap.Rewrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Two backends, {@code one} and {@code two}, with a key {@code orders} each; any configuration. */
public final class SeveralKeysFixture implements AutoCloseable {
  private final FakeBackend.Factory factory;
  private final KeyRouter router;
  private final Envelope envelope;

  /** With fresh backends. */
  public SeveralKeysFixture(Path folder, EpochLimits limits, String... lines) throws Exception {
    this(folder, limits, Observers.of(), lines);
  }

  /** The same, observed. */
  public SeveralKeysFixture(Path folder, EpochLimits limits, Observers observers, String... lines)
      throws Exception {
    this(folder, new FakeBackend.Factory(), limits, observers, lines);
    for (String backend : List.of("one", "two")) {
      backend(backend).create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
      backend(backend).calls.set(0);
    }
  }

  private SeveralKeysFixture(
      Path folder,
      FakeBackend.Factory factory,
      EpochLimits limits,
      Observers observers,
      String... lines)
      throws IOException {
    this.factory = factory;
    Path file = Files.createTempFile(folder, "keyhold", ".properties");
    Files.writeString(
        file,
        "backend.one.type = fake\nbackend.two.type = fake\n" + String.join("\n", lines) + "\n");
    router = new KeyRouter(Configuration.read(file, Map.of(), Map.of("fake", factory)), observers);
    envelope = new Envelope(router, limits);
  }

  /** Another process: the same keys, another configuration. */
  public SeveralKeysFixture elsewhere(Path folder, String... lines) throws IOException {
    return elsewhere(folder, EpochLimits.DEFAULT, lines);
  }

  /** The same, with a clock of its own. */
  public SeveralKeysFixture elsewhere(Path folder, EpochLimits limits, String... lines)
      throws IOException {
    FakeBackend.Factory other = new FakeBackend.Factory();
    SeveralKeysFixture fixture =
        new SeveralKeysFixture(folder, other, limits, Observers.of(), lines);
    for (String backend : List.of("one", "two")) {
      fixture.backend(backend).shareKeysOf(backend(backend));
    }
    return fixture;
  }

  public FakeBackend backend(String name) {
    return factory.made.get(name);
  }

  public Envelope envelope() {
    return envelope;
  }

  /** One more process with the same configuration; the caller closes it. */
  public Envelope process(EpochLimits limits) {
    return new Envelope(router, limits);
  }

  public Policy policy(String alias) throws BackendException {
    return router.policy(alias);
  }

  /** The policy of alias orders for a tenant. */
  public Policy policyOf(String tenant) throws BackendException {
    return policy("orders")
        .forObjects(new Declared(Optional.of(tenant), Optional.empty(), Optional.empty()));
  }

  public byte[] seal(String alias, byte[] plain) throws BackendException, GeneralSecurityException {
    return seal(envelope, router.policy(alias), plain);
  }

  public byte[] seal(Policy policy, byte[] plain)
      throws BackendException, GeneralSecurityException {
    return seal(envelope, policy, plain);
  }

  public static byte[] seal(Envelope envelope, Policy policy, byte[] plain)
      throws BackendException, GeneralSecurityException {
    ObjectTransform transform = envelope.seal(policy, new byte[0]);
    byte[] out = new byte[transform.outputSize(plain, 0, plain.length, true)];
    return Arrays.copyOf(out, transform.process(plain, 0, plain.length, true, out, 0));
  }

  public byte[] open(String alias, byte[] object)
      throws BackendException, GeneralSecurityException {
    return open(router.policy(alias), object);
  }

  public byte[] open(Policy policy, byte[] object)
      throws BackendException, GeneralSecurityException {
    ObjectTransform transform = envelope.open(policy, new byte[0]);
    byte[] out = new byte[Math.max(transform.outputSize(object, 0, object.length, true), 0)];
    return Arrays.copyOf(out, transform.process(object, 0, object.length, true, out, 0));
  }

  /** The object with the header that a rewrap gives it; the same if it is current. */
  public byte[] rewrap(String alias, byte[] object)
      throws BackendException, GeneralSecurityException {
    return rewrap(envelope.rewrapper(router.policy(alias), false), object);
  }

  public static byte[] rewrap(Rewrapper rewrapper, byte[] object)
      throws BackendException, GeneralSecurityException {
    byte[] header = headerOf(object);
    byte[] made = rewrapper.rewrap(header).orElse(header);
    byte[] rewrapped = Arrays.copyOf(made, made.length + object.length - header.length);
    System.arraycopy(object, header.length, rewrapped, made.length, object.length - header.length);
    return rewrapped;
  }

  /** How many keys an expression names. */
  public int keys(String expression) {
    return expression.contains(",") ? 2 : 1;
  }

  /** For a run over many objects. */
  public Rewrapper rewrapper(String alias) throws BackendException {
    return envelope.rewrapper(router.policy(alias), false);
  }

  public static byte[] headerOf(byte[] object) {
    try {
      return Arrays.copyOf(object, Header.length(object, 0));
    } catch (Header.MalformedHeaderException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public void close() {
    envelope.close();
    router.close();
  }
}
