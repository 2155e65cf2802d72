package dev.keyhold.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/**
 * An emulator of AWS KMS, a process of its own on a free loopback port, started at its first use
 * and stopped when the JVM ends. Where it is not installed, the test is skipped. Thread-safe.
 */
@SuppressWarnings("ImmutableEnumChecker") // one process each, guarded by its lock
public enum AwsEmulator {
  /** {@code moto}: encryption, rotation, aliases. */
  MOTO(".venv-moto", "moto_server", "/moto-api/reset"),
  /** {@code ministack}: states, signatures, MACs. */
  MINISTACK(".venv-ministack", "ministack", "/_ministack/reset");

  private static final Duration START = Duration.ofSeconds(60);

  private final String venv;
  private final String program;
  private final String reset;
  private int port;

  AwsEmulator(String venv, String program, String reset) {
    this.venv = venv;
    this.program = program;
    this.reset = reset;
  }

  /** Forgets all keys; gives the options that lead to the emulator. */
  public synchronized Map<String, String> empty() {
    if (port == 0) {
      start();
    }
    if (!post(reset)) {
      throw new IllegalStateException(program + " does not forget its keys");
    }
    Map<String, String> options = new LinkedHashMap<>();
    options.put("region", "eu-west-1");
    options.put("endpoint", "http://127.0.0.1:" + port);
    options.put("timeout", "60s"); // a large RSA key takes its time in Python
    options.put("deadline", "120s");
    return options;
  }

  private void start() {
    Path executable =
        Path.of(System.getProperty("keyhold.root", "..")).resolve(venv).resolve("bin/" + program);
    if (!Files.isExecutable(executable)) {
      throw new TestAbortedException(program + " is not in " + venv + "; make test installs it");
    }
    try {
      int free = Ports.free();
      ProcessBuilder builder = new ProcessBuilder(executable.toAbsolutePath().toString());
      if (this == MOTO) {
        builder.command().add("-H");
        builder.command().add("127.0.0.1");
        builder.command().add("-p");
        builder.command().add(Integer.toString(free));
      }
      builder.environment().put("BIND_HOST", "127.0.0.1"); // ministack: not every interface
      builder.environment().put("GATEWAY_PORT", Integer.toString(free));
      builder.environment().put("IOT_MTLS_ENABLED", "0");
      Process process =
          builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      port = free;
      long end = System.nanoTime() + START.toNanos();
      while (!post(reset)) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException(program + " does not start");
        }
        Thread.sleep(100);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean post(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .POST(BodyPublishers.noBody())
            .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
