"""QTI 2.1 and 2.2 packages: the assessment items of a zip, in the order of its manifest.

Elements and attributes are those of the IMS Question & Test Interoperability information models 2.1 and 2.2. Response
processing is not run; what is right comes from the response declarations.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from posixpath import basename
from urllib.parse import unquote

from functions.imports.formats import qti_items, safe_zip
from functions.imports.formats.drafts import Draft
from functions.imports.formats.limits import MEBIBYTE, Unreadable
from functions.imports.formats.safe_xml import children, elements
from functions.imports.formats.safe_zip import Archive

_MOST_ITEM_BYTES = 2 * MEBIBYTE
_MOST_MANIFEST_BYTES = 20 * MEBIBYTE
_MANIFEST = "imsmanifest.xml"


def read(path: Path) -> Iterator[Draft]:
    """Read the items of a package one after the other; raises Unreadable for a zip without any."""
    with safe_zip.opened(path) as archive:
        number = 0
        for name in _ordered(archive):
            try:
                draft = _draft(archive, name, number + 1)
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
    for item in elements(io.BytesIO(body), {"assessmentItem"}):
        draft = Draft(number, [f"{name}\n{item.get('title', '')}"])
        qti_items.fill(draft, item)
        return draft
    return None


def _ordered(archive: Archive) -> list[str]:
    found = {name for name in archive.names if name.lower().endswith(".xml") and basename(name).lower() != _MANIFEST}
    manifest = next((name for name in archive.names if basename(name).lower() == _MANIFEST), None)
    if manifest is None:
        return sorted(found)
    folder = manifest.removesuffix(basename(manifest))
    listed = [folder + unquote(path) for path in _listed_paths(archive, manifest)]
    known = dict.fromkeys(name for name in listed if name in found)
    return [*known, *sorted(found - known.keys())]


def _listed_paths(archive: Archive, manifest: str) -> Iterator[str]:
    body = archive.read(manifest, _MOST_MANIFEST_BYTES)
    for resource in elements(io.BytesIO(body), {"resource"}):
        if "item" in resource.get("type", ""):
            yield resource.get("href") or next((each.get("href", "") for each in children(resource, "file")), "")
