package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.envelope.LiveHeap;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of an object's plaintext among the live objects of this JVM. */
class ChannelSecretsTest {
  private static final int CHUNK = 16 * 1024;

  @TempDir Path folder;

  /** Writes an object of a chunk and a half; returns the complement of a part of its plaintext. */
  private static byte[] write(Path file, SecretKey key) throws Exception {
    byte[] plain = new byte[CHUNK + CHUNK / 2];
    new SecureRandom().nextBytes(plain);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new KeyholdOutputStream(bytes, key)) {
      out.write(plain);
    }
    Files.write(file, bytes.toByteArray());
    byte[] complement = LiveHeap.complement(Arrays.copyOfRange(plain, CHUNK + 64, CHUNK + 128));
    Arrays.fill(plain, (byte) 0);
    return complement;
  }

  @Test
  void ofAChannelNothingIsLeftWhenItIsClosed() throws Exception {
    Path configuration = folder.resolve("keyhold.properties");
    Files.writeString(configuration, "backend.local.type = fake\nkey.* = local\n");
    try (KeyholdProvider provider = new KeyholdProvider().configure(configuration.toString())) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
      SecretKey key = generator.generateKey();
      Path file = folder.resolve("object");
      List<byte[]> complements = List.of(write(file, key));
      assertEquals(0, LiveHeap.found(folder, complements), "the writer left nothing");
      KeyholdChannel channel = KeyholdChannel.open(file, key, KeyholdParameterSpec.NONE);
      try {
        ByteBuffer one = ByteBuffer.allocate(1);
        assertEquals(1, channel.position(CHUNK).read(one));
        assertTrue(LiveHeap.found(folder, complements) > 0, "the channel has the chunk");
        channel.close();
        assertEquals(0, LiveHeap.found(folder, complements));
      } finally {
        Reference.reachabilityFence(channel);
      }
    }
  }
}
