package dev.keyhold.object;

import dev.keyhold.envelope.Envelope;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Objects with another header, whose MAC is right: what somebody makes who knows the data key. In
 * this package because nothing else writes headers.
 */
public final class ForgedObject {
  private static final Engine.Pool POOL = new Engine.Pool(1);

  private ForgedObject() {}

  /** The object with another mode, combinator and recipients. */
  public static byte[] with(
      byte[] object,
      byte[] dataKey,
      DataKeyMode mode,
      Combinator combinator,
      UnaryOperator<List<Recipient>> recipients)
      throws Header.MalformedHeaderException {
    Header original = Envelope.inspect(object);
    Header forged = new Header(mode, combinator, recipients.apply(original.recipients()));
    byte[] header = forged.encode();
    Engine engine = POOL.take();
    HeaderMac.put(engine, dataKey, header);
    POOL.giveBack(engine);
    int from = Header.length(object, 0);
    byte[] out = Arrays.copyOf(header, header.length + object.length - from);
    System.arraycopy(object, from, out, header.length, object.length - from);
    return out;
  }
}
