"""Parts of docs/speed.md that are written by measuring."""

from __future__ import annotations

import sys

from programs import ROOT

DOCUMENT = ROOT / "docs" / "speed.md"


def put(mark: str, lines: list[str]) -> None:
    """Replaces what stands between `<!-- mark -->` and `<!-- /mark -->`."""
    begin, end = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
    text = DOCUMENT.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        sys.exit(f"bench: {DOCUMENT} has no marks {begin.strip()} and {end}")
    head, rest = text.split(begin, 1)
    DOCUMENT.write_text(head + begin + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1], encoding="utf-8")
