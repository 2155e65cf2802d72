package dev.keyhold.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.object.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk whenever the machine stops. */
class ObjectFileTest {
  private static final byte[] PLAIN = new byte[1000];

  @TempDir Path folder;
  private Path file;
  private Path journal;
  private byte[] object;
  private byte[] before;
  private byte[] after;

  @BeforeEach
  void makeAnObjectAndItsNewHeader() throws Exception {
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(folder, EpochLimits.DEFAULT, "key.orders = one")) {
      object = fixture.seal("orders", PLAIN);
      fixture.backend("one").rotate("orders");
      before = SeveralKeysFixture.headerOf(object);
      after = fixture.rewrapper("orders").rewrap(before).orElseThrow();
    }
    Path objects = Files.createDirectory(folder.resolve("objects"));
    file = Files.write(objects.resolve("object"), object);
    journal = objects.resolve(".object" + HeaderJournal.SUFFIX);
  }

  private byte[] with(byte[] header) {
    byte[] all = Arrays.copyOf(header, header.length + object.length - before.length);
    System.arraycopy(object, before.length, all, header.length, object.length - before.length);
    return all;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(file.getParent())) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aHeaderOfTheSameLengthIsReplacedInPlace() throws Exception {
    Object key = Files.readAttributes(file, "unix:ino").get("ino");
    try (ObjectFile opened = ObjectFile.open(file)) {
      assertArrayEquals(before, opened.header());
      opened.replace(after);
    }
    assertArrayEquals(with(after), Files.readAllBytes(file));
    assertEquals(List.of("object"), names());
    assertEquals(key, Files.readAttributes(file, "unix:ino").get("ino"));
  }

  @Test
  void theLongestNameIsNotTooLong() throws Exception {
    for (String name : List.of("n".repeat(255), "\u00fc".repeat(127))) {
      Path longest = Files.move(file, file.resolveSibling(name));
      try (ObjectFile opened = ObjectFile.open(longest)) {
        opened.replace(after);
      }
      assertArrayEquals(with(after), Files.readAllBytes(longest));
      try (ObjectFile opened = ObjectFile.open(longest)) {
        opened.replace(Arrays.copyOf(after, 512));
      }
      assertEquals(List.of(name), names());
      Files.delete(longest);
      Files.write(file, object);
    }
  }

  @Test
  void aLongerHeaderMakesANewFileWithTheOldOnesMode() throws Exception {
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-r-----");
    Files.setPosixFilePermissions(file, mode);
    byte[] longer = Arrays.copyOf(after, 512);
    try (ObjectFile opened = ObjectFile.open(file)) {
      opened.replace(longer);
    }
    assertArrayEquals(with(longer), Files.readAllBytes(file));
    assertEquals(List.of("object"), names());
    assertEquals(mode, Files.getPosixFilePermissions(file));
  }

  @Test
  void whereverWritingStoppedTheHeaderIsPutBack() throws Exception {
    for (int written = 0; written <= before.length; written++) {
      byte[] torn = before.clone();
      System.arraycopy(after, 0, torn, 0, written);
      boolean complete = Arrays.equals(torn, after);
      Files.write(journal, HeaderJournal.content(before, after));
      Files.write(file, with(torn));
      assertArrayEquals(complete ? after : before, ObjectFile.readHeader(file));
      assertArrayEquals(with(torn), Files.readAllBytes(file), "reading changes nothing");
      ObjectFile.open(file).close();
      assertArrayEquals(with(complete ? after : before), Files.readAllBytes(file));
      assertEquals(List.of("object"), names());
    }
  }

  @Test
  void aJournalThatIsNotCompleteChangesNothing() throws Exception {
    byte[] complete = HeaderJournal.content(before, after);
    for (int length = 0; length < complete.length; length++) {
      Files.write(journal, Arrays.copyOf(complete, length));
      ObjectFile.open(file).close();
      assertArrayEquals(object, Files.readAllBytes(file));
      assertEquals(List.of("object"), names());
    }
  }

  @Test
  void aJournalThatWasLeftOverTouchesNoOtherObject() throws Exception {
    byte[] other = object.clone();
    other[100] = (byte) ~(before[100] & after[100]);
    other[101] = (byte) ~before[101];
    other[102] = (byte) ~before[102];
    Files.write(file, other);
    Files.write(journal, HeaderJournal.content(before, after));
    ObjectFile.open(file).close();
    assertArrayEquals(other, Files.readAllBytes(file));
    assertEquals(List.of("object"), names());
  }

  @Test
  void aHugeJournalIsNotRead() throws Exception {
    Files.write(journal, new byte[1 << 20]);
    ObjectFile.open(file).close();
    assertArrayEquals(object, Files.readAllBytes(file));
  }

  /** The bytes that a journal is about, of which the file has some of each. */
  private void forge(byte[] evil) throws IOException {
    int last = evil.length - 1;
    byte[] there = Arrays.copyOf(object, evil.length);
    evil[last] = there[last];
    there[last] ^= 1;
    Files.write(journal, HeaderJournal.content(evil, there));
  }

  private void assertHarmless(byte[] evil) throws Exception {
    forge(evil);
    assertArrayEquals(before, ObjectFile.readHeader(file));
    ObjectFile.open(file).close();
    assertArrayEquals(object, Files.readAllBytes(file));
    assertEquals(List.of("object"), names());
  }

  @Test
  void aForgedJournalReachesNothingButAHeaderOfTheSameLengthAndMode() throws Exception {
    byte[] beyondTheHeader = Arrays.copyOf(before, before.length + 64);
    assertHarmless(beyondTheHeader);
    byte[] longer = Arrays.copyOf(before, 2 * Header.BLOCK);
    longer[9] = 2;
    Arrays.fill(longer, before.length - Header.MAC, before.length, (byte) 0);
    Header.parse(longer);
    assertHarmless(longer);
    byte[] noHeader = before.clone();
    noHeader[0] = 'X';
    assertHarmless(noHeader);
    byte[] otherMode = before.clone();
    otherMode[6] ^= 2;
    Header.parse(otherMode);
    assertHarmless(otherMode);
    byte[] another = before.clone();
    another[before.length - 20] ^= 1; // of its MAC, so that it does not open
    forge(another);
    assertArrayEquals(another, ObjectFile.readHeader(file), "this it can do");
  }

  @Test
  void inAStickyFolderAJournalCountsOnlyIfTheOwnerMadeIt() throws Exception {
    assumeTrue(isRoot(), "only root can give files away");
    UserPrincipal owner = user("4242");
    byte[] torn = before.clone();
    System.arraycopy(after, 0, torn, 0, before.length / 2);
    Files.setOwner(file, owner);
    for (int sticky : new int[] {0, 01000}) {
      Files.setAttribute(file.getParent(), "unix:mode", 0777 | sticky);
      for (UserPrincipal maker : List.of(owner, user("root"), user("4343"))) {
        boolean counts = sticky == 0 || !maker.equals(user("4343"));
        Files.write(file, with(torn));
        Files.write(journal, HeaderJournal.content(before, after));
        Files.setOwner(journal, maker);
        assertArrayEquals(counts ? before : torn, ObjectFile.readHeader(file), maker.getName());
        ObjectFile.open(file).close();
        assertArrayEquals(with(counts ? before : torn), Files.readAllBytes(file));
        assertEquals(List.of("object"), names());
      }
    }
  }

  @Test
  void noLinkAtTheJournalsNameIsFollowed() throws Exception {
    byte[] torn = with(before);
    System.arraycopy(after, 0, torn, 0, before.length / 2);
    Path elsewhere = folder.resolve("elsewhere");
    byte[] content = HeaderJournal.content(before, after);
    Files.write(file, torn);
    Files.write(elsewhere, content);
    Files.createSymbolicLink(journal, elsewhere);
    try (ObjectFile opened = ObjectFile.open(file)) {
      assertArrayEquals(torn, Files.readAllBytes(file), "not healed from elsewhere");
      for (Path target : List.of(elsewhere, folder.resolve("nowhere"))) {
        Files.createSymbolicLink(journal, target);
        byte[] header = opened.header();
        assertThrows(IOException.class, () -> opened.replace(header));
        Files.delete(journal);
      }
    }
    assertArrayEquals(content, Files.readAllBytes(elsewhere));
    assertFalse(Files.exists(folder.resolve("nowhere")));
    assertArrayEquals(torn, Files.readAllBytes(file));
  }

  @Test
  void aLongerHeaderMakesANewFileOfTheOldOnesOwnerAndGroup() throws Exception {
    assumeTrue(isRoot(), "only root can give files away");
    UserPrincipalLookupService users = file.getFileSystem().getUserPrincipalLookupService();
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    view.setOwner(user("4242"));
    view.setGroup(users.lookupPrincipalByGroupName("4343"));
    view.setPermissions(PosixFilePermissions.fromString("r--rw----"));
    try (ObjectFile opened = ObjectFile.open(file)) {
      opened.replace(Arrays.copyOf(after, 512));
    }
    PosixFileAttributes made = Files.readAttributes(file, PosixFileAttributes.class);
    assertEquals("4242", made.owner().getName());
    assertEquals("4343", made.group().getName());
    assertEquals("r--rw----", PosixFilePermissions.toString(made.permissions()));
    assertEquals(List.of("object"), names());
  }

  private boolean isRoot() throws IOException {
    return Files.getOwner(folder).getName().equals("root");
  }

  private UserPrincipal user(String name) throws IOException {
    return file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
  }

  @Test
  void whatIsChangedMeanwhileIsLeftAlone() throws Exception {
    byte[] longer = Arrays.copyOf(after, 512);
    for (byte[] header : List.of(after, longer)) {
      try (ObjectFile opened = ObjectFile.open(file)) {
        Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
        byte[] changed = Files.readAllBytes(file);
        assertThrows(IOException.class, () -> opened.replace(header));
        assertArrayEquals(changed, Files.readAllBytes(file));
        assertEquals(List.of("object"), names());
      }
    }
  }

  @Test
  void twoDoNotRewrapOneFileAtATime() throws Exception {
    try (ObjectFile opened = ObjectFile.open(file)) {
      IOException refused = assertThrows(IOException.class, () -> ObjectFile.open(file));
      assertTrue(refused.getMessage().contains("rewrapped"), refused.getMessage());
      opened.replace(after);
    }
    assertFalse(Files.exists(journal));
    ObjectFile.open(file).close();
  }
}
