import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.jsonwebtoken.Jwts;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.util.concurrent.Callable;
import org.jose4j.jws.JsonWebSignature;

/**
 * Libraries that sign tokens. Prints a line for each: what was called, yes, that Keyhold must be
 * the first provider, or the failure.
 */
public class Tokens {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new dev.keyhold.KeyholdProvider());
    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, null);
    PrivateKey ec = (PrivateKey) keys.getKey("p256", null);
    PublicKey ecPublic = keys.getCertificate("p256").getPublicKey();
    PrivateKey rsa = (PrivateKey) keys.getKey("rsa", null);
    PublicKey rsaPublic = keys.getCertificate("rsa").getPublicKey();

    call("jose4j JsonWebSignature ES256", () -> jose4j("ES256", ec, ecPublic));
    call("jose4j JsonWebSignature RS256", () -> jose4j("RS256", rsa, rsaPublic));
    call("jose4j JsonWebSignature PS256", () -> jose4j("PS256", rsa, rsaPublic));
    call("jjwt signWith ES256", () -> jjwt(ec, ecPublic, Jwts.SIG.ES256));
    call("jjwt signWith RS256", () -> jjwt(rsa, rsaPublic, Jwts.SIG.RS256));
    call("jjwt signWith PS256", () -> jjwt(rsa, rsaPublic, Jwts.SIG.PS256));
    call(
        "java-jwt ECDSA256(ECPublicKey, ECPrivateKey)",
        () -> {
          Algorithm algorithm = Algorithm.ECDSA256((ECPublicKey) ecPublic, (ECPrivateKey) ec);
          String token = JWT.create().withSubject("s").sign(algorithm);
          return JWT.require(algorithm).build().verify(token).getSubject();
        });
    call(
        "java-jwt RSA256(RSAPublicKey, RSAPrivateKey)",
        () -> {
          Algorithm algorithm = Algorithm.RSA256((RSAPublicKey) rsaPublic, (RSAPrivateKey) rsa);
          String token = JWT.create().withSubject("s").sign(algorithm);
          return JWT.require(algorithm).build().verify(token).getSubject();
        });
    System.out.println("OK");
  }

  private static void call(String what, Callable<String> call) {
    String result = result(call);
    if (!result.equals("yes")) {
      Provider keyhold = Security.getProvider("Keyhold");
      Security.removeProvider("Keyhold");
      Security.insertProviderAt(keyhold, 1);
      result = result(call).equals("yes") ? "Keyhold first" : result;
      Security.removeProvider("Keyhold");
      Security.addProvider(keyhold);
    }
    System.out.println("RESULT\t" + what + "\t" + result);
  }

  private static String result(Callable<String> call) {
    try {
      return "s".equals(call.call()) ? "yes" : "wrong";
    } catch (Exception | LinkageError e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }

  private static String jose4j(String algorithm, PrivateKey key, PublicKey publicKey)
      throws Exception {
    JsonWebSignature signing = new JsonWebSignature();
    signing.setAlgorithmHeaderValue(algorithm);
    signing.setPayload("s");
    signing.setKey(key);
    JsonWebSignature verifying = new JsonWebSignature();
    verifying.setCompactSerialization(signing.getCompactSerialization());
    verifying.setKey(publicKey);
    return verifying.verifySignature() ? verifying.getPayload() : "not verified";
  }

  private static String jjwt(
      PrivateKey key, PublicKey publicKey, io.jsonwebtoken.security.SignatureAlgorithm algorithm) {
    String token = Jwts.builder().subject("s").signWith(key, algorithm).compact();
    return Jwts.parser()
        .verifyWith(publicKey)
        .build()
        .parseSignedClaims(token)
        .getPayload()
        .getSubject();
  }
}
