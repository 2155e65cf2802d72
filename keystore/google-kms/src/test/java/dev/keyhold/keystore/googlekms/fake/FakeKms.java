package dev.keyhold.keystore.googlekms.fake;

import com.google.cloud.kms.v1.*;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.rpc.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import javax.crypto.Cipher;

/**
 * Google Cloud KMS as far as the backend uses it: keys, versions, states, pages and checksums, with
 * the JDK's cryptography. Without external managers' keys as such: an external key here is one like
 * the others.
 */
public final class FakeKms extends KeyManagementServiceGrpc.KeyManagementServiceImplBase {
  private static final int IV = 12;

  private final Map<String, FakeKey> keys = new TreeMap<>();
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private volatile Fault fault = Fault.NONE;
  private volatile String faulty = "";
  private volatile int pageSize = 2;
  private final AtomicInteger pending = new AtomicInteger();
  private final Map<String, Runnable> after = new ConcurrentHashMap<>();

  /** From now on, calls of this method (or all, if empty) go wrong. */
  public void fail(Fault what, String method) {
    faulty = method;
    fault = what;
  }

  /** The same, once a call of another method was answered. */
  public void failAfter(String first, Fault what, String method) {
    after.put(first, () -> fail(what, method));
  }

  /** How many times a new version is told to be pending before it is there. */
  public void pending(int times) {
    pending.set(times);
  }

  /** The most that a page holds. */
  public void pageSize(int size) {
    pageSize = size;
  }

  /** How many calls there were of a method. */
  public int calls(String method) {
    AtomicInteger count = calls.get(method);
    return count == null ? 0 : count.get();
  }

