"""Gives a tenant its own synonyms: `python -m tools.search_synonyms dev harbour synonyms.json`.

The file is a list of lists of words and phrases that mean the same, such as `[["ọgbà", "garden"]]`, and takes the place
of what the tenant had. They hold from the next commit of the index on, within a minute of any change.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from infra.settings import UnfitSettings
from lyceum.kit import context
from lyceum.kit.errors import DomainError
from lyceum.search import synonyms
from tools.first_admin import OPERATOR
from tools.stages import point_at


class UnfitSynonyms(ValueError):
    """The file is not a list of lists of texts; the message says what is wrong."""


def main(arguments: list[str]) -> int:
    """Store the synonyms with the credentials at hand; returns the exit status."""
    parser = argparse.ArgumentParser(prog="search_synonyms", description="Give a tenant its own synonyms.")
    parser.add_argument("stage")
    parser.add_argument("tenant")
    parser.add_argument("file", type=Path)
    asked = parser.parse_args(arguments)
    try:
        groups = read(asked.file.read_text())
        point_at(asked.stage)
        with context.working(context.RequestContext(asked.tenant, OPERATOR, OPERATOR)):
            synonyms.put(groups)
    except (UnfitSettings, DomainError, OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"· {asked.tenant} has {len(groups)} groups of synonyms\n")
    return 0


def read(text: str) -> list[list[str]]:
    """Read the groups of a file; raises UnfitSynonyms."""
    try:
        groups: Any = json.loads(text)
    except ValueError as error:
        raise UnfitSynonyms(f"this is no JSON: {error}") from None
    is_fit = isinstance(groups, list) and all(
        isinstance(group, list) and len(group) > 1 and all(isinstance(name, str) and name.strip() for name in group)
        for group in groups
    )
    if not is_fit:
        raise UnfitSynonyms("a list of lists of two words or more is expected")
    return [[str(name) for name in group] for group in groups]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
