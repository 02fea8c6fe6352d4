"""The steps that a received file goes through, each timed and recorded.

Every step may be taken again: the checks read the stored original anew, because it could have been replaced, and variants
are written to fixed keys.
"""

import base64
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lyceum.model import Upload

from content import files, identify
from content.purposes import PURPOSES
from content.refusal import Refused
from content.scan import scan


class Pipeline:
    """One file's way from storage to its variants; `steps` tells how far it came."""

    def __init__(self, upload: Upload, folder: Path) -> None:
        self.upload = upload
        self.path = folder / "original"
        self.steps: list[dict[str, Any]] = []

    def run(self) -> list[dict[str, Any]]:
        """Take every step and return the variants; raises Refused with the reason for its owner."""
        with self._step("receive"):
            self._receive()
        with self._step("identify"):
            identify.check_type(self.path, self.upload.content_type)
        if self.upload.sha256:
            with self._step("verify"):
                self._check_sum()
        with self._step("scan"):
            scan(self.path, self.upload.content_type)
        with self._step("resize") as step:
            made = list(self._variants())
            step["bytes_out"] = sum(variant["size_bytes"] for variant in made)
        return made

    @contextmanager
    def _step(self, name: str) -> Iterator[dict[str, Any]]:
        step: dict[str, Any] = {"name": name, "state": "failed", "bytes_out": 0}
        started = time.perf_counter()
        try:
            yield step
            step["state"] = "done"
        except Refused:
            step["state"] = "refused"
            raise
        finally:
            step["milliseconds"] = round((time.perf_counter() - started) * 1000, 1)
            step["bytes_in"] = self.path.stat().st_size if self.path.exists() else 0
            self.steps.append(step)

    def _receive(self) -> None:
        try:
            files.fetch(self.upload, self.path, int(self.upload.size_bytes))
        except files.Oversized:
            raise Refused("The file is larger than was announced.") from None
        except files.Missing:
            raise Refused("The file was removed before it could be checked.") from None

    def _check_sum(self) -> None:
        with self.path.open("rb") as file:
            found = base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
        if found != self.upload.sha256:
            raise Refused("The file's checksum is not the one that was announced.")

    def _variants(self) -> Iterator[dict[str, Any]]:
        from content import images

        for picture in images.variants(self.path, PURPOSES[self.upload.purpose]):
            key = files.derived_key(self.upload, picture.name)
            files.store(key, picture.data)
            yield {
                "name": picture.name,
                "key": key,
                "content_type": "image/webp",
                "width": picture.width,
                "height": picture.height,
                "size_bytes": len(picture.data),
            }
