package dev.keyhold;

/** With Keyhold first among the providers. */
class SignatureFirstTest extends SignatureChecks {
  SignatureFirstTest() {
    super(true);
  }
}
