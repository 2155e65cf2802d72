package dev.keyhold;

/** With Keyhold last among the providers. */
class RefusedNamesLastTest extends RefusedNamesChecks {
  RefusedNamesLastTest() {
    super(false);
  }
}
