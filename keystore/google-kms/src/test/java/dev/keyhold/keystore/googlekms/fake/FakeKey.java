package dev.keyhold.keystore.googlekms.fake;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import com.google.rpc.PreconditionFailure;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One CryptoKey with its versions. The fake's lock guards it. */
final class FakeKey {
  static final String VERSIONS = "/cryptoKeyVersions/";

  private final List<CryptoKeyVersion> versions = new ArrayList<>();
  private final List<Material> materials = new ArrayList<>();
  private CryptoKey settings;
  private String primary = "";

  FakeKey(CryptoKey settings) {
    this.settings = settings;
  }

  void settings(CryptoKey value) {
    settings = value;
  }

  CryptoKey message() {
    CryptoKey.Builder message = settings.toBuilder().clearPrimary();
    versions.stream().filter(v -> v.getName().equals(primary)).forEach(message::setPrimary);
    return message.build();
  }

  List<CryptoKeyVersion> versions() {
    return versions;
  }

  CryptoKeyVersion add(CryptoKeyVersion template, CryptoKeyVersionState state)
      throws GeneralSecurityException {
    var algorithm = settings.getVersionTemplate().getAlgorithm();
    CryptoKeyVersion made =
        template.toBuilder()
            .setName(settings.getName() + VERSIONS + (versions.size() + 1))
            .setAlgorithm(algorithm)
            .setProtectionLevel(settings.getVersionTemplate().getProtectionLevel())
            .setState(state)
            .setCreateTime(now(0))
            .build();
    versions.add(made);
    materials.add(new Material(algorithm));
    if (versions.size() == 1 && settings.getPurpose() == CryptoKeyPurpose.ENCRYPT_DECRYPT) {
      primary = made.getName();
    }
    return made;
  }

  void primary(String number) {
    primary = version(number).getName();
  }

  String primary() {
    return primary;
  }

  CryptoKeyVersion version(String number) {
    return versions.get(index(number));
  }

  Material material(String number) {
    return materials.get(index(number));
  }

  int size() {
    return versions.size();
  }

  private int index(String number) {
    int index = number.matches("[1-9][0-9]{0,8}") ? Integer.parseInt(number) - 1 : -1;
    if (index < 0 || index >= versions.size()) {
      throw Fault.error(Code.NOT_FOUND, settings.getName() + VERSIONS + number + " not found.");
    }
    return index;
  }

  CryptoKeyVersion state(String number, CryptoKeyVersionState state) {
    CryptoKeyVersion.Builder changed = version(number).toBuilder().setState(state);
    if (state == CryptoKeyVersionState.DESTROY_SCHEDULED) {
      changed.setDestroyTime(now(settings.getDestroyScheduledDuration().getSeconds()));
    } else {
      changed.clearDestroyTime();
    }
    versions.set(index(number), changed.build());
    return changed.build();
  }

  /** Checks the purpose of the key and the state of a version. */
  Material use(String number, CryptoKeyPurpose purpose) {
    CryptoKeyVersion version = version(number);
    if (settings.getPurpose() != purpose) {
      throw Fault.error(
          Code.FAILED_PRECONDITION, version.getName() + " is not for " + purpose + ".");
    }
    if (version.getState() != CryptoKeyVersionState.ENABLED) {
      throw Fault.error(
          Code.FAILED_PRECONDITION,
          version.getName() + " is not enabled, current state is: " + version.getState() + ".",
          PreconditionFailure.newBuilder()
              .addViolations(
                  PreconditionFailure.Violation.newBuilder().setType("KEY_" + version.getState()))
              .build());
    }
    return material(number);
  }

  static Timestamp now(long later) {
    return Timestamp.newBuilder().setSeconds(Instant.now().getEpochSecond() + later).build();
  }
}
