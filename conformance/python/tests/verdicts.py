"""Verdicts of this verifier, for the comparison with the one in Java.

    python -m tests.verdicts FOLDER

FOLDER has a folder for each case: pin; the logs a1, b1 and so on; their mirrors a1.mirror and so on. The
verdict is written into it as the file python: the exit code, and the sorted findings and notices.
"""

from __future__ import annotations

import os
import shutil
import sys
from typing import List, Optional, Sequence, Tuple

from audit.together import Result, verify

KEEP = os.environ.get("KEYHOLD_AUDIT_KEEP")  # where the cases of test_findings are copied to


def verdict(result: Result) -> str:
    lines = [" ".join(finding[:3]) for finding in result.findings.list]
    lines += ["notice " + " ".join(notice[:3]) for notice in result.notices.list]
    return f"exit {result.exit_code()}\n" + "\n".join(sorted(lines)) + "\n"


def write(folder: str, name: str, content: str) -> None:
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(content)


def keep(test: str, pin: str, sources: Sequence[Tuple[str, Optional[str]]], result: Result) -> None:
    """Copies a case, with its verdict, if somebody wants it."""
    if KEEP is None:
        return
    folder = os.path.join(KEEP, str(len(os.listdir(KEEP))))
    for number, (log, mirror) in enumerate(sources):
        shutil.copytree(log, os.path.join(folder, f"log{number}"))
        if mirror is not None:
            shutil.copytree(mirror, os.path.join(folder, f"log{number}.mirror"))
    write(folder, "pin", pin + "\n")
    write(folder, "about", test + "\n")
    write(folder, "python", verdict(result))


def sources_in(folder: str) -> List[Tuple[str, Optional[str]]]:
    names = sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))
    return [
        (os.path.join(folder, name), os.path.join(folder, name + ".mirror") if name + ".mirror" in names else None)
        for name in names
        if not name.endswith(".mirror")
    ]


def main(root: str) -> None:
    for case in sorted(os.listdir(root)):
        folder = os.path.join(root, case)
        with open(os.path.join(folder, "pin"), encoding="utf-8") as file:
            pin = file.read().strip()
        write(folder, "python", verdict(verify(pin, sources_in(folder))))


if __name__ == "__main__":
    main(sys.argv[1])
