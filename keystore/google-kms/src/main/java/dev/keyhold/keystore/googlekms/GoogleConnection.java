package dev.keyhold.keystore.googlekms;

import com.google.api.core.ApiFuture;
import com.google.api.gax.core.CredentialsProvider;
import com.google.api.gax.core.FixedCredentialsProvider;
import com.google.api.gax.core.NoCredentialsProvider;
import com.google.api.gax.grpc.GrpcTransportChannel;
import com.google.api.gax.rpc.ApiException;
import com.google.api.gax.rpc.FixedTransportChannelProvider;
import com.google.api.gax.rpc.StatusCode;
import com.google.api.gax.rpc.UnaryCallable;
import com.google.cloud.kms.v1.DecryptRequest;
import com.google.cloud.kms.v1.EncryptRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.KeyManagementServiceSettings;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.kit.OneClient;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The one client of a backend: made at the first call, closed with the backend. A call is made
 * once, and ends within its timeout; the caller retries. Thread-safe.
 */
final class GoogleConnection implements AutoCloseable {
  private static final int MAX_MESSAGE = 4 << 20;
  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final int KEEP_ALIVE_ANSWER_SECONDS = 5;

  /** Less than what firewalls forget an idle connection after. */
  private static final int MAX_IDLE_SECONDS = 30;

  private final Settings settings;
  private final AtomicInteger renewals = new AtomicInteger();
  private final OneClient<Open> open = new OneClient<>(this::make, Open::end);

  GoogleConnection(Settings settings) {
    this.settings = settings;
  }

  /** The client and the channel under it. */
  private record Open(KeyManagementServiceClient client, ManagedChannel channel) {
    void end() {
      try {
        client.close();
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /**
   * Makes one call.
   *
   * @param method the client's, such as {@code KeyManagementServiceClient::encryptCallable}
   * @param errors what the service's errors mean for this operation
   */
  <Q, R> R call(
      Function<KeyManagementServiceClient, UnaryCallable<Q, R>> method,
      Q request,
      GoogleErrors errors)
      throws BackendException {
    Open current = open.get();
    int before = renewals.get();
    if (current.channel().getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      current.channel().resetConnectBackoff(); // check now whether it is back, not in a minute
    }
    ApiFuture<R> future;
    try {
      future = method.apply(current.client()).futureCall(request);
    } catch (RuntimeException e) {
      throw new BackendException(Reason.UNAVAILABLE, "the call could not be made", e);
    } catch (LinkageError e) {
      throw otherVersion(e);
    }
    try {
      // the call has its own deadline; this is for what comes before it, such as credentials
      return future.get(settings.timeout().toMillis() + 200, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw Interrupts.waitingFor("Cloud KMS", e);
    } catch (TimeoutException e) {
      renew(current, before);
      throw new BackendException(
          Reason.UNAVAILABLE,
          "no answer from Cloud KMS at %s within %s ms"
              .formatted(settings.endpoint(), settings.timeout().toMillis()),
          e);
    } catch (ExecutionException e) {
      if (open.isClosed()) {
        throw OneClient.closed(e);
      }
      if (e.getCause() instanceof LinkageError error) {
        throw otherVersion(error);
      }
      if (e.getCause() instanceof ApiException failure) {
        if (failure.getStatusCode().getCode() == StatusCode.Code.DEADLINE_EXCEEDED) {
          renew(current, before);
        }
        throw NetworkFailures.of(failure, settings.endpoint()).orElseGet(() -> errors.of(failure));
      }
      throw new BackendException(
          Reason.UNAVAILABLE, "the call failed: " + e.getCause().getClass().getName(), e);
    } finally {
      future.cancel(true);
    }
  }

  /** Builds the client, and begins to connect. */
  void prepare() throws BackendException {
    try {
      int unused =
          EncryptRequest.getDefaultInstance().getSerializedSize()
              + DecryptRequest.getDefaultInstance().getSerializedSize();
      ConnectivityState unusedState = open.get().channel().getState(true);
    } catch (LinkageError e) {
      throw otherVersion(e);
    }
  }

  /**
   * Makes the next call use a new connection: this one may be dead without any sign, as after a
   * firewall's idle timeout. Calls that failed on the same connection renew it once.
   */
  private void renew(Open current, int before) {
    if (renewals.compareAndSet(before, before + 1)) {
      current.channel().enterIdle();
    }
  }

  static BackendException otherVersion(LinkageError e) {
    Throwable what = e.getCause() == null ? e : e.getCause(); // of an initializer
    return new BackendException(
        Reason.MISCONFIGURED,
        ("the Google libraries on the class path do not fit (%s): com.google.cloud:google-cloud-kms"
                + " needs gax, gRPC, protobuf and Guava in no earlier version than those that it was"
                + " released with; com.google.cloud:libraries-bom, imported before any other bom,"
                + " keeps them together")
            .formatted(what),
        e);
  }

  private Open make() throws BackendException {
    CredentialsProvider credentials =
        settings.plaintext()
            ? NoCredentialsProvider.create()
            : FixedCredentialsProvider.create(CredentialSource.of(settings));
    ManagedChannel channel = channel();
    try {
      KeyManagementServiceSettings.Builder builder =
          KeyManagementServiceSettings.newBuilder()
              .setEndpoint(settings.endpoint())
              .setCredentialsProvider(credentials)
              .setTransportChannelProvider(
                  FixedTransportChannelProvider.create(GrpcTransportChannel.create(channel)));
      builder.applyToAllUnaryMethods(
          method -> {
            method.setSimpleTimeoutNoRetriesDuration(settings.timeout());
            return null;
          });
      return new Open(KeyManagementServiceClient.create(builder.build()), channel);
    } catch (IOException e) {
      channel.shutdownNow();
      throw new BackendException(
          Reason.MISCONFIGURED, "no client for Cloud KMS could be made: see the cause", e);
    }
  }

  private ManagedChannel channel() {
    ManagedChannelBuilder<?> builder = ManagedChannelBuilder.forTarget(settings.endpoint());
    if (settings.plaintext()) {
      builder.usePlaintext();
    }
    return builder
        .disableRetry()
        .maxInboundMessageSize(MAX_MESSAGE)
        .idleTimeout(MAX_IDLE_SECONDS, TimeUnit.SECONDS)
        .proxyDetector(new SystemProxy())
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_ANSWER_SECONDS, TimeUnit.SECONDS)
        .userAgent("keyhold")
        .build();
  }

  @Override
  public void close() {
    open.close();
  }
}
