"""AUDIT.md section 2: signed notes, verifier keys, signatures and cosignatures."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from .texts import NUMBER, ORIGIN, Malformed, origin, shown

try:  # in the releases of "cryptography" whose OpenSSL has it
    from cryptography.hazmat.primitives.asymmetric import mldsa
except ImportError:
    mldsa = None

MAX_NOTE = 65_000
MAX_SIGNATURES = 64
DASH = "\u2014 ".encode("utf-8")

ED25519, ECDSA, COSIGNATURE, ML_DSA = 0x01, 0x02, 0x04, 0x06
KEY_LENGTH = {ED25519: 32, COSIGNATURE: 32, ML_DSA: 1_312}
SIGNATURE_LENGTH = {ED25519: 64, COSIGNATURE: 8 + 64, ML_DSA: 8 + 2_420}


def canonical_base64(token: str) -> bytes:
    try:
        raw = base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("what should be base64 is not") from None
    if base64.b64encode(raw).decode("ascii") != token:
        raise Malformed("base64 that is not canonical")
    return raw


class VerifierKey(NamedTuple):
    """Section 2.2."""

    name: str
    key_id: bytes
    kind: int
    public: bytes

    def verifies(self, text: bytes, signature: bytes) -> bool:
        try:
            return VERIFY[self.kind](self, text, signature)
        except (InvalidSignature, ValueError):
            return False


def verifier_key(token: str) -> VerifierKey:
    parts = token.split("+", 2)
    if len(parts) != 3 or len(parts[1]) != 8:
        raise Malformed(f"{shown(token[:80])} is no verifier key")
    raw = canonical_base64(parts[2])
    if len(raw) < 2:
        raise Malformed("a verifier key without a key")
    kind, public = raw[0], raw[1:]
    if kind == ECDSA:
        check_p256(public)
        computed = hashlib.sha256(public).digest()[:4]
    elif KEY_LENGTH.get(kind) == len(public):
        if kind in (ED25519, COSIGNATURE):
            check_ed25519(public)
        computed = hashlib.sha256(origin(parts[0]).encode("ascii") + b"\n" + raw).digest()[:4]
    else:
        raise Malformed(f"a verifier key of type {kind} with {len(public)} bytes")
    if parts[1] != computed.hex():
        raise Malformed("the id of a verifier key is not the computed one")
    return VerifierKey(origin(parts[0]), computed, kind, public)


P25519 = 2**255 - 19
SMALL_ORDER = {  # the y of the points of order 1, 2, 4 and 8
    0,
    1,
    P25519 - 1,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
}


def check_ed25519(public: bytes) -> None:
    """A canonical y, and no point of small order: anybody can make signatures under such a key."""
    y = int.from_bytes(public, "little") % 2**255
    if y >= P25519 or y in SMALL_ORDER:
        raise Malformed("an Ed25519 key that is not canonical, or of small order")


def check_p256(public: bytes) -> None:
    """The one DER encoding of a point on P-256: named curve, uncompressed."""
    try:
        key = load_der_public_key(public)
    except (ValueError, TypeError):
        raise Malformed("a public key that is no SubjectPublicKeyInfo") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise Malformed("a public key that is not on P-256")
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != public:
        raise Malformed("a public key whose encoding is not canonical")


# ---- signatures, by the type of the key


def verify_ed25519(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    return True


def verify_ecdsa(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    load_der_public_key(key.public).verify(signature, text, ec.ECDSA(SHA256()))
    return True


def verify_cosignature(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    if len(signature) != SIGNATURE_LENGTH[COSIGNATURE] or signature[0] > 0x7F:
        return False
    message = b"cosignature/v1\ntime %d\n" % seconds(signature) + text
    return verify_ed25519(key, message, signature[8:])


def verify_ml_dsa(key: VerifierKey, text: bytes, signature: bytes) -> bool:
    """The structure cosigned_message of tlog-cosignature, for a whole tree."""
    if len(signature) != SIGNATURE_LENGTH[ML_DSA] or signature[0] > 0x7F:
        return False
    log, size, root = checkpoint_lines(text)
    message = b"subtree/v1\n\0" + counted(key.name) + signature[:8] + counted(log)
    message += bytes(8) + size.to_bytes(8, "big") + root
    mldsa.MLDSA44PublicKey.from_public_bytes(key.public).verify(signature[8:], message)
    return True


VERIFY = {
    ED25519: verify_ed25519,
    ECDSA: verify_ecdsa,
    COSIGNATURE: verify_cosignature,
    ML_DSA: verify_ml_dsa,
}


def counted(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("ascii")


def seconds(signature: bytes) -> int:
    """The time that a cosignature says."""
    return int.from_bytes(signature[:8], "big")


# ---- notes (section 2.1)


class Note:
    """A text and its signatures: key name, key id, signature."""

    def __init__(self, raw: bytes):
        if len(raw) > MAX_NOTE:
            raise Malformed(f"the note has {len(raw)} bytes")
        end = raw.rfind(b"\n\n")
        if end < 1 or not raw.endswith(b"\n"):
            raise Malformed("the note has no signatures after an empty line, or does not end in a line feed")
        self.text = raw[: end + 1]
        lines = raw[end + 2 : -1].split(b"\n")
        if len(lines) > MAX_SIGNATURES:
            raise Malformed(f"the note has {len(lines)} signatures")
        self.signatures = [read_signature(line) for line in lines]
        self.id = "sha256:" + hashlib.sha256(self.text).hexdigest()


def read_signature(line: bytes) -> Tuple[str, bytes, bytes]:
    try:
        tokens = line[len(DASH) :].decode("ascii").split(" ")
    except UnicodeDecodeError:
        tokens = []
    if not line.startswith(DASH) or len(tokens) != 2 or ORIGIN.fullmatch(tokens[0]) is None:
        raise Malformed("a line of signatures is none")
    raw = canonical_base64(tokens[1])
    if len(raw) < 5:
        raise Malformed("a signature is too short")
    return tokens[0], raw[:4], raw[4:]


class BadSignature(Exception):
    """A signature of a statement that makes the note invalid."""


def signing_keys(note: Note, known: Iterable[VerifierKey]) -> List[VerifierKey]:
    """Section 2.3: the keys that signed, where every signature is by a known key, verifies, and stands once."""
    by_id: Dict[Tuple[str, bytes], VerifierKey] = {(key.name, key.key_id): key for key in known}
    signed: List[VerifierKey] = []
    for line, (name, key_id, signature) in enumerate(note.signatures, 1):
        key = by_id.get((name, key_id))
        which = f"signature {line} of {len(note.signatures)}, by {name}+{key_id.hex()},"
        if key is None:
            raise BadSignature(f"{which} is by no key that the charter lists for a person")
        if key in signed:
            raise BadSignature(f"{which} is the second one by this key")
        if not key.verifies(note.text, signature):
            raise BadSignature(f"{which} does not verify")
        signed.append(key)
    return signed


# ---- checkpoints (section 6.2)


class Checkpoint:
    """A checkpoint as it stands in its note; nothing is verified yet."""

    def __init__(self, raw: bytes):
        self.note = Note(raw)
        self.origin, self.size, self.root = checkpoint_lines(self.note.text)

    def fault(self, log: str, log_keys: Iterable[VerifierKey], witnesses: Iterable[VerifierKey]) -> Optional[str]:
        """What is wrong with its origin or signatures, or None."""
        if self.origin != log:
            return f"is of the log {self.origin}"
        log_keys, witnesses, by_log = list(log_keys), list(witnesses), False
        known = {(key.name, key.key_id): key for key in witnesses + log_keys}
        ignored = {key.name for key in witnesses if key.kind == ML_DSA and mldsa is None}
        for name, key_id, signature in self.note.signatures:
            if name in ignored:
                continue
            key = known.get((name, key_id))
            if key is None:
                return f"has a signature by {name}+{key_id.hex()}, which no charter lists"
            if not key.verifies(self.note.text, signature):
                return f"has a signature by {name}+{key_id.hex()} that does not verify"
            by_log = by_log or key in log_keys
        return None if by_log else "is not signed by the key of the log"

    def cosigned(self, witnesses: Iterable[VerifierKey]) -> List[int]:
        """The times of the cosignatures, once fault() found none."""
        kinds = {(key.name, key.key_id): key.kind for key in witnesses}
        return [
            seconds(signature)
            for name, key_id, signature in self.note.signatures
            if kinds.get((name, key_id)) == COSIGNATURE
            or (kinds.get((name, key_id)) == ML_DSA and mldsa is not None)
        ]


def checkpoint_lines(text: bytes) -> Tuple[str, int, bytes]:
    try:
        lines = text.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Malformed("a checkpoint is not ASCII") from None
    if len(lines) != 4 or lines[3] != "" or NUMBER.fullmatch(lines[1]) is None:
        raise Malformed("a checkpoint has three lines: origin, size and root")
    root = canonical_base64(lines[2])
    if len(root) != 32:
        raise Malformed("the root of a checkpoint has 32 bytes")
    return origin(lines[0]), int(lines[1]), root
