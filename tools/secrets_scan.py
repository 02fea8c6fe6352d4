"""Look for secrets in the files given, or in all files that git tracks.

    python tools/secrets_scan.py [FILE ...]

It prints `file:line: kind` for each find, never the secret itself, and exits with 1 when there is any. A line that
holds `# not a secret` is let pass.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ALLOWED = "# not a secret"
KINDS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    "AWS access key id": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "JWT": re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
    "assigned secret": re.compile(
        r"""(?ix) (?: password | passwd | passphrase | secret | token
                | (?: api | access | secret | private ) [_-]? key )
            ["']? \s*                       # the name's end, quoted in JSON
            (?: : \s* [\w.\[\]| ]{1,40} )?  # a type annotation
            [:=] \s* [rbuf]{0,2}            # the assignment
            (["'])                          # a quoted value of twelve characters or more, without spaces ...
            (?! \$?\{ | < )                 # ... that is no placeholder
            (?: (?!\1) \S ){12,} \1
        """
    ),
}


def finds(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line number and the kind of each secret in a text."""
    for number, line in enumerate(text.split("\n"), start=1):
        if ALLOWED not in line:
            yield from ((number, kind) for kind, pattern in KINDS.items() if pattern.search(line))


def tracked() -> list[Path]:
    """List the files that git tracks in the whole repository, as far as they are on disk."""
    listing = subprocess.run(["git", "ls-files", "-z", ":/"], check=True, capture_output=True, text=True).stdout  # noqa: S607 - the git on PATH
    return [path for path in map(Path, filter(None, listing.split("\0"))) if path.is_file()]


def main(names: Sequence[str]) -> int:
    """Scan the files named, or all tracked ones, print what was found, and return the exit code."""
    found = False
    for path in [Path(name) for name in names] or tracked():
        content = path.read_bytes()
        if b"\0" in content:  # not text
            continue
        for number, kind in finds(content.decode(errors="replace")):
            print(f"{path}:{number}: {kind}")
            found = True
    return int(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
