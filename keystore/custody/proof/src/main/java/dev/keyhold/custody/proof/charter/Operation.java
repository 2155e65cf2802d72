package dev.keyhold.custody.proof.charter;

import dev.keyhold.custody.proof.ProofException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a workload asks to be done with a key; the names are those of the wire and of rules. */
public enum Operation {
  WRAP,
  UNWRAP,
  MAC,
  SIGN,
  DECRYPT,
  AGREE,
  DECAPSULATE,
  WRAP_KEY,
  UNWRAP_KEY,
  CREATE,
  ROTATE,
  DISABLE,
  ENABLE,
  DESCRIBE,
  LIST,
  PUBLIC_KEY,
  CERTIFICATES;

  private static final Set<Operation> OPEN =
      EnumSet.of(UNWRAP, DECRYPT, AGREE, DECAPSULATE, UNWRAP_KEY);
  private static final Set<Operation> PROTECT = EnumSet.of(WRAP, WRAP_KEY);
  private static final Set<Operation> READ = EnumSet.of(DESCRIBE, LIST, PUBLIC_KEY, CERTIFICATES);
  private static final Map<String, Operation> BY_WORD = new HashMap<>();

  static {
    for (Operation operation : values()) {
      BY_WORD.put(operation.word(), operation);
    }
  }

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** Returns the name as texts have it. */
  public String word() {
    return word;
  }

  /** Returns whether the operation gives out what a key protects. */
  public boolean opens() {
    return OPEN.contains(this);
  }

  /** Returns whether the operation only tells what everybody who uses the key may know. */
  public boolean reads() {
    return READ.contains(this);
  }

  /**
   * Returns the operation with this name.
   *
   * @throws ProofException if there is none
   */
  public static Operation of(String word) {
    Operation operation = BY_WORD.get(word);
    if (operation == null) {
      throw ProofException.syntax("no operation is called " + word);
    }
    return operation;
  }

  /**
   * Returns the operations of a list of a rule or grant, such as {@code open,mac}.
   *
   * @throws ProofException if a name is unknown or an operation stands twice
   */
  public static Set<Operation> list(String text) {
    Set<Operation> operations = EnumSet.noneOf(Operation.class);
    for (String word : text.split(",", -1)) {
      Set<Operation> meant =
          switch (word) {
            case "open" -> OPEN;
            case "protect" -> PROTECT;
            default -> EnumSet.of(of(word));
          };
      for (Operation operation : meant) {
        if (!operations.add(operation)) {
          throw ProofException.syntax("the operation " + operation.word + " stands twice");
        }
      }
    }
    return operations;
  }

  /** Returns all operations. */
  public static Set<Operation> all() {
    return EnumSet.allOf(Operation.class);
  }

  @Override
  public String toString() {
    return word;
  }
}
