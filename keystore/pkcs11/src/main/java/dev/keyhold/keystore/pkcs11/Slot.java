package dev.keyhold.keystore.pkcs11;

/**
 * A slot of a PKCS#11 library.
 *
 * @param id its number, as the library tells it
 * @param index its place in the library's list of slots
 */
record Slot(String id, int index) {
  /** The line of SunPKCS11's configuration that chooses it: its {@code slot} is an int only. */
  String configuration() {
    try {
      return "slot = " + Integer.parseInt(id);
    } catch (NumberFormatException e) {
      return "slotListIndex = " + index;
    }
  }
}
