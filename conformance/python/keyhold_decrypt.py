#!/usr/bin/env python3
"""Decrypts a Keyhold object without Keyhold.

The object is given as a file; its key either as the unwrapped top key (in mode per-object the
object's data key, in mode epoch the epoch key, from which the keys of many objects are derived), or
as the key file of the software backend with its password. FORMAT.md and KEYFILE.md describe both formats; the sections
that a function implements stand in its comment. Needs Python 3.9 and the package "cryptography".

    keyhold_decrypt.py report.khld --inspect
    keyhold_decrypt.py report.khld -o report.pdf --key-file keys.keyhold --password-env PW --alias orders
    keyhold_decrypt.py report.khld -o report.pdf --data-key-file data-key.bin --aad 'report 7'

Exit codes: 0 decrypted; 1 the object or the key file was altered, cut short, or is for another key,
IV, AAD, binding or tenant; 2 wrong usage, or a file that cannot be read or written.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import struct
import sys
import tempfile
from dataclasses import dataclass
from typing import BinaryIO, Iterator, List, Optional, Tuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

# FORMAT.md section 2
MAGIC = b"KHLD"
VERSION = 1
SUITE = 1
WRAPPED_EPOCH = 2
EPOCH = 3
COMBINATORS = {1: "single", 2: "any-of", 3: "all-of"}
DATA_KEYS = {1: "per-object", EPOCH: "epoch"}
BOUND_DATA_KEYS = {1: "per-object", EPOCH: "epoch-derived"}
MECHANISMS = {1: "AES-GCM", 2: "HMAC-derive-seed", 4: "service", 5: "HMAC-derive"}
HMAC_DERIVE = b"keyhold/1/hmac-derive"
PROLOGUE = 12
BLOCK = 256
MAX_BLOCKS = 256
MAX_RECIPIENTS = 16
HEADER_MAC = 32

# FORMAT.md section 6
SALT = 24
COMMITMENT = 32
CHUNK = 16 * 1024
TAG = 16
MAX_CHUNKS = 1 << 38
SHORT_AAD = 128


class NotOpened(Exception):
    """The object, or a key file, does not open: what is wrong with it."""


# ---- reading bytes


class Cursor:
    """Reads big-endian fields from bytes; a field that is not there whole is an error."""

    def __init__(self, data: bytes):
        self.data = data
        self.at = 0

    def take(self, length: int) -> bytes:
        if length > len(self.data) - self.at:
            raise NotOpened("a field is longer than what holds it")
        self.at += length
        return self.data[self.at - length : self.at]

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def counted(self, length_bytes: int) -> bytes:
        return self.take(self.number(length_bytes))

    def text(self, length_bytes: int) -> str:
        try:
            return self.counted(length_bytes).decode("utf-8")
        except UnicodeDecodeError:
            raise NotOpened("a name is not UTF-8") from None

    def rest(self) -> bytes:
        return self.take(len(self.data) - self.at)


def read_exactly(source: BinaryIO, length: int) -> bytes:
    data = source.read(length)
    if len(data) != length:
        raise NotOpened("the object is cut short")
    return data


# ---- the header


@dataclass
class Recipient:
    """FORMAT.md section 2.2: one KEK, and what it wrapped."""

    kind: str
    identity: str
    version: str
    mechanism: int
    share: int
    wrapped: bytes


@dataclass
class Header:
    data_keys: int
    combinator: int
    recipients: List[Recipient]
    raw: bytes


def read_header(source: BinaryIO) -> Header:
    """FORMAT.md section 2: the prologue tells the length, the rest is parsed within it."""
    prologue = read_exactly(source, PROLOGUE)
    magic, version, suite, data_keys, combinator, blocks, count, reserved = struct.unpack(
        ">4sBBBBHBB", prologue
    )
    if magic != MAGIC:
        raise NotOpened("this is not a Keyhold object: it does not begin with KHLD")
    if (version, suite) != (VERSION, SUITE):
        raise NotOpened(f"format version {version}, suite {suite}: this program knows 1 and 1")
    if not 1 <= blocks <= MAX_BLOCKS or not 1 <= count <= MAX_RECIPIENTS or reserved != 0:
        raise NotOpened("the header's lengths are out of bounds")
    if data_keys == WRAPPED_EPOCH:
        raise NotOpened("the object is in the epoch mode of a pre-release of 0.1.0, which no release reads")
    if data_keys not in DATA_KEYS or combinator not in COMBINATORS:
        raise NotOpened("the header is of an unknown mode or combinator")
    if COMBINATORS[combinator] == "single" and count != 1:
        raise NotOpened("a single key with several recipients")
    raw = prologue + read_exactly(source, blocks * BLOCK - PROLOGUE)
    fields = Cursor(raw[PROLOGUE:-HEADER_MAC])
    recipients = [read_recipient(fields) for _ in range(count)]
    if any(fields.rest()):  # section 2.3
        raise NotOpened("the header's padding is not zero")
    return Header(data_keys, combinator, recipients, raw)


def read_recipient(fields: Cursor) -> Recipient:
    """FORMAT.md section 2.2."""
    kind = fields.text(1)
    identity = fields.text(2)
    version = fields.text(1)
    mechanism = fields.number(1)
    share = fields.number(1)
    if mechanism not in MECHANISMS:
        raise NotOpened(f"unknown wrap mechanism {mechanism}")
    return Recipient(kind, identity, version, mechanism, share, fields.counted(2))


def check_header_mac(header: Header, top_key: bytes) -> None:
    """FORMAT.md section 4."""
    mac_key = expand(top_key, b"keyhold/1/header-mac", 32)
    expected = hmac.new(mac_key, header.raw[:-HEADER_MAC], hashlib.sha256).digest()
    if not hmac.compare_digest(expected, header.raw[-HEADER_MAC:]):
        raise NotOpened("the header's MAC is wrong: another key, or an altered header")


def expand(key: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand of RFC 5869 with SHA-512."""
    return HKDFExpand(algorithm=SHA512(), length=length, info=info).derive(key)


