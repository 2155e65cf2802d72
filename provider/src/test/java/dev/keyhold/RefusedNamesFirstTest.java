package dev.keyhold;

/** With Keyhold first among the providers. */
class RefusedNamesFirstTest extends RefusedNamesChecks {
  RefusedNamesFirstTest() {
    super(true);
  }
}
