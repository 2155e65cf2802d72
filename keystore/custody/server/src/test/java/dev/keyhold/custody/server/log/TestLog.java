package dev.keyhold.custody.server.log;

import dev.keyhold.custody.proof.note.NoteSigner;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A log in a folder, and the leaves that it gave when it was opened. */
final class TestLog implements AutoCloseable {
  static final String ORIGIN = "log.example/a1";

  final List<byte[]> replayed = new ArrayList<>();
  final Log log;

  TestLog(LogSettings settings, LogFiles files, NoteSigner signer) throws IOException, LogRefused {
    log = Log.open(settings, files, signer, replayed::add, () -> "Start the spare log a2.");
  }

  static NoteSigner newKey() throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    return NoteSigner.of(VerifierKey.of(ORIGIN, pair.getPublic()), pair.getPrivate());
  }

  /** Makes a log with one leaf. */
  static LogSettings create(Path folder, NoteSigner signer) throws IOException, LogRefused {
    LogSettings settings = LogSettings.of(ORIGIN, folder).withSizes(0, Long.MAX_VALUE);
    Log.create(settings, new DiskFiles(), signer, List.of(leaf(0)));
    return settings;
  }

  static byte[] leaf(long number) {
    return ("leaf " + number + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Appends leaves up to this size of the log, and waits until they are on the disk. */
  void fillTo(long size) throws Exception {
    Log.Appended last = null;
    for (long next = log.durableSize(); next < size; next++) {
      last = log.append(leaf(next));
    }
    if (last != null) {
      await(last);
    }
  }

  static void await(Log.Appended appended) throws Exception {
    appended.durable().get(120, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
