package dev.keyhold.demo;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.admin.ObjectInfo.MalformedObjectException;
import dev.keyhold.cli.Main;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.LogLines;
import dev.keyhold.cli.command.Progress;
import dev.keyhold.cli.command.Text;
import dev.keyhold.cli.object.ObjectView;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Security;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.KeyGenerator;

/**
 * The steps that {@code demo} shows: short, 80 columns wide, each with the call that an application
 * makes.
 */
final class DemoLesson {
  private static final String ALIAS = "orders";
  private static final String INDENT = "   ";

  private final Path folder;
  private final String configuration;
  private final PrintStream out;
  private final Progress.Mode bars;
  private int step;

  /**
   * Prepares the lesson.
   *
   * @param folder where all its files go
   * @param configuration the text of a Keyhold configuration for that folder
   */
  DemoLesson(Path folder, String configuration, PrintStream out, Progress.Mode bars) {
    this.folder = folder;
    this.configuration = configuration;
    this.out = out;
    this.bars = bars;
  }

  void teach() throws GeneralSecurityException, IOException, InterruptedException {
    out.println("Keyhold demo. It works in a folder that is deleted at the end:");
    out.println(folder);
    Path file = configure();
    KeyholdProvider provider = new KeyholdProvider().configure(file.toString());
    Security.addProvider(provider);
    try {
      makeKey();
      Path plain = SampleFile.find(folder);
      DemoFile sample = new DemoFile(plain, folder.resolve("sample.keyhold"), key(), out, bars);
      encrypt(sample);
      inspect(sample);
      decrypt(sample);
      tamper(sample);
      rotate(sample, file);
    } finally {
      Security.removeProvider(provider.getName());
      provider.close();
    }
    tenLines();
  }

  private Path configure() throws IOException {
    next("The configuration: where keys live, and which key an alias means");
    configuration.lines().forEach(this::say);
    Path file = folder.resolve("keyhold.properties");
    return Files.writeString(file, configuration, StandardCharsets.UTF_8);
  }

  private void makeKey() throws GeneralSecurityException {
    next("A key is made at its backend; the program gets a handle only");
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(new KeyholdGenParameterSpec.Builder(ALIAS).build());
    Key made = generator.generateKey();
    say(made.toString());
    say("getEncoded()   " + Arrays.toString(made.getEncoded()) + ": the key stays where it is");
  }

  private static Key key() throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, null);
    return keys.getKey(ALIAS, null);
  }

  private void encrypt(DemoFile file) throws GeneralSecurityException, IOException {
    next("A real file is encrypted by plain JDK calls, 64 KiB at a time");
    say(file.plain() + ", " + Text.size((double) Files.size(file.plain())));
    String served = file.encrypt();
    say("Cipher.getInstance(\"AES/GCM/NoPadding\") found provider " + served + " by the key.");
    say("The backend wrapped one data key; the data was encrypted here.");
  }

  private void inspect(DemoFile file) throws IOException {
    next("What anybody can read of the object: keyhold inspect sample.keyhold");
    try {
      ObjectView.read(file.sealed()).details().lines().forEach(this::say);
    } catch (MalformedObjectException e) {
      throw new IllegalStateException("the object has no header", e);
    }
  }

  private void decrypt(DemoFile file) throws GeneralSecurityException, IOException {
    next("It is decrypted and compared with the original");
    file.decryptAndCompare();
    say("The same, byte by byte. (A fresh JVM is slow; step 7 shows it warm.)");
  }

  private void tamper(DemoFile file) throws GeneralSecurityException, IOException {
    next("One bit of the object is flipped, in the middle");
    long middle = Files.size(file.sealed()) / 2;
    flip(file.sealed(), middle);
    try (LogLines log = LogLines.open()) {
      log.showOn(out, INDENT + "the log says   ");
      file.decryptAndCompare();
      throw new IllegalStateException("an altered object was decrypted");
    } catch (AEADBadTagException e) {
      say("refused by     " + e.getClass().getName());
      say("Of what was released before it, each byte is authentic; none came after it.");
    }
    flip(file.sealed(), middle);
  }

  private static void flip(Path path, long position) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(position);
      int old = file.read();
      file.seek(position);
      file.write(old ^ 1);
    }
  }

  private void rotate(DemoFile file, Path configurationFile)
      throws GeneralSecurityException, IOException, InterruptedException {
    next("The key is rotated: keyhold keys rotate " + ALIAS);
    Process rotation =
        OwnProcess.of(Main.class, "keys", "rotate", ALIAS, "--config", configurationFile.toString())
            .redirectErrorStream(true)
            .start();
    byte[] output = rotation.getInputStream().readAllBytes();
    new String(output, StandardCharsets.UTF_8).lines().forEach(this::say);
    if (rotation.waitFor() != ExitCode.OK) {
      throw new IllegalStateException("the key was not rotated");
    }
    say("");
    say("New data goes under the new version; the object from before still opens:");
    file.decryptAndCompare();
  }

  private void tenLines() {
    next("In essence, this was the program; only the first line names Keyhold");
    """
    Security.addProvider(new KeyholdProvider().configure("keyhold.properties"));
    KeyGenerator generator = KeyGenerator.getInstance("AES");
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    generator.generateKey();                 // once

    KeyStore keys = KeyStore.getInstance("Keyhold");
    keys.load(null, null);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, keys.getKey("orders", null));
    byte[] object = cipher.doFinal(data);    // or update(), again and again
    byte[] iv = cipher.getIV();              // keep it with the object
    """
        .lines()
        .forEach(this::say);
  }

  private void next(String title) {
    step++;
    out.println();
    out.println(step + ". " + title);
  }

  private void say(String line) {
    out.println((INDENT + line).stripTrailing());
  }
}