# ---- the top key (data key or epoch key), where the software backend wrapped it


def wrap_context(header: Header, index: int, binding: str, tenant: Optional[str]) -> bytes:
    """FORMAT.md section 3.1: what a wrap is bound to, in its canonical encoding."""
    entries = {
        "keyhold-format": str(VERSION),
        "keyhold-suite": "Cobblestone-256",
        "keyhold-data-keys": BOUND_DATA_KEYS[header.data_keys],
        "keyhold-combinator": COMBINATORS[header.combinator],
        "keyhold-recipients": str(len(header.recipients)),
        "keyhold-recipient": str(index),
        "keyhold-binding": binding,
    }
    if tenant is not None:
        entries["keyhold-tenant"] = tenant
    encoded = b""
    for name in sorted(entries):
        for text in (name.encode(), entries[name].encode()):
            encoded += struct.pack(">H", len(text)) + text
    return encoded


def unwrap(recipient: Recipient, kek: bytes, context: bytes) -> bytes:
    """FORMAT.md section 3.2: mechanisms 1, 2 and 5; 4 needs the service that wrapped."""
    fields = Cursor(recipient.wrapped)
    if MECHANISMS[recipient.mechanism] == "AES-GCM":
        key, iv = kek, fields.take(12)
    elif MECHANISMS[recipient.mechanism] == "HMAC-derive-seed":
        key, iv = hmac.new(kek, fields.take(32), hashlib.sha256).digest(), bytes(12)
    elif MECHANISMS[recipient.mechanism] == "HMAC-derive":
        message = HMAC_DERIVE + hashlib.sha256(context).digest() + fields.take(32)
        key, iv = hmac.new(kek, message, hashlib.sha256).digest(), bytes(12)
    else:
        raise NotOpened("the top key is wrapped by a mechanism that no key file holds keys for")
    return open_gcm(key, iv, fields.rest(), context, "the wrapped top key fails its check")


