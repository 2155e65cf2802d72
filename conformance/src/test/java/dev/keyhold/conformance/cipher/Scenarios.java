package dev.keyhold.conformance.cipher;

import static dev.keyhold.conformance.cipher.Scenario.iv;

import dev.keyhold.conformance.Pattern;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What callers of AES/GCM/NoPadding do, right and wrong. */
final class Scenarios {
  private static final int ENCRYPT = Cipher.ENCRYPT_MODE;
  private static final int DECRYPT = Cipher.DECRYPT_MODE;
  private static final byte[] DATA = Pattern.bytes(40_000);
  private static final byte[] AAD = Pattern.bytes(33);

  private Scenarios() {}

  static List<Scenario> all() {
    return Stream.of(initialisation(), state(), buffers(), keysAsData()).flatMap(s -> s).toList();
  }

  private static Scenario of(String name, Scenario.Calls calls) {
    return new Scenario(name, calls);
  }

  private static byte[] sealed(Cipher c, Key key, int first) throws GeneralSecurityException {
    c.init(ENCRYPT, key, iv(first));
    c.updateAAD(AAD);
    return c.doFinal(DATA);
  }

  private static boolean opens(Cipher c, byte[] sealed) throws GeneralSecurityException {
    c.updateAAD(AAD);
    return Arrays.equals(DATA, c.doFinal(sealed));
  }

  private static Stream<Scenario> initialisation() {
    return Stream.of(
        of(
            "encrypting without parameters makes an IV",
            (c, key) -> {
              c.init(ENCRYPT, key);
              byte[] sealed = c.doFinal(DATA);
              byte[] iv = c.getIV();
              c.init(DECRYPT, key, new GCMParameterSpec(128, iv));
              return iv.length + " " + Arrays.equals(DATA, c.doFinal(sealed));
            }),
        of(
            "parameters go round as AlgorithmParameters",
            (c, key) -> {
              c.init(ENCRYPT, key, new SecureRandom());
              AlgorithmParameters parameters = c.getParameters();
              byte[] sealed = c.doFinal(DATA);
              c.init(DECRYPT, key, parameters);
              return parameters.getAlgorithm() + " " + Arrays.equals(DATA, c.doFinal(sealed));
            }),
        of("decrypting without parameters", (c, key) -> init(c, DECRYPT, key)),
        of("a spec of another kind", (c, k) -> init(c, k, new IvParameterSpec(new byte[12]))),
        of("a tag of 100 bits", (c, k) -> init(c, k, new GCMParameterSpec(100, new byte[12]))),
        of("a tag of 136 bits", (c, k) -> init(c, k, new GCMParameterSpec(136, new byte[12]))),
        of("an empty IV", (c, k) -> init(c, k, new GCMParameterSpec(128, new byte[0]))),
        of(
            "parameters of another algorithm",
            (c, key) -> {
              AlgorithmParameters cbc = AlgorithmParameters.getInstance("AES");
              cbc.init(new IvParameterSpec(new byte[16]));
              c.init(ENCRYPT, key, cbc);
              return "initialised";
            }),
        of("no key", (c, key) -> init(c, ENCRYPT, null)),
        of(
            "a public key",
            (c, key) ->
                init(
                    c, ENCRYPT, KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic())),
        of("a key of 100 bits", (c, k) -> init(c, ENCRYPT, new SecretKeySpec(new byte[13], "AES"))),
        of("an unknown mode", (c, key) -> init(c, 17, key)),
        of("use before init", (c, key) -> c.doFinal(DATA)));
  }

  private static String init(Cipher c, int mode, Key key) throws GeneralSecurityException {
    c.init(mode, key);
    return "initialised";
  }

  private static String init(Cipher c, Key key, AlgorithmParameterSpec parameters)
      throws GeneralSecurityException {
    c.init(ENCRYPT, key, parameters);
    return "initialised";
  }

