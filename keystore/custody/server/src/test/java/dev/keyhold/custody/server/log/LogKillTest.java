package dev.keyhold.custody.server.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes is killed at random moments: the log has every leaf that it told of. */
class LogKillTest {
  private static final int WRITERS = 16;

  @TempDir Path temp;

  @Test
  void noAnsweredLeafIsMissingAfterTwentyKills() throws Exception {
    kill(20);
  }

  @Tag("soak")
  @Test
  void noAnsweredLeafIsMissingAfterFiveHundredKills() throws Exception {
    kill(500);
  }

  private void kill(int times) throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    NoteSigner signer =
        NoteSigner.of(VerifierKey.of(TestLog.ORIGIN, pair.getPublic()), pair.getPrivate());
    Path folder = temp.resolve("log");
    LogSettings settings = TestLog.create(folder, signer);
    String key = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
    List<byte[]> before = List.of(TestLog.leaf(0));
    Random random = new Random(7);
    long answered = 0;
    for (int i = 0; i < times; i++) {
      List<String> told = runAndKill(folder, key, signer.verifierKey().toString(), random);
      answered += told.size();
      try (TestLog test = new TestLog(settings, new DiskFiles(), signer)) {
        for (int j = 0; j < before.size(); j++) {
          assertArrayEquals(before.get(j), test.replayed.get(j), "leaf " + j + " changed");
        }
        for (String line : told) {
          String[] words = line.split(" ", -1);
          int index = Integer.parseInt(words[0]);
          assertTrue(index < test.replayed.size(), "the answered leaf " + index + " is missing");
          assertArrayEquals(
              HexFormat.of().parseHex(words[1]), Hashes.leaf(test.replayed.get(index)), line);
        }
        before = new ArrayList<>(test.replayed);
      }
    }
    assertTrue(answered > times, "the process answered nothing: " + answered);
  }

  /** Returns the whole lines that the process printed, each after its leaf was durable. */
  private static List<String> runAndKill(Path folder, String key, String vkey, Random random)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder.getParent(), "told", ".txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString(),
                vkey)
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var stdin = process.getOutputStream()) {
      stdin.write((key + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    while (process.isAlive() && Files.size(out) == 0) {
      Thread.sleep(5);
    }
    Thread.sleep(random.nextInt(200));
    process.destroyForcibly();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    String text = Files.readString(out);
    Files.delete(out);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  /** The process that is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws Exception {
      byte[] der;
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
        der = Base64.getDecoder().decode(in.readLine());
      }
      PrivateKey key =
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
      NoteSigner signer = NoteSigner.of(VerifierKey.parse(arguments[1]), key);
      LogSettings settings =
          LogSettings.of(TestLog.ORIGIN, Path.of(arguments[0])).withSizes(0, Long.MAX_VALUE);
      TestLog test = new TestLog(settings, new DiskFiles(), signer);
      Random random = new Random();
      for (int i = 0; i < WRITERS; i++) {
        Thread writer = new Thread(() -> append(test.log, random));
        writer.start();
      }
    }

    private static void append(Log log, Random random) {
      try {
        while (true) {
          byte[] leaf =
              ("x".repeat(1 + random.nextInt(900)) + "\n").getBytes(StandardCharsets.UTF_8);
          Log.Appended appended;
          synchronized (log) {
            appended = log.append(leaf);
          }
          appended.durable().get();
          String line = appended.index() + " " + HexFormat.of().formatHex(appended.hash()) + "\n";
          synchronized (System.out) {
            System.out.write(line.getBytes(StandardCharsets.US_ASCII), 0, line.length());
            System.out.flush();
          }
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
