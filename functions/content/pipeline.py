"""The steps that a received file goes through, each timed and recorded."""

import base64
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lyceum import aws
from lyceum.model import Upload
from lyceum.settings import settings

from content import inspection
from content.inspection import Refused
from content.purposes import PURPOSES


class Pipeline:
    """One file's way from storage to its variants."""

    def __init__(self, upload: Upload, path: Path) -> None:
        self.upload = upload
        self.path = path
        self.steps: list[dict[str, Any]] = []

    def run(self, size_bytes: int) -> list[dict[str, Any]]:
        """Take every step and return the variants; raises Refused with the reason for its owner."""
        with self._step("receive"):
            if size_bytes > int(self.upload.size_bytes):
                raise Refused("The file is larger than was announced.")
            self._download()
        with self._step("identify"):
            inspection.check_type(self.path, self.upload.content_type)
        with self._step("verify"):
            self._check_sum()
        with self._step("scan"):
            inspection.scan(self.path, self.upload.content_type)
        with self._step("resize") as step:
            made = [self._store(picture) for picture in self._pictures()]
            step["bytes_out"] = sum(variant["size_bytes"] for variant in made)
        return made

    @contextmanager
    def _step(self, name: str) -> Iterator[dict[str, Any]]:
        step: dict[str, Any] = {"name": name, "bytes_out": 0}
        started = time.perf_counter()
        try:
            yield step
        finally:
            step["milliseconds"] = round((time.perf_counter() - started) * 1000, 1)
            step["bytes_in"] = self.path.stat().st_size if self.path.exists() else 0
            self.steps.append(step)

    def _download(self) -> None:
        try:
            body = aws.client("s3").get_object(Bucket=settings().bucket, Key=self.upload.key)["Body"]
        except Exception as error:
            if aws.error_code(error) == "NoSuchKey":
                raise Refused("The file was removed before it could be checked.") from None
            raise
        with self.path.open("wb") as file:
            for chunk in body.iter_chunks(1 << 20):
                file.write(chunk)

    def _check_sum(self) -> None:
        if self.upload.sha256 is None:
            return
        with self.path.open("rb") as file:
            found = base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
        if found != self.upload.sha256:
            raise Refused("The file's checksum is not the one that was announced.")

    def _pictures(self) -> Iterator[Any]:
        from content import images

        return images.variants(self.path, PURPOSES[self.upload.purpose])

    def _store(self, picture: Any) -> dict[str, Any]:
        key = self.upload.key.replace("uploads/", "derived/", 1).replace("/original", f"/{picture.name}.webp")
        aws.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=picture.data, ContentType="image/webp")
        return {
            "name": picture.name,
            "key": key,
            "content_type": "image/webp",
            "width": picture.width,
            "height": picture.height,
            "size_bytes": len(picture.data),
        }
