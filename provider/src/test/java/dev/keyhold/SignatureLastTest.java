package dev.keyhold;

/** With Keyhold last among the providers. */
class SignatureLastTest extends SignatureChecks {
  SignatureLastTest() {
    super(false);
  }
}