def open_gcm(key: bytes, nonce: bytes, sealed: bytes, aad: bytes, fault: str) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, sealed, aad)
    except (InvalidTag, ValueError):
        raise NotOpened(fault) from None


def top_key_from_key_file(header: Header, keys: dict, binding: str, tenant: Optional[str]) -> bytes:
    """Finds the KEKs by identity and version, as FORMAT.md section 3 names them."""
    all_of = COMBINATORS[header.combinator] == "all-of"
    shares = []
    for index, recipient in enumerate(header.recipients):
        kek = keys.get((recipient.identity, recipient.version))
        if recipient.kind == "software" and kek is not None:
            share = unwrap(recipient, kek, wrap_context(header, index, binding, tenant))
            if not all_of:
                return share
            shares.append(share)
    if not all_of or len(shares) < len(header.recipients):
        named = ", ".join(f"{r.identity} version {r.version}" for r in header.recipients)
        raise NotOpened(f"the key file has not the keys of this object, which is for {named}")
    return join(shares)


def join(shares: List[bytes]) -> bytes:
    """FORMAT.md section 3.3: the exclusive or of all shares."""
    joined = 0
    for share in shares:
        if len(share) != 32:
            raise NotOpened(f"a share has 32 bytes, not {len(share)}")
        joined ^= int.from_bytes(share, "big")
    return joined.to_bytes(32, "big")


# ---- the data


def object_context(iv: bytes, aad: bytes) -> bytes:
    """FORMAT.md section 5: the application's IV and AAD, as the key derivation takes them."""
    kind, bound = (0, aad) if len(aad) <= SHORT_AAD else (1, hashlib.sha512(aad).digest())
    return b"keyhold/1/object" + struct.pack(">I", len(iv)) + iv + struct.pack(">BQ", kind, len(aad)) + bound


def input_key(header: Header, top_key: bytes) -> bytes:
    """FORMAT.md section 4.1."""
    return expand(top_key, b"keyhold/1/epoch-input-key", 32) if header.data_keys == EPOCH else top_key


def chunks(source: BinaryIO, header: Header, top_key: bytes, context: bytes) -> Iterator[bytes]:
    """FORMAT.md section 6 (Cobblestone-256): yields each chunk once it is authenticated."""
    salt = read_exactly(source, SALT)
    commitment = read_exactly(source, COMMITMENT)
    info = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0" + salt + context
    derived = Cursor(expand(input_key(header, top_key), info, 32 + 12 + COMMITMENT))
    key, base_nonce = AESGCM(derived.take(32)), derived.number(12)
    if not hmac.compare_digest(derived.rest(), commitment):
        raise NotOpened("the commitment is wrong: another IV or AAD, or an altered object")
    for number in range(MAX_CHUNKS):
        sealed = source.read(CHUNK + TAG)
        if len(sealed) < TAG:
            raise NotOpened("the object ends before its last chunk does")
        nonce = (base_nonce ^ number).to_bytes(12, "big")
        try:
            yield key.decrypt(nonce, sealed, None)
        except InvalidTag:
            raise NotOpened(f"the tag of chunk {number} is wrong") from None
        if len(sealed) < CHUNK + TAG:
            return  # the last chunk, and it alone, is short
    raise NotOpened("the object has more than 2^38 chunks")


def decrypt(source: BinaryIO, header: Header, top_key: bytes, iv: bytes, aad: bytes) -> Iterator[bytes]:
    """The plaintext of an object whose header has been read."""
    if len(top_key) != 32:
        raise NotOpened(f"a top key (data key or epoch key) has 32 bytes, not {len(top_key)}")
    check_header_mac(header, top_key)
    return chunks(source, header, top_key, object_context(iv, aad))

# ---- the key file of the software backend (KEYFILE.md)