  private static Stream<Scenario> state() {
    return Stream.of(
        of("the same key and IV again", (c, k) -> sealed(c, k, 1).length + sealed(c, k, 1).length),
        of("another IV", (c, k) -> sealed(c, k, 1).length == sealed(c, k, 2).length),
        of(
            "the same key and IV after another",
            (c, k) -> {
              sealed(c, k, 1);
              sealed(c, k, 2);
              return sealed(c, k, 1).length > DATA.length;
            }),
        of(
            "the same key and IV before the first was used",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              c.init(ENCRYPT, key, iv(1));
              return "initialised";
            }),
        of(
            "the same key and IV after decrypting with them",
            (c, key) -> {
              byte[] sealed = sealed(c, key, 1);
              c.init(DECRYPT, key, iv(1));
              opens(c, sealed);
              return sealed(c, key, 1).length > DATA.length;
            }),
        of("encrypting twice", (c, k) -> sealed(c, k, 1).length + c.doFinal(DATA).length),
        of("update after the end", (c, k) -> sealed(c, k, 1).length + c.update(DATA).length),
        of(
            "AAD after the end",
            (c, key) -> {
              sealed(c, key, 1);
              c.updateAAD(AAD);
              return "taken";
            }),
        of(
            "decrypting twice",
            (c, key) -> {
              byte[] sealed = sealed(c, key, 1);
              c.init(DECRYPT, key, iv(1));
              boolean first = opens(c, sealed);
              return first + " " + opens(c, sealed);
            }),
        of(
            "decrypting after a bad tag",
            (c, key) -> {
              byte[] sealed = sealed(c, key, 1);
              c.init(DECRYPT, key, iv(1));
              try {
                return c.doFinal(sealed).length;
              } catch (AEADBadTagException e) {
                return opens(c, sealed);
              }
            }),
        of(
            "AAD after data",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              c.update(DATA);
              c.updateAAD(AAD);
              return "taken";
            }),
        of(
            "AAD in pieces",
            (c, key) -> {
              byte[] sealed = sealed(c, key, 1);
              c.init(DECRYPT, key, iv(1));
              c.updateAAD(AAD, 0, 5);
              c.updateAAD(ByteBuffer.wrap(AAD, 5, AAD.length - 5));
              return Arrays.equals(DATA, c.doFinal(sealed));
            }),
        of(
            "an end without input after all went through update",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              byte[] first = c.update(DATA);
              byte[] rest = c.doFinal();
              byte[] all = Arrays.copyOf(first, first.length + rest.length);
              System.arraycopy(rest, 0, all, first.length, rest.length);
              c.init(DECRYPT, key, iv(1));
              return Arrays.equals(DATA, c.doFinal(all));
            }));
  }

  private static Stream<Scenario> buffers() {
    return Stream.of(
        of("short output when encrypting", (c, k) -> shortOutput(c, k, true)),
        of("short output when decrypting", (c, k) -> shortOutput(c, k, false)),
        of(
            "short ByteBuffer output leaves the input where it was",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              ByteBuffer in = ByteBuffer.wrap(DATA);
              try {
                return c.doFinal(in, ByteBuffer.allocate(10));
              } catch (ShortBufferException e) {
                ByteBuffer out = ByteBuffer.allocate(c.getOutputSize(DATA.length));
                return in.position() + " " + (c.doFinal(in, out) == out.position());
              }
            }),
        of(
            "one buffer for both",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              ByteBuffer both = ByteBuffer.allocate(2 * DATA.length);
              return c.doFinal(both, both);
            }),
        of(
            "a read-only output",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              return c.doFinal(
                  ByteBuffer.wrap(DATA), ByteBuffer.allocate(2 * DATA.length).asReadOnlyBuffer());
            }),
        of("in place, the same offset", (c, k) -> inPlace(c, k, 0, 0)),
        of("in place, ahead of the input", (c, k) -> inPlace(c, k, 0, 5000)),
        of("in place, behind the input", (c, k) -> inPlace(c, k, 5000, 0)),
        of(
            "no input array",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              return c.update((byte[]) null);
            }),
        of(
            "a range outside the array",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              return c.update(DATA, 1, DATA.length);
            }));
  }

  private static Object shortOutput(Cipher c, Key key, boolean encrypts)
      throws GeneralSecurityException {
    byte[] input = encrypts ? DATA : sealed(c, key, 1);
    c.init(encrypts ? ENCRYPT : DECRYPT, key, iv(encrypts ? 2 : 1));
    c.updateAAD(AAD);
    try {
      return c.doFinal(input, 0, input.length, new byte[10]);
    } catch (ShortBufferException e) {
      byte[] output = c.doFinal(input); // nothing was lost
      if (!encrypts) {
        return Arrays.equals(DATA, output);
      }
      c.init(DECRYPT, key, iv(2));
      return opens(c, output);
    }
  }

  private static Object inPlace(Cipher c, Key key, int from, int to)
      throws GeneralSecurityException {
    byte[] buffer = new byte[2 * DATA.length];
    System.arraycopy(DATA, 0, buffer, from, DATA.length);
    c.init(ENCRYPT, key, iv(1));
    c.updateAAD(AAD);
    int length = c.doFinal(buffer, from, DATA.length, buffer, to);
    c.init(DECRYPT, key, iv(1));
    return opens(c, Arrays.copyOfRange(buffer, to, to + length));
  }

  private static Stream<Scenario> keysAsData() {
    SecretKey secret = new SecretKeySpec(Pattern.bytes(32), "HmacSHA256");
    return Stream.of(
        of(
            "a secret key is wrapped and unwrapped",
            (c, key) -> {
              c.init(Cipher.WRAP_MODE, key, iv(1));
              byte[] wrapped = c.wrap(secret);
              c.init(Cipher.UNWRAP_MODE, key, iv(1));
              return c.unwrap(wrapped, "HmacSHA256", Cipher.SECRET_KEY).equals(secret);
            }),
        of(
            "a private key is wrapped and unwrapped",
            (c, key) -> {
              Key ec = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
              c.init(Cipher.WRAP_MODE, key, iv(1));
              byte[] wrapped = c.wrap(ec);
              c.init(Cipher.UNWRAP_MODE, key, iv(1));
              return c.unwrap(wrapped, "EC", Cipher.PRIVATE_KEY).equals(ec);
            }),
        of(
            "a wrap that was altered",
            (c, key) -> {
              c.init(Cipher.WRAP_MODE, key, iv(1));
              byte[] wrapped = c.wrap(secret);
              wrapped[wrapped.length - 1] ^= 1;
              c.init(Cipher.UNWRAP_MODE, key, iv(1));
              return c.unwrap(wrapped, "HmacSHA256", Cipher.SECRET_KEY);
            }),
        of(
            "wrapping twice",
            (c, key) -> {
              c.init(Cipher.WRAP_MODE, key, iv(1));
              return c.wrap(secret).length + c.wrap(secret).length;
            }),
        of(
            "data in wrap mode",
            (c, key) -> {
              c.init(Cipher.WRAP_MODE, key, iv(1));
              return c.doFinal(DATA);
            }),
        of(
            "a key in encrypt mode",
            (c, key) -> {
              c.init(ENCRYPT, key, iv(1));
              return c.wrap(secret);
            }));
  }
}
