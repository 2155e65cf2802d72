package dev.keyhold.conformance.clients;

/** A version of TLS. */
enum Protocol {
  TLS_1_2("TLSv1.2", "-tls1_2", "TLS 1.2"),
  TLS_1_3("TLSv1.3", "-tls1_3", "TLS 1.3");

  private final String jdkName;
  private final String opensslOption;
  private final String text;

  Protocol(String jdkName, String opensslOption, String text) {
    this.jdkName = jdkName;
    this.opensslOption = opensslOption;
    this.text = text;
  }

  String jdkName() {
    return jdkName;
  }

  String opensslOption() {
    return opensslOption;
  }

  @Override
  public String toString() {
    return text;
  }
}
