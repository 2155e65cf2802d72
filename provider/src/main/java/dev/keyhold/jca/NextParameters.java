package dev.keyhold.jca;

import dev.keyhold.instance.KeyholdProviders;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.AlgorithmParametersSpi;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.InvalidParameterSpecException;

/**
 * Parameters by the next provider that has them, for who asks Keyhold by name for those of its
 * ciphers and signatures: {@code SealedObject.getObject(key, "Keyhold")} does.
 */
final class NextParameters extends AlgorithmParametersSpi {
  private final AlgorithmParameters next;

  NextParameters(String algorithm) throws NoSuchAlgorithmException {
    next = next(algorithm);
  }

  private static AlgorithmParameters next(String algorithm) throws NoSuchAlgorithmException {
    for (Provider provider : Security.getProviders()) {
      if (!KeyholdProviders.isOne(provider)
          && provider.getService("AlgorithmParameters", algorithm) != null) {
        return AlgorithmParameters.getInstance(algorithm, provider);
      }
    }
    throw new NoSuchAlgorithmException("no other provider has parameters of " + algorithm);
  }

  @Override
  protected void engineInit(AlgorithmParameterSpec spec) throws InvalidParameterSpecException {
    next.init(spec);
  }

  @Override
  protected void engineInit(byte[] encoded) throws IOException {
    next.init(encoded);
  }

  @Override
  protected void engineInit(byte[] encoded, String format) throws IOException {
    next.init(encoded, format);
  }

  @Override
  protected <T extends AlgorithmParameterSpec> T engineGetParameterSpec(Class<T> type)
      throws InvalidParameterSpecException {
    return next.getParameterSpec(type);
  }

  @Override
  protected byte[] engineGetEncoded() throws IOException {
    return next.getEncoded();
  }

  @Override
  protected byte[] engineGetEncoded(String format) throws IOException {
    return next.getEncoded(format);
  }

  @Override
  protected String engineToString() {
    return next.toString();
  }
}
