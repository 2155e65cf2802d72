package dev.keyhold.gate;

import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.platform.FileNames;
import dev.keyhold.policy.KeyRef;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The facts about the backends of a configuration that are known without a call to any of them.
 * They follow a reload. Thread-safe.
 */
public final class BackendFacts {
  private static final int MAX_MESSAGE = 1 << 24; // the call itself is refused

  private final Backends backends;

  BackendFacts(Backends backends) {
    this.backends = backends;
  }

  /** Returns the type of a backend, as the configuration names it. */
  public String type(String backend) {
    return backends.get(backend).settings().type();
  }

  /** Returns the type of a backend, as it stands in headers. */
  public String headerType(String backend) {
    return backends.get(backend).settings().headerType();
  }

  /** Returns the keeper of a backend's keys. */
  public Keeper keeper(String backend) {
    return backends.get(backend).settings().keeper();
  }

  /** Returns the module behind a backend as the configuration calls it; nobody vouches for it. */
  public Optional<String> module(String backend) {
    return backends.get(backend).settings().module();
  }

  /** Returns the validation of that module as the configuration says it; nobody vouches for it. */
  public Optional<String> certificate(String backend) {
    return backends.get(backend).settings().certificate();
  }

  /** Returns what a backend calls the key with a URI; empty if it is none of its. */
  public Optional<String> nameOf(String backend, KeyUri uri) {
    return backends.get(backend).backend().nameOf(uri);
  }

  /** Returns the place where a key is kept, as far as that is known. */
  public Optional<Residence> residence(KeyRef ref) {
    return backends.get(ref.backend()).backend().residence(ref.key());
  }

  /**
   * Returns what to say of a backend whose keys are in a file that does not exist: either no key
   * was made yet, or the file is lost.
   *
   * @return empty for one whose file exists, or that keeps its keys elsewhere
   */
  public Optional<String> missingFile(String backend) {
    return backends
        .get(backend)
        .backend()
        .residence("keyhold")
        .filter(place -> place.kind().equals("file") && isMissing(place.name()))
        .map(
            place ->
                ("there is no file at %s yet: keyhold keys create ALIAS makes it; if there was one,"
                        + " put it back or restore a backup: a new one opens nothing that the old"
                        + " one's keys protect")
                    .formatted(place.name()));
  }

  private static boolean isMissing(String file) {
    try {
      return Files.notExists(FileNames.path(file));
    } catch (InvalidPathException e) {
      return false; // in the POSIX locale a name may be undecodable
    }
  }

  /** Returns what a backend may hold. */
  public Set<Purpose> purposesOf(String backend, KeySpec spec) {
    return backends.get(backend).backend().purposesOf(spec);
  }

  /** Returns whether key material that was made elsewhere may be brought into a backend. */
  public boolean importAllowed(String backend) {
    return backends.get(backend).settings().importAllowed();
  }

  /** Returns whether a backend has a group of operations. */
  public boolean has(String backend, Class<? extends Facet> facet) {
    return backends.get(backend).backend().facet(facet).isPresent();
  }

  /** Returns whether a backend keeps certificates with its keys. */
  public boolean keepsCertificates(String backend) {
    return has(backend, CertificateStore.class);
  }

  /** Returns whether a backend can give its keys other names, or take their names off. */
  public boolean renames(String backend) {
    return has(backend, Naming.class);
  }

  /** Returns the length of the longest message that a key's backend can authenticate, in bytes. */
  public int maxMacMessage(KeyRef ref) {
    return backends
        .get(ref.backend())
        .backend()
        .facet(Macs.class)
        .map(Macs::maxMacMessage)
        .orElse(MAX_MESSAGE);
  }

  /**
   * Returns the longest message that a key's backend signs where it is not given a digest, in
   * bytes.
   */
  public int maxSignedMessage(KeyRef ref) {
    return backends
        .get(ref.backend())
        .backend()
        .facet(Signatures.class)
        .map(Signatures::maxSignedMessage)
        .orElse(MAX_MESSAGE);
  }

  /** Returns whether a backend has a password or PIN that is not configured. */
  public boolean lacksSecret(String backend) {
    return backends.get(backend).settings().lacksSecret();
  }

  /** Returns the longest time that one use of a key of a backend may take, retries included. */
  public Duration deadline(String backend) {
    return backends.get(backend).settings().deadline();
  }

  /** Returns whether a backend failed too often in a row, and is not asked for a while. */
  public boolean isLeftAlone(String backend) {
    return backends.get(backend).isLeftAlone();
  }

  /** Returns whether a call to a backend may block on a device or a network. */
  public boolean isRemote(String backend) {
    return backends.get(backend).backend().isRemote();
  }

  /** Returns whether a backend failed too often in a row, and has not answered since. */
  public boolean isSuspect(String backend) {
    return backends.get(backend).isSuspect();
  }

  /**
   * Returns the places of keys in the order in which they are asked: the healthy and near first.
   */
  public List<Integer> healthyAndNearFirst(List<KeyRef> keys) {
    Map<String, Boolean> leftAlone = new HashMap<>();
    keys.forEach(key -> leftAlone.computeIfAbsent(key.backend(), this::isLeftAlone));
    Comparator<Integer> order =
        Comparator.comparing((Integer i) -> leftAlone.get(keys.get(i).backend()))
            .thenComparing(i -> backends.get(keys.get(i).backend()).settings().distance());
    return IntStream.range(0, keys.size()).boxed().sorted(order).toList();
  }
}
