package dev.keyhold.conformance.clients;

import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.GoogleFake;
import dev.keyhold.conformance.KeyholdConfig;
import java.nio.file.Path;
import java.util.Map;

/** Where the keys of these tests live: a backend, and the stand-in of its service. */
enum Place {
  SOFTWARE("software", true) {
    @Override
    KeyholdConfig open(Path folder) {
      return KeyholdConfig.of(BackendKind.SOFTWARE, folder);
    }
  },
  PKCS11("pkcs11", true) {
    @Override
    KeyholdConfig open(Path folder) {
      return KeyholdConfig.of(BackendKind.PKCS11, folder);
    }
  },
  /** On ministack, whose signatures can be trusted. */
  AWS_KMS("aws-kms", false) {
    @Override
    KeyholdConfig open(Path folder) {
      return KeyholdConfig.ofAws(folder, AwsEmulator.MINISTACK.empty());
    }
  },
  GOOGLE_KMS("google-kms", false) {
    @Override
    KeyholdConfig open(Path folder) {
      return KeyholdConfig.of(BackendKind.GOOGLE_KMS, folder);
    }

    @Override
    Calls counted(Path folder) {
      KeyholdConfig config = open(folder);
      return new Calls(
          config,
          () -> GoogleFake.kms().calls("AsymmetricSign"),
          () -> GoogleFake.kms().calls(),
          () -> {});
    }

    /** An RSA key of the service signs in one way only. */
    @Override
    Map<String, String> labels(Scheme scheme) {
      return scheme == Scheme.RSA_PSS
          ? Map.of("keyhold-algorithm", "rsa_sign_pss_2048_sha256")
          : Map.of();
    }
  };

  private final String type;
  private final boolean keepsCertificates;

  Place(String type, boolean keepsCertificates) {
    this.type = type;
    this.keepsCertificates = keepsCertificates;
  }

  /**
   * A configuration of an empty backend {@code b}, for all aliases; the test is skipped without.
   */
  abstract KeyholdConfig open(Path folder);

  /** The same, and its calls are counted. Not for the software backend, which makes none. */
  Calls counted(Path folder) {
    return switch (this) {
      case PKCS11 -> SpiedToken.open(folder);
      case AWS_KMS -> CountingProxy.open(folder);
      default -> throw new IllegalStateException(this + " makes no calls");
    };
  }

  /** What a new key of this scheme must be told. */
  Map<String, String> labels(Scheme scheme) {
    return Map.of();
  }

  /** Whether the backend keeps certificates beside its keys. */
  boolean keepsCertificates() {
    return keepsCertificates;
  }

  @Override
  public String toString() {
    return type;
  }
}
