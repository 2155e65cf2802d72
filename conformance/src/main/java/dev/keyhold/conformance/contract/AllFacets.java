package dev.keyhold.conformance.contract;

import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PasswordProtected;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Purging;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.ScheduledRotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import java.util.List;

/** What a backend may have. */
public final class AllFacets {
  /** All facets, uses of keys first. */
  public static final List<Class<? extends Facet>> LIST =
      List.of(
          Keks.class,
          KeyWraps.class,
          Macs.class,
          PublicKeys.class,
          Signatures.class,
          Decryptions.class,
          Agreements.class,
          Kems.class,
          CertificateStore.class,
          KeyMaking.class,
          KeyImport.class,
          Rotation.class,
          ScheduledRotation.class,
          Suspension.class,
          Destruction.class,
          Purging.class,
          Naming.class,
          PasswordProtected.class,
          RandomSource.class);

  private AllFacets() {}
}
