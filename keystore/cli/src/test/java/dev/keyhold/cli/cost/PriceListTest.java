package dev.keyhold.cli.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import dev.keyhold.cli.cost.PriceList.Price;
import dev.keyhold.cli.cost.PriceList.Rule;
import dev.keyhold.cli.cost.PriceList.Service;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Residence;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of prices, and how a key finds its own. */
class PriceListTest {
  private final PriceList prices = PriceList.read();

  @Test
  void eachServiceNamesItsSourcesAndEachRuleAFigure() {
    assertTrue(prices.source().matches(".* as of \\w+ 20\\d\\d.*"), prices.source());
    assertFalse(prices.services().isEmpty());
    for (Service service : prices.services().values()) {
      assertTrue(service.sources().stream().allMatch(page -> page.contains("https://")));
      List<Rule> rules =
          Stream.of(service.per10000(), service.version(), service.quota())
              .flatMap(List::stream)
              .toList();
      rules.forEach(rule -> assertNotNull(rule.value(), rule.toString()));
    }
  }

  /** A field that no rule reads would be a condition that is not checked. */
  @Test
  void theFileHasNoOtherFields() throws IOException {
    try (InputStream file = PriceList.class.getResourceAsStream("prices.json")) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(JsonParser.parseString(text), new Gson().toJsonTree(prices));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "us-east-1, AES, 256, AWS_KMS, 0.03, 1.00, 100000",
    "eu-central-1, AES, 256, AWS_KMS, 0.03, 1.00, 20000",
    "eu-north-1, HmacSHA256, 256, AWS_KMS, 0.03, 1.00, 10000",
    "us-east-1, RSA, 2048, AWS_KMS, 0.03, 1.00, 1000",
    "us-east-1, RSA, 3072, AWS_KMS, 0.15, 1.00, 1000",
    "us-east-1, AES, 256, CLOUDHSM, 0.03, 1.00, 1800",
    "us-east-1, EC, 256, EXTERNAL, 0.15, 1.00, 1800"
  })
  void awsKms(
      String region,
      String algorithm,
      int bits,
      String protection,
      double per10000,
      double version,
      double quota) {
    assertEquals(
        new Price(Optional.of(per10000), Optional.of(version), 3, Optional.of(quota)),
        prices.of(
            "aws-kms",
            Optional.of(new Residence("region", region)),
            new KeySpec(algorithm, bits),
            protection));
  }

  @ParameterizedTest
  @CsvSource({
    "AES, 256, SOFTWARE, 0.03, 0.06",
    "EC, 256, SOFTWARE, 0.03, 0.06",
    "AES, 256, HSM, 0.03, 1.00",
    "RSA, 2048, HSM, 0.03, 1.00",
    "EC, 384, HSM, 0.15, 2.50",
    "AES, 256, EXTERNAL_VPC, 0.03, 3.00",
    "AES, 256, '', 0.03,"
  })
  void googleKms(String algorithm, int bits, String protection, double per10000, Double version) {
    assertEquals(
        new Price(
            Optional.of(per10000),
            Optional.ofNullable(version),
            Integer.MAX_VALUE,
            Optional.empty()),
        prices.of("google-kms", Optional.empty(), new KeySpec(algorithm, bits), protection));
  }

  @Test
  void nothingIsChargedForOtherBackends() {
    Price none = prices.of("software", Optional.empty(), KeySpec.AES_256, "");
    assertEquals(new Price(Optional.empty(), Optional.empty(), 0, Optional.empty()), none);
  }
}
