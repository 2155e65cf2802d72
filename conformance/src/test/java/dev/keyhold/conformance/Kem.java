package dev.keyhold.conformance;

import java.lang.reflect.InvocationTargetException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Assumptions;

/**
 * {@code javax.crypto.KEM} as a program calls it, by reflection: it came with JDK 21 and with
 * updates of JDK 17, so that what is compiled for release 17 can't name it.
 */
public final class Kem {
  private final Object kem;

  private Kem(Object kem) {
    this.kem = kem;
  }

  /** A shared secret, and what it is opened from. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Encapsulated(byte[] encapsulation, SecretKey key) {}

  /** By delayed selection: the program names no provider. */
  public static Kem of(String algorithm) throws Exception {
    return new Kem(call(type(), null, "getInstance", types(String.class), algorithm));
  }

  /** Of one provider. */
  public static Kem of(String algorithm, Provider provider) throws Exception {
    return new Kem(
        call(
            type(), null, "getInstance", types(String.class, Provider.class), algorithm, provider));
  }

  private static Class<?> type() {
    try {
      return Class.forName("javax.crypto.KEM");
    } catch (ClassNotFoundException e) {
      Assumptions.abort("this JDK has no javax.crypto.KEM");
      throw new IllegalStateException(e);
    }
  }

  private static Class<?>[] types(Class<?>... types) {
    return types;
  }

  /** Throws what the method throws. */
  private static Object call(
      Class<?> type, Object target, String name, Class<?>[] types, Object... arguments)
      throws Exception {
    try {
      return type.getMethod(name, types).invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** The side that holds the private key. */
  public Decapsulator decapsulator(PrivateKey key) throws Exception {
    return new Decapsulator(
        call(kem.getClass(), kem, "newDecapsulator", types(PrivateKey.class), key));
  }

  /** Makes a secret for the holder of a private key. */
  public Encapsulated encapsulate(PublicKey key) throws Exception {
    Object encapsulator = call(kem.getClass(), kem, "newEncapsulator", types(PublicKey.class), key);
    Object made = call(encapsulator.getClass(), encapsulator, "encapsulate", types());
    return new Encapsulated(
        (byte[]) call(made.getClass(), made, "encapsulation", types()),
        (SecretKey) call(made.getClass(), made, "key", types()));
  }

  /** {@code KEM.Decapsulator}. */
  public static final class Decapsulator {
    private final Object decapsulator;

    private Decapsulator(Object decapsulator) {
      this.decapsulator = decapsulator;
    }

    private Object call(String name, Class<?>[] types, Object... arguments) throws Exception {
      return Kem.call(decapsulator.getClass(), decapsulator, name, types, arguments);
    }

    /** The whole secret. */
    public SecretKey open(byte[] encapsulation) throws Exception {
      return (SecretKey) call("decapsulate", types(byte[].class), (Object) encapsulation);
    }

    /** A part of the secret, as a key. */
    public SecretKey open(byte[] encapsulation, int from, int to, String algorithm)
        throws Exception {
      return (SecretKey)
          call(
              "decapsulate",
              types(byte[].class, int.class, int.class, String.class),
              encapsulation,
              from,
              to,
              algorithm);
    }

    /** In bytes. */
    public int secretSize() throws Exception {
      return (int) call("secretSize", types());
    }

    /** In bytes. */
    public int encapsulationSize() throws Exception {
      return (int) call("encapsulationSize", types());
    }

    /** The name of the provider that was chosen. */
    public String provider() throws Exception {
      return (String) call("providerName", types());
    }
  }
}
