package dev.keyhold.conformance.clients;

import java.io.StringReader;
import java.io.StringWriter;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.List;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** Enveloped XML signatures by the JDK's {@code javax.xml.crypto}. */
final class XmlSignatures {
  private static final XMLSignatureFactory FACTORY = XMLSignatureFactory.getInstance("DOM");

  private XmlSignatures() {}

  private static Document parse(String text) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(text)));
  }

  /** A small document with its signature in it. */
  static String sign(String algorithm, PrivateKey key) throws Exception {
    Transform enveloped = FACTORY.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null);
    Reference whole =
        FACTORY.newReference(
            "", FACTORY.newDigestMethod(DigestMethod.SHA256, null), List.of(enveloped), null, null);
    SignedInfo signedInfo =
        FACTORY.newSignedInfo(
            FACTORY.newCanonicalizationMethod(
                CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
            FACTORY.newSignatureMethod(algorithm, null),
            List.of(whole));
    Document document = parse("<order><a>1</a></order>");
    FACTORY
        .newXMLSignature(signedInfo, null)
        .sign(new DOMSignContext(key, document.getDocumentElement()));
    StringWriter text = new StringWriter();
    TransformerFactory.newInstance()
        .newTransformer()
        .transform(new DOMSource(document), new StreamResult(text));
    return text.toString();
  }

  static boolean isValid(String text, PublicKey key) throws Exception {
    Document document = parse(text);
    DOMValidateContext context =
        new DOMValidateContext(
            key, document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").item(0));
    return FACTORY.unmarshalXMLSignature(context).validate(context);
  }
}
