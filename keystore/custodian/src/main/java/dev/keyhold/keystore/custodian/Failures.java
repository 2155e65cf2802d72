package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Causes;
import dev.keyhold.keystore.kit.OneClient;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLException;

/** Says of a request that got no answer of a custodian what happened, and what to do. */
final class Failures {
  private final URI url;
  private final HttpClients clients;

  Failures(URI url, HttpClients clients) {
    this.url = url;
    this.clients = clients;
  }

  /** A request that certainly did not reach the custodian: a change was not made. */
  static final class NotSent extends Exception {
    private static final long serialVersionUID = 1L;

    NotSent(Throwable cause) {
      super("the request was not sent", cause);
    }
  }

  BackendException noAnswer(Duration time, Throwable cause) {
    return unavailable(
        "no answer from the custodian %s within %s ms".formatted(url, time.toMillis()), cause);
  }

  /** Returns whether the connection broke, and the next request is to have another one. */
  boolean isOfConnection(Throwable cause) {
    return !isNotSent(cause);
  }

  private static boolean isNotSent(Throwable cause) {
    return Causes.find(cause, UnresolvedAddressException.class).isPresent()
        || Causes.find(cause, UnknownHostException.class).isPresent()
        || Causes.find(cause, ConnectException.class).isPresent()
        || Causes.find(cause, HttpConnectTimeoutException.class).isPresent();
  }

  BackendException of(Throwable cause) {
    if (clients.isClosed()) {
      return OneClient.closed(cause);
    }
    if (isNotSent(cause)) {
      return unavailable(
          "no connection to the custodian %s%s".formatted(url, said(cause)), new NotSent(cause));
    }
    if (Causes.find(cause, CertificateException.class).isPresent()) {
      return new BackendException(
          Reason.MISCONFIGURED,
          "the certificate of the custodian %s is not trusted%s; see the option ca, and the name in url"
              .formatted(url, said(cause)),
          cause);
    }
    if (Causes.find(cause, BoundedBody.TooLong.class).isPresent()) {
      return new BackendException(
          Reason.MISCONFIGURED,
          "the custodian %s answers with more than 2 MiB; see what stands at that address"
              .formatted(url),
          cause);
    }
    String what = cause instanceof SSLException ? "TLS with" : "the connection to";
    return unavailable("%s the custodian %s broke%s".formatted(what, url, said(cause)), cause);
  }

  /** Returns the failure of an answer that is no custodian's. */
  BackendException otherServer(int status) {
    boolean passes = status >= 500 && status != 501;
    return new BackendException(
        passes ? Reason.UNAVAILABLE : Reason.MISCONFIGURED,
        "%s answers with status %s, and not as a custodian does; see what stands at that address"
            .formatted(url, status),
        new MalformedException("status " + status));
  }

  BackendException malformed(int status, MalformedException cause) {
    return new BackendException(
        Reason.MISCONFIGURED,
        "an answer of the custodian %s (status %s) can't be read: %s; see whether its version and this one belong together"
            .formatted(url, status, cause.getMessage()),
        cause);
  }

  private static BackendException unavailable(String message, Throwable cause) {
    return new BackendException(Reason.UNAVAILABLE, message, cause);
  }

  private static String said(Throwable failure) {
    Throwable root = Causes.root(failure);
    String text = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return ": " + Errors.printable(text);
  }
}
