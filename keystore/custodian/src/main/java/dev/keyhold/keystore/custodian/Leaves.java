package dev.keyhold.keystore.custodian;

import java.util.Optional;

/** The receipts of answers. Stateless. */
final class Leaves {
  private static final int HASH = 32;

  private Leaves() {}

  /** Requires that the receipt of an answer, where there is one, is as the wire has it. */
  static void check(Fields answer) throws MalformedException {
    Optional<Fields> leaf = answer.optionalObject("leaf");
    if (leaf.isEmpty()) {
      return;
    }
    leaf.get().text("origin");
    long index = leaf.get().optionalNumber("index").orElse(-1L);
    byte[] hash = leaf.get().bytes("hash");
    leaf.get().end();
    if (index < 0 || hash.length != HASH) {
      throw new MalformedException("its field leaf is no receipt");
    }
  }
}