def read_key_file(content: bytes, password: str) -> dict:
    """KEYFILE.md, the first table and "Check value": the keys in the file, by identity and version."""
    fields = Cursor(content)
    if fields.take(4) != b"KHKF":
        raise NotOpened("this is not a key file: it does not begin with KHKF")
    version, protection, derivation = fields.number(1), fields.number(1), fields.number(1)
    if (version, protection) != (1, 1) or derivation not in (1, 2):
        raise NotOpened("the key file has a version, protection or key derivation that is not known here")
    parameters = fields.number(4)
    salt = fields.take(32)
    iv = fields.take(12)
    sealed_length = fields.number(4)
    checked = content[: fields.at]
    check_value = fields.take(32)
    header = content[: fields.at]
    encryption_key, check_key = keys_from_password(password, salt, derivation, parameters)
    if not hmac.compare_digest(hmac.new(check_key, checked, hashlib.sha256).digest(), check_value):
        raise NotOpened("the password of the key file is wrong, or the file's header was altered")
    sealed = fields.rest()
    if len(sealed) != sealed_length:
        raise NotOpened("the key file was cut short or extended")
    return read_keys(open_gcm(encryption_key, iv, sealed, header, "the key file was altered"))


def keys_from_password(password: str, salt: bytes, derivation: int, parameters: int) -> Tuple[bytes, bytes]:
    """KEYFILE.md, "Keys of the file"."""
    secret = password.encode("utf-8")
    if derivation == 1:
        if not 1_000 <= parameters <= 2_000_000:
            raise NotOpened("the key file asks for a number of iterations that is not allowed")
        derived = hashlib.pbkdf2_hmac("sha512", secret, salt, parameters, 64)
    else:
        passes, lanes, mib = parameters >> 24, parameters >> 16 & 0xFF, parameters & 0xFFFF
        if not (1 <= passes <= 8 and 1 <= lanes <= 4 and 1 <= mib <= 64):
            raise NotOpened("the key file asks for memory or passes that are not allowed")
        kdf = Argon2id(salt=salt, length=64, iterations=passes, lanes=lanes, memory_cost=mib << 10)
        derived = kdf.derive(secret)
    return (
        expand(derived, b"keyhold/1/key-file/encrypt", 32),
        expand(derived, b"keyhold/1/key-file/check", 32),
    )


SECOND_PAYLOAD = 0x80000002  # instead of a number of keys


