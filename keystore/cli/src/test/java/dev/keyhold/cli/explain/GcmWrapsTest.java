package dev.keyhold.cli.explain;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GcmWrapsTest {
  @Test
  void estimatesHowLongAVersionLasts() {
    // ten hosts at 2,000 wraps a second
    says("about 2 days", 20_000d * 86_400 * 30);
    says("12 months", 0x1p32 / 12);
    says("more than a hundred years", 1000);
    says("--objects", 0);
  }

  private static void says(String what, double wrapsPerMonth) {
    String text = GcmWraps.estimate("hsm:orders", wrapsPerMonth);
    assertTrue(text.contains(what) && text.startsWith("hsm:orders"), text);
  }
}
