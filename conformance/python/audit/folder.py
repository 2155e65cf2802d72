"""AUDIT.md section 6.1: the files of a log's folder, read as streams."""

from __future__ import annotations

import os
import re
from typing import Iterator, List, Optional, Tuple

from .notes import MAX_NOTE
from .tree import leaf_hash

PER_FILE = 65_536
MAX_RECORD = 65_535
HEADER = 4 + 8
NUMBERED = re.compile(r"[0-9]{8}")


class NotReadable(Exception):
    """A folder that holds no log."""


class Records:
    """The records in a folder of numbered files; iterate to read them, then ask for fault and torn."""

    def __init__(self, folder: str):
        self.folder = folder
        self.count = 0
        self.fault: Optional[str] = None  # why the record with the number count can't be read
        self.torn = False

    def __iter__(self) -> Iterator[Tuple[bytes, bytes]]:
        """Yields the bytes of each record and their leaf hash."""
        self.count, self.fault, self.torn = 0, None, False
        names = sorted(name for name in os.listdir(self.folder) if not name.startswith("."))
        files = [name for name in names if NUMBERED.fullmatch(name) and os.path.isfile(self.path(name))]
        for number, name in enumerate(files):
            if int(name) != number:
                self.fault = f"the file {number:08d} is not there"
                return
            yield from self.read(name, number == len(files) - 1)
            if self.fault is not None:
                return
        strangers = [name for name in names if name not in files]
        if strangers:
            self.fault = f"{strangers[0]} is not a file of records"

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def read(self, name: str, last: bool) -> Iterator[Tuple[bytes, bytes]]:
        with open(self.path(name), "rb", buffering=1 << 18) as file:
            for position in range(PER_FILE + 1):
                header = file.read(HEADER)
                if not header:
                    if not last and position != PER_FILE:
                        self.fault = f"the file {name} has {position} records"
                    return
                if position == PER_FILE:
                    self.fault = f"the file {name} has more than {PER_FILE} records"
                    return
                record = self.record(file, header, name, last)
                if record is None:
                    return
                yield record
                self.count += 1

    def record(self, file, header: bytes, name: str, last: bool) -> Optional[Tuple[bytes, bytes]]:
        length = int.from_bytes(header[:4], "big")
        if len(header) == HEADER and not 1 <= length <= MAX_RECORD:
            self.fault = f"a record in {name} says that it has {length} bytes"
            return None
        raw = file.read(length) if len(header) == HEADER else b""
        if len(header) < HEADER or len(raw) < length:
            self.torn = last
            self.fault = None if last else f"the file {name} ends inside a record"
            return None
        hashed = leaf_hash(raw)
        if hashed[:8] != header[4:]:
            self.fault = f"the check value of a record in {name} is not that of its bytes"
            return None
        return raw, hashed


def segments(folder: str) -> Records:
    if not os.path.isdir(os.path.join(folder, "segment")):
        raise NotReadable(f"{folder}: there is no folder segment in it")
    return Records(os.path.join(folder, "segment"))


def history(folder: str) -> Optional[Records]:
    """The earlier checkpoints, or None where there is no such folder."""
    path = os.path.join(folder, "history")
    return Records(path) if os.path.isdir(path) else None


def checkpoint(folder: str) -> Optional[bytes]:
    path = os.path.join(folder, "checkpoint")
    return read_at_most(path, MAX_NOTE) if os.path.isfile(path) else None


def read_at_most(path: str, length: int) -> bytes:
    """The content of a file, or the first length + 1 bytes of one that is longer."""
    with open(path, "rb") as file:
        return file.read(length + 1)


def files_below(folder: str, prefix: str = "") -> Iterator[str]:
    """The paths of all files, but those whose name begins with a dot."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield from files_below(entry.path, f"{prefix}{entry.name}/")
        elif not entry.name.startswith("."):
            yield prefix + entry.name


def partials(folder: str, full_path: str) -> List[str]:
    """The names of the partial tiles that stand beside a full one."""
    path = os.path.join(folder, full_path + ".p")
    return sorted(os.listdir(path)) if os.path.isdir(path) else []
