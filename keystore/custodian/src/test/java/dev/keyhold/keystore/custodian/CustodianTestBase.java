package dev.keyhold.keystore.custodian;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.WrapContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A custodian of the test, and clients of it. */
abstract class CustodianTestBase {
  static final WrapContext CONTEXT = new WrapContext(Map.of("keyhold-binding", "orders"));
  static final byte[] DATA_KEY = {'0', '1', '2', '3', '4', '5', '6', '7'};

  @TempDir Path folder;
  TestPki pki;
  TestCustodian custodian;
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    pki = new TestPki();
    custodian = another();
    pki.writeCa(folder.resolve("ca.pem"));
    pki.client("spiffe://acme/api").write(folder.resolve("client.pem"), folder.resolve("key.pem"));
  }

  TestCustodian another() throws Exception {
    TestCustodian made = new TestCustodian(pki);
    open.add(made);
    return made;
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  Map<String, String> options() {
    Map<String, String> options = new HashMap<>();
    options.put("url", custodian.url());
    options.put("fronts", "software");
    options.put("client-certificate", "client.pem");
    options.put("client-key", "key.pem");
    options.put("ca", "ca.pem");
    options.put("deadline", "60s");
    return options;
  }

  Backend backend(Map<String, String> options) {
    Backend made = new CustodianBackendFactory().create(new TestOptions(folder, options));
    open.add(made);
    return made;
  }

  Backend backend() {
    return backend(options());
  }

  static BackendException assertFails(Reason reason, Executable call) {
    BackendException failure = assertThrows(BackendException.class, call);
    assertEquals(reason, failure.reason(), failure.getMessage());
    return failure;
  }
}
