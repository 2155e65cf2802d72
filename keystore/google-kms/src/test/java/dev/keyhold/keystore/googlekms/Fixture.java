package dev.keyhold.keystore.googlekms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.googlekms.fake.FakeServer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.function.Executable;

/** A backend on a fake service of its own. */
public final class Fixture implements AutoCloseable {
  static final WrapContext CONTEXT = new WrapContext(Map.of("keyhold-binding", "orders"));
  static final byte[] DATA_KEY = new byte[32];

  private final FakeServer server = FakeServer.start();
  private final Backend backend;

  Fixture(String... options) {
    backend = connect(options);
  }

  /** Another backend on the same service. */
  Backend connect(String... options) {
    Map<String, String> all = new HashMap<>();
    all.put("key-ring", FakeServer.KEY_RING);
    all.put("endpoint", server.endpoint());
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    return new GoogleKmsBackendFactory().create(new MapOptions(all));
  }

  FakeServer server() {
    return server;
  }

  Backend backend() {
    return backend;
  }

  KeyMetadata create(String name, KeySpec spec, Purpose purpose) throws BackendException {
    return create(name, spec, purpose, Map.of());
  }

  KeyMetadata create(String name, KeySpec spec, Purpose purpose, Map<String, String> labels)
      throws BackendException {
    return backend
        .require(KeyMaking.class)
        .create(new KeyRequest(name, spec, Set.of(purpose), labels));
  }

  KeyMetadata newKek(String name) throws BackendException {
    return create(name, KeySpec.AES_256, Purpose.ENCRYPT);
  }

  static BackendException assertFails(Reason reason, Executable call) {
    BackendException failure = assertThrows(BackendException.class, call);
    assertEquals(reason, failure.reason(), failure::getMessage);
    return failure;
  }

  @Override
  public void close() {
    backend.close();
    server.close();
  }
}
