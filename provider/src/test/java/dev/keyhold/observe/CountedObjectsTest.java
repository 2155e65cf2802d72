package dev.keyhold.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.KeyholdChannel;
import dev.keyhold.KeyholdInputStream;
import dev.keyhold.KeyholdOutputStream;
import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdRewrap;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each object passes the object gate once, through whichever class it is worked on. */
class CountedObjectsTest {
  @TempDir Path folder;

  @Test
  void eachClassCountsEachObjectOnce() throws Exception {
    try (Telemetry telemetry = new Telemetry();
        ObservedProvider application =
            new ObservedProvider(folder, "key.orders.data-keys = epoch")) {
      Path file = folder.resolve("object");
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", application.provider);
      cipher.init(Cipher.ENCRYPT_MODE, application.key);
      byte[] object = cipher.doFinal(new byte[100_000]);
      assertEquals(Map.of("encrypt", 1L), counted(telemetry));

      cipher.init(
          Cipher.DECRYPT_MODE, application.key, KeyholdParameterSpec.NONE.withIv(cipher.getIV()));
      cipher.update(object, 0, 10);
      cipher.doFinal(object, 10, object.length - 10);
      assertEquals(Map.of("encrypt", 1L, "decrypt", 1L), counted(telemetry));

      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (KeyholdOutputStream out = new KeyholdOutputStream(bytes, application.key)) {
        out.write(1);
        out.write(new byte[50_000]);
      }
      Files.write(file, bytes.toByteArray());
      assertEquals(Map.of("encrypt", 2L, "decrypt", 1L), counted(telemetry));

      try (KeyholdInputStream in =
          new KeyholdInputStream(new ByteArrayInputStream(bytes.toByteArray()), application.key)) {
        in.readAllBytes();
      }
      assertEquals(Map.of("encrypt", 2L, "decrypt", 2L), counted(telemetry));

      try (KeyholdChannel channel =
          KeyholdChannel.open(file, application.key, KeyholdParameterSpec.NONE)) {
        channel.position(40_000).size();
      }
      assertEquals(Map.of("encrypt", 2L, "decrypt", 2L, "read", 1L), counted(telemetry));

      new KeyholdRewrap(application.key).file(file);
      assertEquals(
          Map.of("encrypt", 2L, "decrypt", 2L, "read", 1L, "rewrap", 1L), counted(telemetry));
    }
  }

  private static Map<String, Long> counted(Telemetry telemetry) {
    Map<String, Long> counts = new TreeMap<>();
    for (MetricData metric : telemetry.metrics.collectAllMetrics()) {
      if (metric.getName().equals("keyhold.objects")) {
        for (LongPointData point : metric.getLongSumData().getPoints()) {
          AttributeKey<String> operation = AttributeKey.stringKey("keyhold.object.operation");
          counts.put(point.getAttributes().get(operation), point.getValue());
        }
      }
    }
    return counts;
  }
}
