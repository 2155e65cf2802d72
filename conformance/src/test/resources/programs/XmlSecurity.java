import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.keystore.Purpose;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Callable;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.xml.security.Init;
import org.apache.xml.security.encryption.EncryptedData;
import org.apache.xml.security.encryption.EncryptedKey;
import org.apache.xml.security.encryption.XMLCipher;
import org.apache.xml.security.keys.KeyInfo;
import org.apache.xml.security.signature.XMLSignature;
import org.apache.xml.security.transforms.Transforms;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Apache Santuario: XML signatures, and XML encryption with a key pair and with a secret key. Makes
 * its keys. Prints a line for each: what was called, yes, that Keyhold must be the first provider,
 * or the failure.
 */
public class XmlSecurity {
  public static void main(String[] args) throws Exception {
    Security.addProvider(new KeyholdProvider());
    Init.init();
    KeyPair ec = pair("EC", "ec", 256, Purpose.SIGN);
    KeyPair rsa = pair("RSA", "rsa", 2048, Purpose.SIGN);
    call(
        "XMLSignature ecdsa-sha256", () -> sign(ec, XMLSignature.ALGO_ID_SIGNATURE_ECDSA_SHA256));
    call("XMLSignature rsa-sha256", () -> sign(rsa, XMLSignature.ALGO_ID_SIGNATURE_RSA_SHA256));
    call(
        "XMLSignature sha256-rsa-MGF1",
        () -> sign(rsa, XMLSignature.ALGO_ID_SIGNATURE_RSA_SHA256_MGF1));
    KeyPair transport = pair("RSA", "transport", 2048, Purpose.DECRYPT);
    call("XMLCipher rsa-oaep-mgf1p and aes256-gcm, private key", () -> transport(transport));
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(new KeyholdGenParameterSpec.Builder("secret").build());
    SecretKey secret = generator.generateKey();
    call("XMLCipher aes256-gcm, secret key", () -> secret(secret));
    System.out.println("OK");
  }

  private static KeyPair pair(String algorithm, String alias, int bits, Purpose purpose)
      throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, "Keyhold");
    generator.initialize(
        new KeyholdGenParameterSpec.Builder(alias).keySize(bits).purposes(purpose).build());
    return generator.generateKeyPair();
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
      return call.call();
    } catch (Exception | LinkageError e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }

  private static Document document() throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document document = factory.newDocumentBuilder().newDocument();
    Element order = document.createElementNS(null, "order");
    order.appendChild(document.createElementNS(null, "a")).setTextContent("one");
    document.appendChild(order);
    return document;
  }

  private static String sign(KeyPair pair, String algorithm) throws Exception {
    Document document = document();
    XMLSignature signature = new XMLSignature(document, "", algorithm);
    document.getDocumentElement().appendChild(signature.getElement());
    Transforms transforms = new Transforms(document);
    transforms.addTransform(Transforms.TRANSFORM_ENVELOPED_SIGNATURE);
    signature.addDocument("", transforms, "http://www.w3.org/2001/04/xmlenc#sha256");
    signature.sign(pair.getPrivate());
    boolean valid = check(document, pair);
    document.getElementsByTagNameNS(null, "a").item(0).setTextContent("two");
    return valid && !check(document, pair) ? "yes" : "the signature is not checked";
  }

  private static boolean check(Document document, KeyPair pair) throws Exception {
    Element element =
        (Element) document.getElementsByTagNameNS("http://www.w3.org/2000/09/xmldsig#", "Signature").item(0);
    return new XMLSignature(element, "").checkSignatureValue(pair.getPublic());
  }

  /** The data key is the JDK's, and travels under the public key: what XML encryption is for. */
  private static String transport(KeyPair pair) throws Exception {
    Document document = document();
    KeyGenerator generator = KeyGenerator.getInstance("AES", "SunJCE");
    generator.init(256);
    SecretKey key = generator.generateKey();
    XMLCipher wrapping = XMLCipher.getInstance(XMLCipher.RSA_OAEP);
    wrapping.init(XMLCipher.WRAP_MODE, pair.getPublic());
    EncryptedKey wrapped = wrapping.encryptKey(document, key);
    XMLCipher encryption = XMLCipher.getInstance(XMLCipher.AES_256_GCM);
    encryption.init(XMLCipher.ENCRYPT_MODE, key);
    EncryptedData data = encryption.getEncryptedData();
    KeyInfo info = new KeyInfo(document);
    info.add(wrapped);
    data.setKeyInfo(info);
    encryption.doFinal(document, document.getDocumentElement(), true);
    XMLCipher decryption = XMLCipher.getInstance();
    decryption.init(XMLCipher.DECRYPT_MODE, null);
    decryption.setKEK(pair.getPrivate());
    return opened(decryption, document);
  }

  /** The cipher value is an IV and a Keyhold object, under a name that promises bare GCM. */
  private static String secret(Key key) throws Exception {
    Document document = document();
    XMLCipher encryption = XMLCipher.getInstance(XMLCipher.AES_256_GCM);
    encryption.init(XMLCipher.ENCRYPT_MODE, key);
    encryption.doFinal(document, document.getDocumentElement(), true);
    Element value =
        (Element) document.getElementsByTagNameNS("http://www.w3.org/2001/04/xmlenc#", "CipherValue").item(0);
    byte[] octets = Base64.getMimeDecoder().decode(value.getTextContent());
    String magic = new String(Arrays.copyOfRange(octets, 12, 16), StandardCharsets.US_ASCII);
    XMLCipher decryption = XMLCipher.getInstance(XMLCipher.AES_256_GCM);
    decryption.init(XMLCipher.DECRYPT_MODE, key);
    String opened = opened(decryption, document);
    return opened.equals("yes") && magic.equals("KHLD") ? "for Keyhold alone" : opened;
  }

  private static String opened(XMLCipher cipher, Document document) throws Exception {
    if (document.getElementsByTagNameNS(null, "a").getLength() != 0) {
      return "not encrypted";
    }
    cipher.doFinal(document, document.getDocumentElement());
    return document.getElementsByTagNameNS(null, "a").item(0).getTextContent().equals("one")
        ? "yes"
        : "decrypts to something else";
  }
}