def read_keys(plain: bytes) -> dict:
    """KEYFILE.md, "Payload": the keys by identity and version."""
    fields = Cursor(plain)
    keys = {}
    count = fields.number(4)
    second = count == SECOND_PAYLOAD
    if second:
        count = fields.number(4)
    for _ in range(count):
        identity = "software:" + fields.take(16).hex()
        fields.text(2)  # the name
        fields.take(1)  # the algorithm
        bits = fields.number(2)
        fields.take(2)  # purpose and state
        for _ in range(fields.number(2)):
            version = str(fields.number(4))
            fields.take(1 + 8 + 8)  # state, time of creation, wraps reserved
            keys[identity, version] = fields.counted(4) if second else fields.take(bits // 8)
        if second:
            skip_extras(fields)
    return keys


def skip_extras(fields: Cursor) -> None:
    """KEYFILE.md, "Payload": what the second version has after the versions of each key."""
    fields.counted(4)  # the public key
    for _ in range(fields.number(2)):
        fields.counted(4)  # a certificate
    for _ in range(fields.number(2)):
        fields.text(2)  # a label's name
        fields.text(2)  # its value
    fields.take(8)  # the time of destruction


# ---- the command


def describe(header: Header) -> str:
    """What a header says; nothing of it is authenticated."""
    return json.dumps(
        {
            "format": VERSION,
            "suite": "Cobblestone-256",
            "dataKeys": DATA_KEYS[header.data_keys],
            "combinator": COMBINATORS[header.combinator],
            "headerLength": len(header.raw),
            "recipients": [
                {
                    "kind": r.kind,
                    "identity": r.identity,
                    "version": r.version,
                    "mechanism": MECHANISMS[r.mechanism],
                    "share": r.share,
                    "wrapped": r.wrapped.hex(),
                }
                for r in header.recipients
            ],
            "headerMac": header.raw[-HEADER_MAC:].hex(),
        },
        indent=2,
    )


def read_data_key(path: str) -> bytes:
    """32 bytes, or 64 hexadecimal digits; from standard input hexadecimal digits only."""
    if path == "-":
        return bytes.fromhex(sys.stdin.readline().strip())
    with open(path, "rb") as file:
        content = file.read(129)
    return content if len(content) == 32 else bytes.fromhex(content.decode("ascii").strip())


def find_top_key(arguments: argparse.Namespace, header: Header) -> bytes:
    if arguments.data_key_file is not None:
        return read_data_key(arguments.data_key_file)
    password = os.environ.get(arguments.password_env or "")
    if not password:
        raise ValueError("name an environment variable that holds the password by --password-env")
    binding = arguments.binding if arguments.binding is not None else arguments.alias
    if binding is None:
        raise ValueError("say which alias the object was encrypted for, by --alias or --binding")
    with open(arguments.key_file, "rb") as file:
        keys = read_key_file(file.read(), password)
    return top_key_from_key_file(header, keys, binding, arguments.tenant)


def application_data(arguments: argparse.Namespace) -> bytes:
    if arguments.aad_file is None:
        return arguments.aad.encode("utf-8")
    with open(arguments.aad_file, "rb") as file:
        return file.read()


def write_whole(path: str, pieces: Iterator[bytes]) -> None:
    """The file appears when the last piece was verified, or not at all."""
    folder = os.path.dirname(os.path.abspath(path))
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".keyhold-")
    try:
        with os.fdopen(handle, "wb") as out:
            for piece in pieces:
                out.write(piece)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def parse(argv: Optional[List[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Decrypts a Keyhold object without Keyhold.")
    parser.add_argument("object", help="the object, a file")
    parser.add_argument("-o", "--output", help="written only when all was verified; default: standard output")
    parser.add_argument("--inspect", action="store_true", help="print what the header says; needs no key")
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--data-key-file", metavar="FILE", help="the top key: the data key, or in mode epoch the epoch key; 32 bytes or hexadecimal; - reads stdin")
    key.add_argument("--key-file", metavar="FILE", help="a key file of the software backend")
    parser.add_argument("--password-env", metavar="NAME", help="the variable that holds the key file's password")
    parser.add_argument("--alias", help="the alias that the object was encrypted for")
    parser.add_argument("--binding", help="the alias's binding, if it is not the alias (key.<alias>.binding)")
    parser.add_argument("--tenant", help="the tenant whose object it is, if it is one's")
    parser.add_argument("--iv-hex", default="", help="the application's IV (GCMParameterSpec), hexadecimal")
    aad = parser.add_mutually_exclusive_group()
    aad.add_argument("--aad", default="", help="the additional authenticated data, as UTF-8 text")
    aad.add_argument("--aad-file", metavar="FILE", help="the additional authenticated data")
    arguments = parser.parse_args(argv)
    if not arguments.inspect and arguments.data_key_file is None and arguments.key_file is None:
        parser.error("give the key, by --data-key-file or --key-file")
    return arguments


def run(arguments: argparse.Namespace) -> None:
    with open(arguments.object, "rb") as source:
        header = read_header(source)
        if arguments.inspect:
            print(describe(header))
            return
        top_key = find_top_key(arguments, header)
        iv = bytes.fromhex(arguments.iv_hex)
        pieces = decrypt(source, header, top_key, iv, application_data(arguments))
        if arguments.output is not None:
            write_whole(arguments.output, pieces)
            return
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


def main(argv: Optional[List[str]] = None) -> int:
    arguments = parse(argv)
    try:
        run(arguments)
        return 0
    except NotOpened as error:
        print(f"keyhold_decrypt: {error}", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"keyhold_decrypt: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
