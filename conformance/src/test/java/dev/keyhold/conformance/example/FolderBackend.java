package dev.keyhold.conformance.example;

import static dev.keyhold.keystore.KeySpec.AES_256;
import static dev.keyhold.keystore.KeyState.ACTIVE;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.HmacDerive;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder with one file for each KEK, its 32 bytes: an example of a backend that wraps data keys
 * and does no more. Nothing protects the files but the file system. Thread-safe.
 */
final class FolderBackend implements Backend, Keks, KeyMaking {
  private final Path folder;
  private volatile boolean closed;

  FolderBackend(Path folder) {
    this.folder = folder;
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public Set<Purpose> purposesOf(KeySpec spec) {
    return spec.equals(AES_256) ? Set.of(Purpose.ENCRYPT) : Set.of();
  }

  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return uri.scheme().equals("folder") ? Optional.of(uri.path()) : Optional.empty();
  }

  @Override
  @SuppressWarnings("StreamResourceLeak") // closed here
  public List<KeyMetadata> list() throws BackendException {
    List<KeyMetadata> keys = new ArrayList<>();
    try (Stream<Path> files = inFolder(() -> Files.list(folder))) {
      for (Path file : files.sorted().toList()) {
        keys.add(describe(file.getFileName().toString()));
      }
    }
    return keys;
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    read(key);
    KeyVersion version = new KeyVersion("1", ACTIVE, Optional.empty());
    KeyUri uri = new KeyUri("folder", key);
    return new KeyMetadata(
        key, uri, identity(key), AES_256, purposesOf(AES_256), ACTIVE, List.of(version));
  }

  @Override
  public String identity(String key) {
    return "folder:" + key;
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    if (!purposesOf(request.spec()).equals(request.purposes())) {
      throw new BackendException(Reason.UNSUPPORTED, "only AES keys of 256 bits are kept here");
    }
    inFolder(
        () ->
            Files.write(
                file(request.name()), LocalRandom.bytes(32), StandardOpenOption.CREATE_NEW));
    return describe(request.name());
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    byte[] wrapped = HmacDerive.wrap(HmacDerive.local(read(key)), context, dataKey);
    return new WrappedKey(identity(key), "1", WrapMechanism.HMAC_DERIVE, wrapped);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    HmacDerive.Hmac kek = HmacDerive.local(read(key));
    if (!wrapped.version().equals("1")) {
      throw new BackendException(Reason.NOT_FOUND, "a key in a folder has one version");
    }
    return HmacDerive.unwrap(kek, context, wrapped.mechanism(), wrapped.bytes());
  }

  @Override
  public void close() {
    closed = true;
  }

  private byte[] read(String key) throws BackendException {
    return inFolder(() -> Files.readAllBytes(file(key)));
  }

  private Path file(String key) throws BackendException {
    if (!key.matches("[A-Za-z0-9-]{1,64}")) {
      throw new BackendException(Reason.UNSUPPORTED, "a name has 1 to 64 of A-Z a-z 0-9 and -");
    }
    return folder.resolve(key);
  }

  private <T> T inFolder(FileWork<T> work) throws BackendException {
    if (closed) {
      throw new BackendException(Reason.UNAVAILABLE, "the backend is closed");
    }
    try {
      return work.run();
    } catch (NoSuchFileException e) {
      throw new BackendException(Reason.NOT_FOUND, "the file of this key does not exist", e);
    } catch (FileAlreadyExistsException e) {
      throw new BackendException(Reason.DENIED, "there is a key of this name: take another", e);
    } catch (IOException e) {
      throw new BackendException(Reason.UNAVAILABLE, "the folder can't be read or written", e);
    }
  }

  private interface FileWork<T> {
    T run() throws IOException, BackendException;
  }
}
