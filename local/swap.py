"""Replacing the code of deployed functions in place, where a deployment would only wait for CloudFormation."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from infra.functions import FUNCTIONS
from infra.routes import KIT_FOLDER
from infra.settings import Stage
from local.changes import code_of, source_files
from local.place import ROOT, STAGE, Place

KIT = "the kit"
_EPOCH = (2020, 1, 1, 0, 0, 0)


def swap(place: Place, names: Iterable[str]) -> None:
    """Replace the code of the named domains, and the shared layer when `KIT` is among them."""
    changed = set(names)
    functions = place.client("lambda")
    layer = _publish_kit(place) if KIT in changed else None
    for function in Stage.load(STAGE).deployed(FUNCTIONS):
        name = f"lyceum-{STAGE}-{function.name}"
        if function.domain in changed:
            functions.update_function_code(FunctionName=name, ZipFile=_zip(ROOT, code_of(function.domain)))
        if layer:
            functions.update_function_configuration(FunctionName=name, Layers=[layer])


def _publish_kit(place: Place) -> str:
    content = {"ZipFile": _zip(KIT_FOLDER.parent, [KIT_FOLDER])}
    return str(
        place.client("lambda").publish_layer_version(LayerName=f"lyceum-{STAGE}-lyceum", Content=content)[
            "LayerVersionArn"
        ]
    )


def _zip(base: Path, places: Iterable[Path]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in [file for place in places for file in source_files(place)]:
            entry = zipfile.ZipInfo(str(file.relative_to(base)), _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
