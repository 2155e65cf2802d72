package dev.keyhold.conformance.stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.Jvm;
import dev.keyhold.conformance.KeyholdFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams of any length in constant memory: 2 GiB in a heap of 64 MB. */
class LargeStreamTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"SOFTWARE, jdk, 2048", "SOFTWARE, keyhold, 2048", "PKCS11, keyhold, 128"})
  void passesThroughASmallHeap(BackendKind kind, String streams, long mebibytes) throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(kind, folder)) {
      keyhold.newKey("AES", "orders");
      String output =
          Jvm.runLong(
                  "java",
                  "-Xmx64m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LargeStreamProgram.class.getName(),
                  keyhold.configuration().toString(),
                  "orders",
                  Long.toString(mebibytes),
                  streams)
              .successful();
      assertTrue(output.strip().endsWith("OK " + (mebibytes << 20)), output);
    }
  }
}
