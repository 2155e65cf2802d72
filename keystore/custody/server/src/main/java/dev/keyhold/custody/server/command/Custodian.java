package dev.keyhold.custody.server.command;

import dev.keyhold.admin.Administration;
import dev.keyhold.custody.server.gate.Gate;
import dev.keyhold.custody.server.gate.KeyService;
import dev.keyhold.custody.server.http.Listener;
import dev.keyhold.custody.server.log.DiskFiles;
import dev.keyhold.custody.server.log.LogRefused;
import dev.keyhold.custody.server.log.LogSettings;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.ConfigurationException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A custodian that serves, as a configuration says. */
public final class Custodian implements Closeable {
  private static final String DEV = "DEV";

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private Gate gate;
  private Listener library;
  private Listener people;

  private Custodian() {}

  /**
   * Starts a custodian.
   *
   * @param newMirror whether a mirror without a checkpoint is a new one
   * @param dev whether it is a developer's: it says so in each answer, and takes no backend but
   *     software
   */
  public static Custodian start(Path file, boolean newMirror, boolean dev)
      throws IOException, GeneralSecurityException, BackendException, LogRefused {
    Custodian custodian = new Custodian();
    boolean started = false;
    try {
      custodian.start(CustodianConfiguration.read(file), newMirror, dev);
      started = true;
      return custodian;
    } finally {
      if (!started) {
        custodian.close();
      }
    }
  }

  private void start(CustodianConfiguration configuration, boolean newMirror, boolean dev)
      throws IOException, GeneralSecurityException, BackendException, LogRefused {
    Clock clock = Clock.systemUTC();
    Administration administration = Administration.open(configuration.include().toString());
    open.push(administration);
    if (dev) {
      requireSoftware(administration);
    } else if (configuration.origin().equals(DevFolder.ORIGIN)) {
      throw new ConfigurationException(
          "%s is the log of a developer's custodian, whose charter allows all: start it by run --dev, or make another by init"
              .formatted(DevFolder.ORIGIN));
    }
    LogSettings log = configuration.log(newMirror);
    LogKey logKey =
        LogKey.open(
            configuration.origin(),
            configuration.logKeyFile(),
            administration.handle(configuration.sealingAlias()));
    gate = Gate.open(log, configuration.pin(), new DiskFiles(), logKey.signer(), clock);
    open.push(gate);
    String backend = backend(administration, configuration);
    KeyService service = new KeyService(gate, administration.uses(backend), logKey.inputKey());
    List<X509Certificate> authorities =
        configuration.authorities().isPresent()
            ? Listener.certificates(configuration.authorities().get())
            : List.of();
    Optional<String> mode = dev ? Optional.of(DEV) : Optional.empty();
    library =
        Listener.forWorkloads(
            endpoint(configuration, "listen.library"), gate, service, authorities, mode, clock);
    open.push(library);
    people =
        Listener.forPeople(endpoint(configuration, "listen.people"), gate, service, mode, clock);
    open.push(people);
  }

  private static Listener.Endpoint endpoint(CustodianConfiguration configuration, String name) {
    return new Listener.Endpoint(
        configuration.address(name), configuration.certificate(), configuration.key());
  }

  /** Requires that no real key can stand behind a charter that allows all. */
  static void requireSoftware(Administration administration) throws BackendException {
    for (String name : administration.backends()) {
      String type = administration.backend(name).type();
      if (!type.equals("software")) {
        throw new ConfigurationException(
            "--dev takes backends of type software only, and %s is of type %s: its charter allows all"
                .formatted(name, type));
      }
    }
  }

  private static String backend(Administration administration, CustodianConfiguration configuration)
      throws BackendException {
    Set<String> names = administration.backends();
    String name = configuration.backend().orElse(names.size() == 1 ? names.iterator().next() : "");
    if (!names.contains(name)) {
      throw new ConfigurationException(
          "custodian.backend names the backend whose keys are used: one of "
              + String.join(", ", names));
    }
    return name;
  }

  /** Returns the gate. */
  public Gate gate() {
    return gate;
  }

  /** Returns the port for workloads. */
  public int libraryPort() {
    return library.port();
  }

  /** Returns the port for people. */
  public int peoplePort() {
    return people.port();
  }

  /** Ends what is under way, and closes the log. */
  @Override
  public void close() throws IOException {
    IOException failed = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) { // what AutoCloseable declares
        failed = failed == null ? new IOException("the custodian did not stop well", e) : failed;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
