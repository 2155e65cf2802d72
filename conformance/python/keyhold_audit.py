#!/usr/bin/env python3
"""Verifies the logs of custodians without Keyhold.

Written from AUDIT.md alone; the modules in the folder audit say which sections they implement. Needs
Python 3.9 and the package "cryptography".

    keyhold_audit.py --pin sha256:... a1
    keyhold_audit.py --pin sha256:... a1 --mirror /mirror/a1 b1 --mirror /mirror/b1 --json

A mirror belongs to the folder before it. Each finding is a line: its code, the origin of the log, its
place (index of a leaf, path or -) and what is wrong. Exit codes: 0 whole; 1 findings; 2 a folder that
cannot be read, or wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Dict, List, Optional

from audit.texts import Malformed, digest
from audit.together import Result, verify


def parse(argv: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Verifies the logs of custodians without Keyhold.")
    parser.add_argument("--pin", required=True, help="the id of version 1 of the charter, sha256:...")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    parser.add_argument("--mirror", metavar="FOLDER", help="the mirror of the folder named before it")
    parser.add_argument("folder", nargs="+", help="the folder of a log")
    mirrors: Dict[int, str] = {}
    arguments = parser.parse_intermixed_args(without_mirrors(parser, argv, mirrors))
    arguments.folders = [(folder, mirrors.get(at)) for at, folder in enumerate(arguments.folder)]
    try:
        digest(arguments.pin)
    except Malformed as fault:
        parser.error(f"--pin: {fault}")
    return arguments


def without_mirrors(parser: argparse.ArgumentParser, argv: List[str], mirrors: Dict[int, str]) -> List[str]:
    """Takes out each mirror, and notes it under the number of the folder that stands before it."""
    rest: List[str] = []
    folders = 0
    tokens = iter(argv)
    for token in tokens:
        if token == "--mirror" or token.startswith("--mirror="):
            mirror = token[len("--mirror=") :] or next(tokens, "")
            if not mirror or not folders or folders - 1 in mirrors:
                parser.error("--mirror FOLDER stands after the folder whose mirror it is, once")
            mirrors[folders - 1] = mirror
            continue
        rest.append(token)
        if token == "--pin":
            rest.append(next(tokens, ""))
        elif not token.startswith("-"):
            folders += 1
    return rest


def as_json(result: Result) -> str:
    return json.dumps(
        {
            "exit": result.exit_code(),
            "findings": [finding._asdict() for finding in result.findings.list],
            "notices": [notice._asdict() for notice in result.notices.list],
            "unreadable": result.unreadable,
        },
        indent=2,
    )


def as_lines(result: Result) -> str:
    lines = [" ".join(finding) for finding in result.findings.list]
    lines += ["notice " + " ".join(notice) for notice in result.notices.list]
    return "\n".join(lines)


def main(argv: Optional[List[str]] = None) -> int:
    arguments = parse(sys.argv[1:] if argv is None else argv)
    try:
        result = verify(arguments.pin, arguments.folders)
    except OSError as fault:
        print(f"keyhold_audit: {fault}", file=sys.stderr)
        return 2
    for fault in result.unreadable:
        print(f"keyhold_audit: {fault}", file=sys.stderr)
    text = as_json(result) if arguments.json else as_lines(result)
    if text:
        print(text)
    return result.exit_code()


if __name__ == "__main__":
    sys.exit(main())
