"""QTI 2.1, 2.2 and 3.0: the assessment items of a zip, in the order of its manifest, or of a single XML file.

Elements and attributes are those of the IMS Question & Test Interoperability information models; those of 3.0 are the
same words written otherwise (`qti-choice-interaction` for `choiceInteraction`) and are read as these.
"""

import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from posixpath import basename, dirname, join, normpath
from typing import IO
from urllib.parse import unquote

from functions.imports.formats.qti import items
from functions.imports.formats.qti.words import ITEMS, as_version_2
from functions.imports.syntax import safe_zip
from functions.imports.syntax.drafts import Draft
from functions.imports.syntax.limits import MEBIBYTE, Unreadable
from functions.imports.syntax.pictures import MOST_PICTURE_BYTES
from functions.imports.syntax.safe_xml import children, elements, local
from functions.imports.syntax.safe_zip import Archive

_MOST_ITEM_BYTES = 2 * MEBIBYTE
_MOST_MANIFEST_BYTES = 20 * MEBIBYTE
_VERSION_1 = "questestinterop"
_MANIFEST = "imsmanifest.xml"
Files = Callable[[str], bytes | None] | None


def read(path: Path) -> Iterator[Draft]:
    """Read the items of a package or a file one after the other; raises Unreadable when there are none."""
    with path.open("rb") as file:
        is_package = file.read(2) == b"PK"
    if not is_package:
        yield from _single_file(path)
        return
    with safe_zip.opened(path) as archive:
        number = 0
        for name in _ordered(archive):
            try:
                draft = _draft(archive, name, number + 1) if name in archive.names else _missing(name, number + 1)
            except Unreadable as error:
                draft = Draft(number + 1, [name])
                draft.refuse("file", str(error))
            if draft is not None:
                number += 1
                yield draft
        if not number:
            raise Unreadable("The package holds no assessment items.")


def _draft(archive: Archive, name: str, number: int) -> Draft | None:
    """Read one item; None for XML of another kind, such as a test or a style."""
    body = archive.read(name, _MOST_ITEM_BYTES)
    return next(_drafts(io.BytesIO(body), name, number, partial(_beside, archive, name)), None)


def _beside(archive: Archive, item: str, source: str) -> bytes | None:
    """Read a file that an item names by its own place in the package."""
    name = normpath(join(dirname(item), source.partition("?")[0]))
    return archive.find(name, MOST_PICTURE_BYTES)


def _missing(name: str, number: int) -> Draft:
    draft = Draft(number, [name])
    draft.refuse("file", f"The manifest names {name[:100]!r}, and the package has no such file.")
    return draft


def _single_file(path: Path) -> Iterator[Draft]:
    found = 0
    with path.open("rb") as file:
        for draft in _drafts(file, path.name, 1):
            found += 1
            yield draft
    if not found:
        raise Unreadable("The file is neither a package nor an assessment item.")


def _drafts(source: IO[bytes], name: str, number: int, files: Files = None) -> Iterator[Draft]:
    """Read the items of one XML file."""
    for following, item in enumerate(elements(source, {*ITEMS, _VERSION_1})):
        draft = Draft(number + following, [f"{name}\n{item.get('title', '')}"], files=files)
        if local(item) == _VERSION_1:
            draft.refuse("file", "This is QTI 1.2, of which nothing can be taken; export it as QTI 2.1 or later.")
        else:
            items.fill(draft, as_version_2(item))
        yield draft


def _ordered(archive: Archive) -> list[str]:
    found = {name for name in archive.names if name.lower().endswith(".xml") and basename(name).lower() != _MANIFEST}
    manifest = next((name for name in archive.names if basename(name).lower() == _MANIFEST), None)
    if manifest is None:
        return sorted(found)
    folder = manifest.removesuffix(basename(manifest))
    listed = [folder + unquote(path) for path in _listed_paths(archive, manifest)]
    known = dict.fromkeys(name for name in listed if name in found or name not in archive.names)
    return [*known, *sorted(found - known.keys())]


def _listed_paths(archive: Archive, manifest: str) -> Iterator[str]:
    body = archive.read(manifest, _MOST_MANIFEST_BYTES)
    for resource in elements(io.BytesIO(body), {"resource"}):
        if "item" in resource.get("type", ""):
            path = resource.get("href") or next((each.get("href", "") for each in children(resource, "file")), "")
            yield path or resource.get("identifier") or "an item without a name"
