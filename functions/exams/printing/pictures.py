"""The pictures of a paper's questions, as they are printed: each from its checked upload, in a size for paper.

A picture is set within a drawing (SVG with the picture's own bytes), which a template gets as text like all else.
"""

import base64
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import batch_fetch
from lyceum.model.content.uploads import Upload

MOST_PICTURES = 60
_MOST_BYTES = 12 * 1024 * 1024
"""Of all pictures of a document; those beyond stand by their alternative text."""
_NAMED = re.compile(r'(?:src=\\?"upload:|"upload_id": ")([0-9A-Z]{26})')
"""By a text, or as the picture of a passage."""
_POINTS_A_PIXEL = 0.6
"""A picture of 800 pixels fills the width of a page."""


class Picture(NamedTuple):
    """A picture as a drawing, and how wide it is in points where there is room."""

    svg: str
    width: float


def of(texts: Sequence[Any]) -> dict[str, Picture]:
    """Return the pictures that texts and passages name, by upload id (1 storage request, 1 of files for each)."""
    names = list(dict.fromkeys(_NAMED.findall(json.dumps(texts, default=str))))[:MOST_PICTURES]
    found = batch_fetch([Upload.at(upload_id=name) for name in names]) if names else []
    pictures, left = {}, _MOST_BYTES
    for upload in found:
        if not isinstance(upload, Upload) or upload.state != "ready" or upload.purpose != "question_image":
            continue
        variant = _for_paper(upload.variants)
        if variant is not None and int(variant["size_bytes"]) <= left:
            left -= int(variant["size_bytes"])
            pictures[upload.upload_id] = _picture(variant)
    return pictures


def _for_paper(variants: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the variant of at most 800 pixels, or the smallest there is."""
    sized = sorted((each for each in variants if each.get("width")), key=lambda each: int(each["width"]))
    small = [each for each in sized if max(int(each["width"]), int(each.get("height") or 0)) <= 800]
    return small[-1] if small else next(iter(sized), None)


def _picture(variant: dict[str, Any]) -> Picture:
    answer = clients.client("s3").get_object(Bucket=settings().bucket, Key=variant["key"])
    width, height = int(variant["width"]), int(variant["height"])
    data = base64.b64encode(answer["Body"].read()).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:{variant["content_type"]};base64,{data}"/></svg>'
    )
    return Picture(svg, width * _POINTS_A_PIXEL)
