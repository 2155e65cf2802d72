package dev.keyhold.observe;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events of Flight Recorder. Names and fields are a contract: OBSERVABILITY.md lists them. */
final class JfrEvents {
  private JfrEvents() {}

  @Name("dev.keyhold.KeyUse")
  @Label("Key Use")
  @Category("Keyhold")
  @Description("A use of a key at a remote backend, or one that failed at any")
  static final class KeyUsed extends Event {
    @Label("Backend")
    String backend;

    @Label("Backend Type")
    String backendType;

    @Label("Operation")
    String operation;

    @Label("Key")
    String key;

    @Label("Alias")
    @Description("As the application named it")
    String alias;

    @Label("Tenant")
    String tenant;

    @Label("Purpose")
    @Description("As the application declared it; nothing proves it")
    String purpose;

    @Label("Ticket")
    @Description("As the application declared it; nothing proves it")
    String ticket;

    @Label("Outcome")
    String outcome;

    @Label("Attempts")
    int attempts;
  }

  @Name("dev.keyhold.Retry")
  @Label("Retry")
  @Category("Keyhold")
  @Description("A use of a key is tried once more")
  @StackTrace(false)
  static final class Retried extends Event {
    @Label("Backend")
    String backend;

    @Label("Operation")
    String operation;

    @Label("Key")
    String key;

    @Label("Attempt")
    @Description("The one that begins now, from 2")
    int attempt;

    @Label("Reason")
    @Description("How the attempt before ended")
    String reason;
  }

  @Name("dev.keyhold.BreakerChange")
  @Label("Breaker Change")
  @Category("Keyhold")
  @Description("A backend is left alone after failures, is tried again, or is well again")
  @StackTrace(false)
  static final class BreakerChanged extends Event {
    @Label("Backend")
    String backend;

    @Label("State")
    String state;
  }

  @Name("dev.keyhold.EpochRenewal")
  @Label("Epoch Renewal")
  @Category("Keyhold")
  @Description("An epoch key for new objects was renewed, or could not be")
  @StackTrace(false)
  static final class EpochRenewed extends Event {
    @Label("Alias")
    String alias;

    @Label("Cause")
    String cause;

    @Label("Outcome")
    String outcome;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;
  }

  @Name("dev.keyhold.CacheAccess")
  @Label("Cache Access")
  @Category("Keyhold")
  @Description("How often a cache of epoch keys served since the event before")
  @Period("10 s")
  @StackTrace(false)
  static final class CacheAccessed extends Event {
    @Label("Cache")
    String cache;

    @Label("Hits")
    long hits;

    @Label("Misses")
    long misses;

    @Label("Stale")
    long stale;

    @Label("Denied")
    long denied;
  }
}