  /** How many calls there were. */
  public int calls() {
    return calls.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /** The work of one method. */
  @FunctionalInterface
  private interface Work<R> {
    R done(Fault fault) throws GeneralSecurityException;
  }

  private <R> void answer(String method, StreamObserver<R> observer, Work<R> work) {
    calls.computeIfAbsent(method, m -> new AtomicInteger()).incrementAndGet();
    Fault now = faulty.isEmpty() || faulty.equals(method) ? fault : Fault.NONE;
    if (now == Fault.HANGING) {
      return;
    }
    StatusRuntimeException error = now.error();
    if (error != null) {
      observer.onError(error);
      return;
    }
    R response;
    try {
      synchronized (keys) {
        response = work.done(now);
      }
    } catch (StatusRuntimeException e) {
      observer.onError(e);
      return;
    } catch (GeneralSecurityException e) {
      observer.onError(
          Fault.error(Code.INVALID_ARGUMENT, method + " failed: the ciphertext is invalid."));
      return;
    }
    Runnable next = after.remove(method);
    if (next != null) {
      next.run();
    }
    observer.onNext(response);
    observer.onCompleted();
  }

  private FakeKey key(String name) {
    String base = name.replaceFirst(FakeKey.VERSIONS + ".*$", "");
    FakeKey key = keys.get(base);
    if (key == null) {
      throw Fault.error(Code.NOT_FOUND, "CryptoKey " + base + " not found.");
    }
    return key;
  }

  private static String number(String versionName) {
    return versionName.substring(versionName.lastIndexOf('/') + 1);
  }

  private static Int64Value crc(ByteString bytes, Fault fault) {
    CRC32C crc = new CRC32C();
    for (ByteBuffer part : bytes.asReadOnlyByteBufferList()) {
      crc.update(part);
    }
    long wrong = fault == Fault.ANSWER_CORRUPTED ? 1 : 0;
    return Int64Value.of(
        fault == Fault.ANSWER_WITHOUT_CHECKSUM && crc.getValue() != 0 ? 0 : crc.getValue() ^ wrong);
  }

  /** Checks a request's checksum as the service does; true if there was one. */
  private static boolean verified(ByteString bytes, boolean has, Int64Value given, Fault fault) {
    if (has && !given.equals(crc(bytes, Fault.NONE))) {
      throw Fault.REQUEST_CORRUPTED.error();
    }
    return has && fault != Fault.NOT_VERIFIED;
  }

  private static String named(String name, Fault fault) {
    return fault == Fault.OTHER_NAME
        ? name.replaceFirst("/cryptoKeys/[^/]+", "/cryptoKeys/other")
        : name;
  }

  @Override
  public void listCryptoKeys(
      ListCryptoKeysRequest request, StreamObserver<ListCryptoKeysResponse> observer) {
    answer(
        "ListCryptoKeys",
        observer,
        fault -> {
          List<CryptoKey> all =
              keys.values().stream()
                  .map(FakeKey::message)
                  .filter(key -> key.getName().startsWith(request.getParent() + "/"))
                  .toList();
          int from =
              request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
          int to = Math.min(all.size(), from + pageSize);
          return ListCryptoKeysResponse.newBuilder()
              .addAllCryptoKeys(all.subList(from, to))
              .setNextPageToken(to < all.size() ? String.valueOf(to) : "")
              .build();
        });
  }

  @Override
  public void listCryptoKeyVersions(
      ListCryptoKeyVersionsRequest request,
      StreamObserver<ListCryptoKeyVersionsResponse> observer) {
    answer(
        "ListCryptoKeyVersions",
        observer,
        fault -> {
          List<CryptoKeyVersion> all = key(request.getParent()).versions();
          int from =
              request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
          int to = Math.min(all.size(), from + pageSize);
          return ListCryptoKeyVersionsResponse.newBuilder()
              .addAllCryptoKeyVersions(all.subList(from, to))
              .setNextPageToken(to < all.size() ? String.valueOf(to) : "")
              .build();
        });
  }

  @Override
  public void getCryptoKey(GetCryptoKeyRequest request, StreamObserver<CryptoKey> observer) {
    answer("GetCryptoKey", observer, fault -> key(request.getName()).message());
  }

  @Override
  public void getCryptoKeyVersion(
      GetCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> observer) {
    answer(
        "GetCryptoKeyVersion",
        observer,
        fault -> {
          FakeKey key = key(request.getName());
          String number = number(request.getName());
          boolean making =
              key.version(number).getState() == CryptoKeyVersionState.PENDING_GENERATION;
          if (making && pending.decrementAndGet() <= 0) {
            key.state(number, CryptoKeyVersionState.ENABLED);
          }
          return key.version(number);
        });
  }

  @Override
  public void createCryptoKey(CreateCryptoKeyRequest request, StreamObserver<CryptoKey> observer) {
    answer(
        "CreateCryptoKey",
        observer,
        fault -> {
          String name = request.getParent() + "/cryptoKeys/" + request.getCryptoKeyId();
          if (keys.containsKey(name)) {
            throw Fault.error(Code.ALREADY_EXISTS, "CryptoKey " + name + " already exists.");
          }
          CryptoKey settings =
              request.getCryptoKey().toBuilder()
                  .setName(name)
                  .setCreateTime(FakeKey.now(0))
                  .build();
          FakeKey key = new FakeKey(settings);
          if (!request.getSkipInitialVersionCreation()) {
            key.add(CryptoKeyVersion.getDefaultInstance(), firstState());
          }
          keys.put(name, key);
          return key.message();
        });
  }

  private CryptoKeyVersionState firstState() {
    return pending.get() > 0
        ? CryptoKeyVersionState.PENDING_GENERATION
        : CryptoKeyVersionState.ENABLED;
  }

  @Override
  public void createCryptoKeyVersion(
      CreateCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> observer) {
    answer(
        "CreateCryptoKeyVersion",
        observer,
        fault -> key(request.getParent()).add(request.getCryptoKeyVersion(), firstState()));
  }

  @Override
  public void updateCryptoKeyPrimaryVersion(
      UpdateCryptoKeyPrimaryVersionRequest request, StreamObserver<CryptoKey> observer) {
    answer(
        "UpdateCryptoKeyPrimaryVersion",
        observer,
        fault -> {
          FakeKey key = key(request.getName());
          key.primary(request.getCryptoKeyVersionId());
          return key.message();
        });
  }

  @Override
  public void updateCryptoKey(UpdateCryptoKeyRequest request, StreamObserver<CryptoKey> observer) {
    answer(
        "UpdateCryptoKey",
        observer,
        fault -> {
          FakeKey key = key(request.getCryptoKey().getName());
          CryptoKey.Builder changed = key.message().toBuilder();
          for (String path : request.getUpdateMask().getPathsList()) {
            var field = CryptoKey.getDescriptor().findFieldByName(path);
            if (field.isRepeated() || request.getCryptoKey().hasField(field)) {
              changed.setField(field, request.getCryptoKey().getField(field));
            } else {
              changed.clearField(field);
            }
          }
          key.settings(changed.build());
          return key.message();
        });
  }

  @Override
  public void updateCryptoKeyVersion(
      UpdateCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> observer) {
    answer(
        "UpdateCryptoKeyVersion",
        observer,
        fault ->
            key(request.getCryptoKeyVersion().getName())
                .state(
                    number(request.getCryptoKeyVersion().getName()),
                    request.getCryptoKeyVersion().getState()));
  }

  @Override
  public void destroyCryptoKeyVersion(
      DestroyCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> observer) {
    answer(
        "DestroyCryptoKeyVersion",
        observer,
        fault ->
            key(request.getName())
                .state(number(request.getName()), CryptoKeyVersionState.DESTROY_SCHEDULED));
  }

  @Override
  public void restoreCryptoKeyVersion(
      RestoreCryptoKeyVersionRequest request, StreamObserver<CryptoKeyVersion> observer) {
    answer(
        "RestoreCryptoKeyVersion",
        observer,
        fault ->
            key(request.getName())
                .state(number(request.getName()), CryptoKeyVersionState.DISABLED));
  }

  @Override
  public void encrypt(EncryptRequest request, StreamObserver<EncryptResponse> observer) {
    answer(
        "Encrypt",
        observer,
        fault -> {
          FakeKey key = key(request.getName());
          String number = number(key.primary());
          boolean plaintext =
              verified(
                  request.getPlaintext(),
                  request.hasPlaintextCrc32C(),
                  request.getPlaintextCrc32C(),
                  fault);
          boolean aad =
              verified(
                  request.getAdditionalAuthenticatedData(),
                  request.hasAdditionalAuthenticatedDataCrc32C(),
                  request.getAdditionalAuthenticatedDataCrc32C(),
                  fault);
          byte[] iv = Material.newIv();
          byte[] sealed =
              key.use(key.primary().isEmpty() ? "1" : number, CryptoKeyPurpose.ENCRYPT_DECRYPT)
                  .gcm(
                      Cipher.ENCRYPT_MODE,
                      iv,
                      request.getAdditionalAuthenticatedData(),
                      request.getPlaintext().toByteArray());
          ByteString ciphertext = ByteString.copyFrom(iv).concat(ByteString.copyFrom(sealed));
          return EncryptResponse.newBuilder()
              .setName(named(key.primary(), fault))
              .setCiphertext(ciphertext)
              .setCiphertextCrc32C(crc(ciphertext, fault))
              .setVerifiedPlaintextCrc32C(plaintext)
              .setVerifiedAdditionalAuthenticatedDataCrc32C(aad)
              .build();
        });
  }

  @Override
  public void decrypt(DecryptRequest request, StreamObserver<DecryptResponse> observer) {
    answer(
        "Decrypt",
        observer,
        fault -> {
          FakeKey key = key(request.getName());
          verified(
              request.getCiphertext(),
              request.hasCiphertextCrc32C(),
              request.getCiphertextCrc32C(),
              fault);
          verified(
              request.getAdditionalAuthenticatedData(),
              request.hasAdditionalAuthenticatedDataCrc32C(),
              request.getAdditionalAuthenticatedDataCrc32C(),
              fault);
          return open(key, request, fault);
        });
  }

  /** The service finds the version by itself. */
  private static DecryptResponse open(FakeKey key, DecryptRequest request, Fault fault)
      throws GeneralSecurityException {
    byte[] bytes = request.getCiphertext().toByteArray();
    if (bytes.length < IV + 16) {
      throw new GeneralSecurityException("too short");
    }
    byte[] iv = Arrays.copyOf(bytes, IV);
    byte[] sealed = Arrays.copyOfRange(bytes, IV, bytes.length);
    for (int i = 1; i <= key.size(); i++) {
      String number = String.valueOf(i);
      byte[] plain;
      try {
        plain =
            key.material(number)
                .gcm(Cipher.DECRYPT_MODE, iv, request.getAdditionalAuthenticatedData(), sealed);
      } catch (GeneralSecurityException e) {
        continue;
      }
      key.use(number, CryptoKeyPurpose.ENCRYPT_DECRYPT);
      ByteString plaintext = ByteString.copyFrom(plain);
      return DecryptResponse.newBuilder()
          .setPlaintext(plaintext)
          .setPlaintextCrc32C(crc(plaintext, fault))
          .setUsedPrimary(number(key.primary()).equals(number))
          .build();
    }
    throw new GeneralSecurityException("no version opens it");
  }

  @Override
  public void rawEncrypt(RawEncryptRequest request, StreamObserver<RawEncryptResponse> observer) {
    answer(
        "RawEncrypt",
        observer,
        fault -> {
          boolean plaintext =
              verified(
                  request.getPlaintext(),
                  request.hasPlaintextCrc32C(),
                  request.getPlaintextCrc32C(),
                  fault);
          boolean aad =
              verified(
                  request.getAdditionalAuthenticatedData(),
                  request.hasAdditionalAuthenticatedDataCrc32C(),
                  request.getAdditionalAuthenticatedDataCrc32C(),
                  fault);
          byte[] iv = Material.newIv();
          ByteString sealed =
              ByteString.copyFrom(
                  key(request.getName())
                      .use(number(request.getName()), CryptoKeyPurpose.RAW_ENCRYPT_DECRYPT)
                      .gcm(
                          Cipher.ENCRYPT_MODE,
                          iv,
                          request.getAdditionalAuthenticatedData(),
                          request.getPlaintext().toByteArray()));
          return RawEncryptResponse.newBuilder()
              .setName(named(request.getName(), fault))
              .setCiphertext(sealed)
              .setCiphertextCrc32C(crc(sealed, fault))
              .setInitializationVector(ByteString.copyFrom(iv))
              .setInitializationVectorCrc32C(crc(ByteString.copyFrom(iv), fault))
              .setTagLength(16)
              .setVerifiedPlaintextCrc32C(plaintext)
              .setVerifiedAdditionalAuthenticatedDataCrc32C(aad)
              .build();
        });
  }

  @Override
  public void rawDecrypt(RawDecryptRequest request, StreamObserver<RawDecryptResponse> observer) {
    answer(
        "RawDecrypt",
        observer,
        fault -> {
          boolean ciphertext =
              verified(
                  request.getCiphertext(),
                  request.hasCiphertextCrc32C(),
                  request.getCiphertextCrc32C(),
                  fault);
          boolean iv =
              verified(
                  request.getInitializationVector(),
                  request.hasInitializationVectorCrc32C(),
                  request.getInitializationVectorCrc32C(),
                  fault);
          boolean aad =
              verified(
                  request.getAdditionalAuthenticatedData(),
                  request.hasAdditionalAuthenticatedDataCrc32C(),
                  request.getAdditionalAuthenticatedDataCrc32C(),
                  fault);
          ByteString plaintext =
              ByteString.copyFrom(
                  key(request.getName())
                      .use(number(request.getName()), CryptoKeyPurpose.RAW_ENCRYPT_DECRYPT)
                      .gcm(
                          Cipher.DECRYPT_MODE,
                          request.getInitializationVector().toByteArray(),
                          request.getAdditionalAuthenticatedData(),
                          request.getCiphertext().toByteArray()));
          return RawDecryptResponse.newBuilder()
              .setPlaintext(plaintext)
              .setPlaintextCrc32C(crc(plaintext, fault))
              .setVerifiedCiphertextCrc32C(ciphertext)
              .setVerifiedInitializationVectorCrc32C(iv)
              .setVerifiedAdditionalAuthenticatedDataCrc32C(aad)
              .build();
        });
  }

  @Override
  public void macSign(MacSignRequest request, StreamObserver<MacSignResponse> observer) {
    answer(
        "MacSign",
        observer,
        fault -> {
          boolean data =
              verified(request.getData(), request.hasDataCrc32C(), request.getDataCrc32C(), fault);
          ByteString mac =
              ByteString.copyFrom(
                  key(request.getName())
                      .use(number(request.getName()), CryptoKeyPurpose.MAC)
                      .mac(request.getData().toByteArray()));
          return MacSignResponse.newBuilder()
              .setName(named(request.getName(), fault))
              .setMac(mac)
              .setMacCrc32C(crc(mac, fault))
              .setVerifiedDataCrc32C(data)
              .build();
        });
  }

  @Override
  public void asymmetricSign(
      AsymmetricSignRequest request, StreamObserver<AsymmetricSignResponse> observer) {
    answer(
        "AsymmetricSign",
        observer,
        fault -> {
          Digest digest = request.getDigest();
          ByteString input =
              request.hasDigest()
                  ? digest.getSha256().concat(digest.getSha384()).concat(digest.getSha512())
                  : request.getData();
          boolean right =
              request.hasDigest()
                  ? verified(input, request.hasDigestCrc32C(), request.getDigestCrc32C(), fault)
                  : verified(input, request.hasDataCrc32C(), request.getDataCrc32C(), fault);
          ByteString signature =
              ByteString.copyFrom(
                  key(request.getName())
                      .use(number(request.getName()), CryptoKeyPurpose.ASYMMETRIC_SIGN)
                      .sign(input.toByteArray()));
          return AsymmetricSignResponse.newBuilder()
              .setName(named(request.getName(), fault))
              .setSignature(signature)
              .setSignatureCrc32C(crc(signature, fault))
              .setVerifiedDigestCrc32C(right && request.hasDigest())
              .setVerifiedDataCrc32C(right && !request.hasDigest())
              .build();
        });
  }

  @Override
  public void asymmetricDecrypt(
      AsymmetricDecryptRequest request, StreamObserver<AsymmetricDecryptResponse> observer) {
    answer(
        "AsymmetricDecrypt",
        observer,
        fault -> {
          boolean right =
              verified(
                  request.getCiphertext(),
                  request.hasCiphertextCrc32C(),
                  request.getCiphertextCrc32C(),
                  fault);
          ByteString plaintext =
              ByteString.copyFrom(
                  key(request.getName())
                      .use(number(request.getName()), CryptoKeyPurpose.ASYMMETRIC_DECRYPT)
                      .decrypt(request.getCiphertext().toByteArray()));
          return AsymmetricDecryptResponse.newBuilder()
              .setPlaintext(plaintext)
              .setPlaintextCrc32C(crc(plaintext, fault))
              .setVerifiedCiphertextCrc32C(right)
              .build();
        });
  }

  @Override
  public void getPublicKey(GetPublicKeyRequest request, StreamObserver<PublicKey> observer) {
    answer(
        "GetPublicKey",
        observer,
        fault -> {
          Material material = key(request.getName()).material(number(request.getName()));
          PublicKey.Builder told = PublicKey.newBuilder().setName(named(request.getName(), fault));
          if (request.getPublicKeyFormat() == PublicKey.PublicKeyFormat.NIST_PQC) {
            ByteString bare = ByteString.copyFrom(material.bare());
            return told.setPublicKey(
                    ChecksummedData.newBuilder().setData(bare).setCrc32CChecksum(crc(bare, fault)))
                .build();
          }
          String pem = material.pem();
          return told.setPem(pem).setPemCrc32C(crc(ByteString.copyFromUtf8(pem), fault)).build();
        });
  }

  @Override
  public void generateRandomBytes(
      GenerateRandomBytesRequest request, StreamObserver<GenerateRandomBytesResponse> observer) {
    answer(
        "GenerateRandomBytes",
        observer,
        fault -> {
          int length = request.getLengthBytes();
          if (length < 8 || length > 1024 || request.getProtectionLevel() != ProtectionLevel.HSM) {
            throw Fault.error(Code.INVALID_ARGUMENT, "8 to 1024 bytes, from an HSM.");
          }
          byte[] bytes = new byte[length];
          new SecureRandom().nextBytes(bytes);
          ByteString data = ByteString.copyFrom(bytes);
          return GenerateRandomBytesResponse.newBuilder()
              .setData(data)
              .setDataCrc32C(crc(data, fault))
              .build();
        });
  }
}
