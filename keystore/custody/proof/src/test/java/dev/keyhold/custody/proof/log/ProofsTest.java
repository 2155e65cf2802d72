package dev.keyhold.custody.proof.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.MadeTiles;
import dev.keyhold.custody.proof.made.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees, proofs and tiles, beside definitions of RFC 6962 written down a second time. */
class ProofsTest {
  private static final int MOST = 70;

  @TempDir Path folder;

  private static List<byte[]> leaves(int count) {
    List<byte[]> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
    }
    return leaves;
  }

  /** The definition of RFC 6962, section 2.1. */
  private static byte[] mth(List<byte[]> leaves) {
    if (leaves.isEmpty()) {
      return Hashes.empty();
    }
    if (leaves.size() == 1) {
      return Hashes.leaf(leaves.get(0));
    }
    int k = 1;
    while (k * 2 < leaves.size()) {
      k *= 2;
    }
    return Hashes.node(mth(leaves.subList(0, k)), mth(leaves.subList(k, leaves.size())));
  }

  /** The tree of the tests of Certificate Transparency, whose eight roots are well known. */
  @Test
  void theRootsOfCertificateTransparencysTests() {
    String[] inputs = {
      "",
      "00",
      "10",
      "2021",
      "3031",
      "40414243",
      "5051525354555657",
      "606162636465666768696a6b6c6d6e6f"
    };
    String[] roots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    };
    TreeHead head = new TreeHead();
    for (int i = 0; i < roots.length; i++) {
      head.add(Hashes.leaf(HexFormat.of().parseHex(inputs[i])));
      assertEquals(roots[i], HexFormat.of().formatHex(head.root()));
    }
  }

  @Test
  void rootsAreThoseOfTheDefinition() throws IOException {
    TreeHead head = new TreeHead();
    for (int size = 0; size <= MOST; size++) {
      List<byte[]> leaves = leaves(size);
      assertArrayEquals(mth(leaves), head.root());
      assertArrayEquals(mth(leaves), Proofs.root(MadeTiles.source(leaves), size));
      head.add(Hashes.leaf(Integer.toString(size).getBytes(StandardCharsets.US_ASCII)));
    }
  }

  @Test
  void inclusionIsProvedForEachLeafAndForNoOther() throws IOException {
    for (int size = 1; size <= MOST; size++) {
      List<byte[]> leaves = leaves(size);
      byte[] root = mth(leaves);
      for (int index = 0; index < size; index++) {
        List<byte[]> proof = Proofs.inclusion(MadeTiles.source(leaves), index, size);
        byte[] hash = Hashes.leaf(leaves.get(index));
        Proofs.verifyInclusion(hash, index, size, proof, root);
        int other = (index + 1) % size;
        if (size > 1) {
          refused(hash, other, size, proof, root);
          refused(Hashes.leaf(leaves.get(other)), index, size, proof, root);
          refused(hash, index, size, proof.subList(1, proof.size()), root);
        }
        List<byte[]> longer = new ArrayList<>(proof);
        longer.add(root);
        refused(hash, index, size, longer, root);
      }
    }
  }

  private static void refused(byte[] hash, long index, long size, List<byte[]> proof, byte[] root) {
    assertThrows(
        ProofException.class, () -> Proofs.verifyInclusion(hash, index, size, proof, root));
  }

  @Test
  void consistencyIsProvedForEachPairOfSizes() throws IOException {
    List<byte[]> leaves = leaves(MOST);
    HashSource source = MadeTiles.source(leaves);
    for (int size = 0; size <= MOST; size++) {
      byte[] root = mth(leaves.subList(0, size));
      for (int old = 0; old <= size; old++) {
        byte[] oldRoot = mth(leaves.subList(0, old));
        List<byte[]> proof = Proofs.consistency(source, old, size);
        Proofs.verifyConsistency(old, oldRoot, size, root, proof);
        byte[] wrong = oldRoot.clone();
        wrong[size % 32] ^= 1;
        int from = old;
        int to = size;
        assertThrows(
            ProofException.class, () -> Proofs.verifyConsistency(from, wrong, to, root, proof));
        if (!proof.isEmpty()) {
          List<byte[]> shorter = proof.subList(0, proof.size() - 1);
          assertThrows(
              ProofException.class,
              () -> Proofs.verifyConsistency(from, oldRoot, to, root, shorter));
        }
      }
    }
  }

  @Test
  void tilesGiveTheSameHashes() throws IOException {
    for (int size : new int[] {1, 255, 256, 257, 600, 70_000}) {
      List<byte[]> leaves = leaves(size);
      Path place = folder.resolve(Integer.toString(size));
      MadeTiles.write(place, leaves, size);
      HashSource tiles =
          Tiles.source(tile -> Files.readAllBytes(place.resolve(tile.toString())), size);
      byte[] root = MadeTiles.root(leaves);
      assertArrayEquals(root, Proofs.root(tiles, size));
      for (long index : new long[] {0, size / 3, size - 1}) {
        Proofs.verifyInclusion(
            Hashes.leaf(leaves.get((int) index)),
            index,
            size,
            Proofs.inclusion(tiles, index, size),
            root);
      }
    }
    assertThrows(
        NoSuchFileException.class,
        () ->
            Proofs.root(
                Tiles.source(tile -> Files.readAllBytes(folder.resolve(tile.toString())), 5), 5));
  }

  /** The example of tlog-tiles: a tree of 70,000 leaves. */
  @Test
  void tilesOfTheSpecificationsExample() {
    List<String> tiles =
        Tiles.between(0, 70_000).stream()
            .map(TilePath::toString)
            .filter(path -> !path.contains("entries"))
            .toList();
    assertEquals(274 + 2 + 1, tiles.size());
    assertTrue(
        tiles.containsAll(
            List.of(
                "tile/0/000",
                "tile/0/272",
                "tile/0/273.p/112",
                "tile/1/000",
                "tile/1/001.p/17",
                "tile/2/000.p/1")));
    assertEquals(
        List.of("tile/entries/000", "tile/0/000", "tile/1/000.p/1"),
        Tiles.between(0, 256).stream().map(TilePath::toString).toList());
    assertEquals(
        List.of("tile/entries/001.p/2", "tile/0/001.p/2"),
        Tiles.between(257, 258).stream().map(TilePath::toString).toList());
    assertEquals(List.of(), Tiles.between(300, 300));
  }

  @Test
  void tilePathsHaveOneForm() {
    assertEquals("tile/3/x001/x234/067", new TilePath(3, 1_234_067, TilePath.FULL).toString());
    for (String path : List.of("tile/0/000", "tile/entries/x001/234.p/5", "tile/63/999.p/255")) {
      assertEquals(path, TilePath.parse(path).toString());
    }
    for (String path :
        List.of(
            "tile/0/0",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/05",
            "tile/0/000.p",
            "tile/x/000",
            "tile/0",
            "tile/0/",
            "other/0/000",
            "tile/0/x01/001",
            "tile/0/000.p/-1",
            "tile/0/000.p/1/2")) {
      assertNull(TilePath.parse(path), path);
    }
  }

  @Test
  void aProofFileIsReadAndVerified() throws IOException {
    MadeLog log = new MadeLog(new World(), World.A1);
    HashSource source = MadeTiles.source(log.leaves());
    TlogProof proof =
        new TlogProof(1, Proofs.inclusion(source, 1, log.leaves().size()), log.checkpoint(true));
    TlogProof read = TlogProof.parse(proof.toString().getBytes(StandardCharsets.UTF_8));
    assertEquals(proof.toString(), read.toString());
    read.verify(log.leaves().get(1));
    assertThrows(ProofException.class, () -> read.verify(log.leaves().get(0)));
  }
}
