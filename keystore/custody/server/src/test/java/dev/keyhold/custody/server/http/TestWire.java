package dev.keyhold.custody.server.http;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.custody.server.command.DevAuthority;
import dev.keyhold.custody.server.gate.TestCustody;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A custodian with its listeners, and clients of them. */
final class TestWire implements AutoCloseable {
  /** What came back. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, JsonObject json, byte[] secret) {
    String error() {
      return json.has("error") ? json.get("error").getAsString() : "";
    }

    String message() {
      return json.has("message") ? json.get("message").getAsString() : "";
    }
  }

  final DevAuthority authority = DevAuthority.create("acme CA");
  final TestCustody custody;
  final Listener library;
  final Listener people;
  final Path serverCertificate;
  final Path serverKey;
  final Listener.Endpoint endpoint;

  TestWire(Path folder, String rules) throws Exception {
    custody = new TestCustody(folder, rules, "trust spiffe://acme ca " + pin(authority) + "\n");
    serverCertificate = folder.resolve("server.pem");
    serverKey = folder.resolve("server-key.pem");
    writeServerCertificate();
    endpoint =
        new Listener.Endpoint(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            serverCertificate,
            serverKey);
    library =
        Listener.forWorkloads(
            endpoint,
            custody.gate,
            custody.service,
            List.of(authority.certificate()),
            Optional.empty(),
            Clock.systemUTC());
    people =
        Listener.forPeople(
            endpoint, custody.gate, custody.service, Optional.of("DEV"), Clock.systemUTC());
  }

  void writeServerCertificate() throws IOException, GeneralSecurityException {
    DevAuthority.Certified server = authority.server("localhost", "127.0.0.1");
    Files.writeString(serverKey, DevAuthority.pem(server.key()));
    Files.writeString(serverCertificate, DevAuthority.pem(server.certificate()));
  }

  static String pin(DevAuthority authority) {
    return Values.hash(Hashes.sha256(authority.certificate().getPublicKey().getEncoded()));
  }

  HttpClient client(String identity) throws Exception {
    return client(authority.client(identity));
  }

  HttpClient client(DevAuthority.Certified certified, X509Certificate... more) throws Exception {
    SSLContext context = context(certified, more);
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(context)
        .connectTimeout(Duration.ofMinutes(1))
        .build();
  }

  SSLContext context(DevAuthority.Certified certified, X509Certificate... more) throws Exception {
    char[] none = {};
    KeyManager[] keys = {};
    if (certified != null) {
      X509Certificate[] chain = Arrays.copyOf(more, more.length + 1);
      System.arraycopy(more, 0, chain, 1, more.length);
      chain[0] = certified.certificate();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("client", certified.key(), none, chain);
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, none);
      keys = factory.getKeyManagers();
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", authority.certificate());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  static byte[] frame(String json, byte... secret) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(4 + text.length + secret.length)
        .putInt(text.length)
        .put(text)
        .put(secret)
        .array();
  }

  /** Returns the beginning of the fields of a request, without the closing brace. */
  static String fields(String key) {
    return "{\"key\":\"%s\",\"access\":\"%s\"".formatted(key, TestCustody.bits());
  }

  URI uri(Listener listener, String path) {
    return URI.create("https://127.0.0.1:" + listener.port() + path);
  }

  Answer ask(HttpClient client, String operation, String json, byte... secret) throws Exception {
    return ask(client, operation, frame(json, secret));
  }

  Answer ask(HttpClient client, String operation, byte[] body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri(library, "/v1/" + operation))
            .timeout(Duration.ofMinutes(2))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    ByteBuffer answer = ByteBuffer.wrap(response.body());
    byte[] json = new byte[answer.getInt()];
    answer.get(json);
    byte[] secret = new byte[answer.remaining()];
    answer.get(secret);
    return new Answer(
        response.statusCode(),
        JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject(),
        secret);
  }

  HttpResponse<byte[]> get(HttpClient client, Listener listener, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(listener, path)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> post(HttpClient client, Listener listener, byte[] note) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(listener, "/v1/statements"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(note))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  static JsonObject json(HttpResponse<byte[]> response) {
    return JsonParser.parseString(new String(response.body(), StandardCharsets.UTF_8))
        .getAsJsonObject();
  }

  @Override
  public void close() throws IOException {
    library.close();
    people.close();
    custody.close();
  }
}
