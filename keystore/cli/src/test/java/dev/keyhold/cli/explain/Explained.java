package dev.keyhold.cli.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.keyhold.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code explain}, and finds its way about in the JSON. */
final class Explained {
  private static final String LOCAL = "backend.local.password = file:password.txt\n";

  /** Two regions of AWS KMS and a token; nothing of it is there. */
  private static final String FAR =
      """
      backend.eu.type = aws-kms
      backend.eu.region = eu-west-1
      backend.us.type = aws-kms
      backend.us.region = us-east-2
      backend.hsm.type = pkcs11
      backend.hsm.library = hsm.so
      backend.hsm.token = vault
      """;

  private final Path folder;
  private final Cli cli;

  private Explained(Path folder, Cli cli) {
    this.folder = folder;
    this.cli = cli;
  }

  static Explained in(Path folder) throws IOException {
    Files.writeString(folder.resolve("hsm.so"), "no library: nobody asks it");
    return new Explained(folder, Cli.in(folder));
  }

  Cli cli() {
    return cli;
  }

  Path folder() {
    return folder;
  }

  /** A configuration with all backends, and these lines. */
  void configure(String lines) throws IOException {
    cli.configure(LOCAL + FAR + lines);
  }

  /** What {@code explain --json} says. */
  JsonObject explain(String... arguments) {
    List<String> all = new ArrayList<>(List.of("explain", "--json"));
    all.addAll(List.of(arguments));
    Cli.Result result = cli.run(all.toArray(String[]::new));
    assertEquals(0, result.code(), result.err());
    return JsonParser.parseString(result.out()).getAsJsonObject();
  }

  static JsonObject at(JsonObject object, String list, int index) {
    return object.get(list).getAsJsonArray().get(index).getAsJsonObject();
  }

  static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  /** What the loss of something means, use by use. */
  static List<String> without(JsonObject explanation, String lost) {
    for (JsonElement loss : explanation.get("losses").getAsJsonArray()) {
      if (text(loss.getAsJsonObject(), "lost").startsWith(lost)) {
        List<String> effects = new ArrayList<>();
        for (JsonElement effect : loss.getAsJsonObject().get("effects").getAsJsonArray()) {
          JsonObject told = effect.getAsJsonObject();
          effects.add(text(told, "use") + ": " + text(told, "outcome"));
        }
        return effects;
      }
    }
    throw new AssertionError("no loss of " + lost + " in " + explanation);
  }
}
