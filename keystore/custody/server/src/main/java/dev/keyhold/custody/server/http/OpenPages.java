package dev.keyhold.custody.server.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.log.TilePath;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.server.gate.Fault;
import dev.keyhold.custody.server.gate.Gate;
import dev.keyhold.custody.server.gate.GateException;
import dev.keyhold.custody.server.gate.GateException.Kind;
import dev.keyhold.custody.server.gate.KeyService;
import dev.keyhold.custody.server.gate.PendingUses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What both listeners serve: signed texts, the log, health (docs/CUSTODY-WIRE.md). Thread-safe. */
final class OpenPages {
  /** The longest body of a signed text. */
  static final int MAX_NOTE = Note.MAX_NOTE;

  private static final String LOG = "/v1/log/";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A page: its status, its type and its bytes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Page(int status, String type, byte[] body) {
    static Page json(int status, JsonObject json) {
      return new Page(status, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private final Gate gate;
  private final KeyService service;

  OpenPages(Gate gate, KeyService service) {
    this.gate = gate;
    this.service = service;
  }

  /** Takes a signed text. */
  Page post(byte[] note) throws GateException {
    Gate.Posted posted = service.post(note, PATIENCE);
    JsonObject json = new JsonObject();
    json.addProperty("id", posted.id());
    json.addProperty("kind", posted.kind());
    json.add("leaf", Operations.leaf(posted.leaf()));
    return Page.json(200, json);
  }

  /** Returns what a path shows. */
  Page get(String path) throws GateException {
    return switch (path) {
      case "/v1/health" -> health();
      case "/v1/charter" -> new Page(200, "text/plain; charset=utf-8", gate.charterNote());
      case "/v1/pending" -> pending();
      default -> log(path);
    };
  }

  private Page log(String path) throws GateException {
    String name = path.startsWith(LOG) ? path.substring(LOG.length()) : "";
    boolean isCheckpoint = name.equals("checkpoint");
    TilePath tile = isCheckpoint ? null : TilePath.parse(name);
    if (!isCheckpoint && tile == null) {
      throw new GateException(Kind.NOT_FOUND, "there is no such page");
    }
    Path file = gate.log().folder().resolve(name);
    try {
      return new Page(
          200,
          isCheckpoint ? "text/plain; charset=utf-8" : "application/octet-stream",
          Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new GateException(Kind.NOT_FOUND, "the log has no " + name);
    } catch (IOException e) {
      throw new GateException(Kind.UNAVAILABLE, "the log can't be read: " + e);
    }
  }

  private Page pending() {
    JsonArray all = new JsonArray();
    gate.pending().all().forEach(use -> all.add(pending(use)));
    JsonObject json = new JsonObject();
    json.add("pending", all);
    return Page.json(200, json);
  }

  private static JsonObject pending(PendingUses.Pending use) {
    UseFacts facts = use.decision().facts();
    JsonObject json = new JsonObject();
    json.addProperty("number", use.number());
    json.addProperty("time", use.time().toString());
    json.addProperty("workload", use.decision().workload());
    json.addProperty("op", facts.operation().word());
    add(json, "key", use.keyName());
    add(json, "identity", facts.key());
    add(json, "alias", facts.alias());
    add(json, "binding", facts.binding());
    add(json, "tenant", facts.tenant());
    add(json, "purpose", facts.purpose());
    add(json, "ticket", facts.ticket());
    json.addProperty("unit", facts.epoch() ? "epoch" : "object");
    json.addProperty("charter", use.decision().charter());
    json.addProperty("rule", use.decision().rule().number());
    json.addProperty("count", use.count());
    return json;
  }

  private static void add(JsonObject json, String name, String value) {
    if (value != null) {
      json.addProperty(name, value);
    }
  }

  private Page health() {
    List<Fault> faults = gate.faults();
    boolean serves =
        faults.stream()
            .noneMatch(
                fault -> fault.stops() == Fault.Stops.ALL || fault.stops() == Fault.Stops.USES);
    JsonObject json = new JsonObject();
    json.addProperty("status", serves ? "ok" : "stopped");
    json.addProperty("origin", gate.origin());
    json.addProperty("size", gate.log().durableSize());
    json.addProperty("checkpoint", gate.log().publishedSize());
    Charter charter = gate.charter();
    JsonObject version = new JsonObject();
    version.addProperty("name", charter.name());
    version.addProperty("version", charter.version());
    version.addProperty("id", charter.id());
    json.add("charter", version);
    JsonArray list = new JsonArray();
    for (Fault fault : faults) {
      JsonObject one = new JsonObject();
      one.addProperty("name", fault.name());
      one.addProperty("stops", fault.stops().name().toLowerCase(Locale.ROOT));
      one.addProperty("message", fault.message());
      list.add(one);
    }
    json.add("faults", list);
    return Page.json(serves ? 200 : 503, json);
  }
}
