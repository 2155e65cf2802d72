package dev.keyhold.custody.server.command;

import dev.keyhold.custody.server.gate.Fault;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves until the process is ended. */
@Command(
    name = "run",
    description = {
      "Serves workloads and people until it is ended.",
      "With --dev it makes a CA, certificates, a key file and a charter that allows all to one"
          + " workload, and prints the configuration of the client: for development only."
    })
final class RunCommand implements Callable<Integer> {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.custody");

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration of the custodian.")
  private Path config;

  @Option(
      names = "--new-mirror",
      description = "The mirror has no checkpoint yet, since it is a new one.")
  private boolean newMirror;

  @Option(names = "--dev", description = "A custodian of a developer.")
  private boolean dev;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      defaultValue = "custodian-dev",
      description = "With --dev: where all is made (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8443",
      description =
          "With --dev: the port for workloads; the next one is for people (default: ${DEFAULT-VALUE}); 0 for free ones.")
  private int port;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (dev == (config != null)) {
      throw new ParameterException(spec.commandLine(), "give --config, or --dev without it");
    }
    DevFolder made = new DevFolder(folder);
    if (dev) {
      made.make(port, port == 0 ? 0 : port + 1);
    }
    CountDownLatch ended = new CountDownLatch(1);
    Custodian custodian = Custodian.start(dev ? made.configuration() : config, newMirror, dev);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> close(custodian, ended), "keyhold-custodian-stop"));
    if (dev) {
      out.println("# DEV: this custodian allows all to whoever has client-key.pem.");
      out.println("# The configuration of the application:");
      out.print(made.client(custodian.libraryPort()));
    }
    if (custodian.gate().charter().lines().witnesses().isEmpty() && !hasMirror()) {
      out.println(
          "# Without a witness and log.mirror nobody can notice that the log was rolled back.");
    }
    for (Fault fault : custodian.gate().faults()) {
      out.println("# " + fault.name() + ": " + fault.message());
    }
    out.printf(
        "# Serving workloads on port %s, people on port %s.%n",
        custodian.libraryPort(), custodian.peoplePort());
    out.flush();
    ended.await();
    return 0;
  }

  private boolean hasMirror() {
    return !dev && CustodianConfiguration.read(config).log(true).mirror().isPresent();
  }

  private static void close(Custodian custodian, CountDownLatch ended) {
    try {
      custodian.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the custodian did not stop well", e);
    } finally {
      ended.countDown();
    }
  }
}
