package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.Facet;
import java.util.List;

/** The facets that there are. */
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
