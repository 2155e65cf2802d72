package dev.keyhold.keystore.pkcs11.library;

/**
 * A slot of a PKCS#11 library, and the token in it.
 *
 * @param id its number, as the library tells it
 * @param index its place in the library's list of slots
 * @param token what the token in it said of itself
 */
public record Slot(String id, int index, TokenInfo token) {
  /** Returns the line of SunPKCS11's configuration that chooses it. */
  String configuration() {
    return configuration(id, index);
  }

  /**
   * Returns the line of SunPKCS11's configuration that chooses a slot: its {@code slot} is an int
   * only.
   */
  static String configuration(String id, int index) {
    try {
      return "slot = " + Integer.parseInt(id);
    } catch (NumberFormatException e) {
      return "slotListIndex = " + index;
    }
  }
}
