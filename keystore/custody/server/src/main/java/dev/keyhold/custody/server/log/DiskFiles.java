package dev.keyhold.custody.server.log;

import dev.keyhold.keystore.kit.FileAccess;
import dev.keyhold.keystore.kit.WholeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files as the operating system has them. Thread-safe. */
public final class DiskFiles implements LogFiles {
  /** Creates the layer, which has no state. */
  public DiskFiles() {}

  private record Channel(FileChannel channel) implements Appender {
    @Override
    public void append(byte[] bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false); // the length of a file is among what is forced
    }

    @Override
    public void truncate(long length) throws IOException {
      channel.truncate(length);
      channel.position(length);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  @Override
  public Appender create(Path file) throws IOException {
    return new Channel(FileAccess.create(file, FileAccess.ownerOnly(file)));
  }

  @Override
  public void replace(Path file, Path place) throws IOException {
    Files.move(file, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    FileAccess.forceFolder(place);
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    try (WholeFile whole = WholeFile.of(file)) {
      whole.write(content);
      whole.replace();
    }
  }

  @Override
  public void forceFolder(Path file) throws IOException {
    FileAccess.forceFolder(file);
  }

  @Override
  public long usable(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }
}
