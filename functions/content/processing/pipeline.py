"""The steps that a received file goes through, each timed and recorded.

Every step may be taken again: the checks read the stored original anew, because it could have been replaced, and each
attempt writes its variants under keys of its own.
"""

import base64
import copy
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lyceum.kit import ids
from lyceum.model.content.uploads import Upload
from lyceum.rules.uploads.purposes import KINDS, PURPOSES, RECORDINGS

from functions.content.processing import file_type, isolation
from functions.content.processing.rejection import Rejected
from functions.content.processing.scanner import scan
from functions.content.processing.spatial import projections
from functions.content.processing.streaming import streams
from functions.content.uploads import file_store
from functions.content.uploads.variants import Made, Product


class Pipeline:
    """One file's way from storage to its variants.

    Attributes:
        folder: The work folder, where every step leaves its files.
        path: The file as it was sent.
        steps: How far it came: each step with name, state, milliseconds, bytes in and out.
        attempt: Names the place of this attempt's variants.
        etag: Names the bytes that were worked on.
    """

    def __init__(self, upload: Upload, folder: Path, steps: Iterable[dict[str, Any]] = ()) -> None:
        self.upload = upload
        self.folder = folder
        self.path = folder / "original.sent"
        self.steps: list[dict[str, Any]] = list(steps)
        self.attempt = ids.new_id()
        self.etag = ""

    def check(self) -> None:
        """Take the steps that find out whether the file is what it should be; raises Rejected with the reason."""
        with self._step("receive"):
            self._receive()
        with self._step("identify"):
            file_type.check_type(self.path, self.upload.content_type)
        if self.upload.sha256:
            with self._step("verify"):
                self._check_checksum()
        with self._step("scan"):
            scan(self.path, self.upload.content_type)

    def make(self) -> Product:
        """Take the steps that make variants of a checked file; raises Rejected."""
        match KINDS[self.upload.content_type]:
            case "image":
                return self._image()
            case "document":
                return self._document()
            case "text":
                return self._text()
            case "office":
                return self._office()
            case "package":
                return self._package()
            case "model":
                return self._model()
            case kind:
                raise ValueError(f"{kind} is processed as a recording")

    def make_recording(self, etag: str) -> Product:
        """Fetch the bytes that were checked before and take the steps of a recording; raises Rejected."""
        from functions.content.processing import recordings

        kind = self.upload.content_type
        with self._step("fetch"):
            self._receive(etag)
        with self._step("probe"):
            found = recordings.probe(self.path, self.folder, kind)
        facts = {"durationSeconds": found.seconds, "width": found.width, "height": found.height}
        product = Product(facts={name: value for name, value in facts.items() if value})
        if self.upload.projection == projections.EQUIRECTANGULAR:
            if found.width and found.height:
                projections.check_form(found.width, found.height)
            product.facts["projection"] = projections.EQUIRECTANGULAR
        self._keep_each(product, "copy", lambda: [recordings.copy(self.path, self.folder, kind, found)])
        self._keep_each(product, "low", lambda: self._smaller(recordings.shrink(self.path, self.folder, kind, found)))
        if KINDS[kind] == "video":
            is_around = "projection" in product.facts
            self._keep_each(
                product,
                "preview",
                lambda: [recordings.preview(self.path, self.folder, kind, found, is_around=is_around)],
            )
        if PURPOSES[self.upload.purpose].is_streamed:
            product.stream = streams.begin(found)
        return product

    def make_piece(self, etag: str) -> Product:
        """Render the next piece of a film; raises Rejected. After the last one the playlists are written."""
        from functions.content.processing.streaming import playlists, renditions

        product = Product(list(self.upload.variants), dict(self.upload.facts), copy.deepcopy(self.upload.stream))
        stream: dict[str, Any] = product.stream or {}
        with self._step("stream") as step:
            self._receive(etag)
            made = renditions.render(self.path, self.folder, self.upload.content_type, stream)
            for each in made.renditions:
                kept = file_store.keep(self.upload, each.made, self.attempt)
                streams.add_piece(stream, each, kept)
                step["bytes_out"] += kept["size_bytes"]
            sheet = file_store.keep(self.upload, made.sheet, self.attempt)
            stream["sheets"].append(sheet["key"])
            stream["rendered"] += 1
            if streams.is_complete(stream):
                for rendition in stream["renditions"]:
                    written = playlists.write(rendition, self.folder)
                    rendition["playlist"] = file_store.keep(self.upload, written, self.attempt)["key"]
                    streams.sum_up(rendition)
        return product

    def _smaller(self, made: Made) -> list[Made]:
        """Leave out a small variant that is not smaller than the original."""
        return [made] if made.path.stat().st_size < (self.folder / "original").stat().st_size else []

    @property
    def is_recording(self) -> bool:
        """Whether the variants are made by another worker."""
        return KINDS[self.upload.content_type] in RECORDINGS

    @contextmanager
    def _step(self, name: str) -> Iterator[dict[str, Any]]:
        step: dict[str, Any] = {"name": name, "state": "failed", "bytes_out": 0}
        started = time.perf_counter()
        try:
            yield step
            step["state"] = "done"
        except Rejected:
            step["state"] = "refused"
            raise
        finally:
            step["milliseconds"] = round((time.perf_counter() - started) * 1000, 1)
            step["bytes_in"] = self.path.stat().st_size if self.path.exists() else 0
            self.steps.append(step)

    def _receive(self, etag: str | None = None) -> None:
        try:
            self.etag = file_store.fetch(self.upload, self.path, int(self.upload.size_bytes), etag)
        except file_store.Oversized:
            raise Rejected("The file is larger than was announced.") from None
        except file_store.Missing:
            raise Rejected("The file was removed before it could be checked.") from None
        except file_store.Replaced:
            raise Rejected("The file was replaced by another while it was being processed.") from None
        received, announced = self.path.stat().st_size, int(self.upload.size_bytes)
        if received != announced:
            raise Rejected(f"The file is cut short: {announced} bytes were announced and {received} arrived.")

    def _check_checksum(self) -> None:
        with self.path.open("rb") as file:
            found = base64.b64encode(hashlib.file_digest(file, "sha256").digest()).decode()
        if found != self.upload.sha256:
            raise Rejected("The file's checksum is not the one that was announced.")

    def _image(self) -> Product:
        from functions.content.processing import images

        product = Product()

        def resize() -> Iterator[Made]:
            is_around = self.upload.projection == projections.EQUIRECTANGULAR
            purpose = PURPOSES[self.upload.purpose]
            yield from images.resize(self.path, self.folder, purpose, is_around=is_around)
            product.facts = images.facts(self.path)
            if is_around:
                product.facts["projection"] = projections.EQUIRECTANGULAR

        self._keep_each(product, "resize", resize)
        return product

    def _document(self) -> Product:
        product = Product()

        quiet = ["without_metadata"] if self.upload.remove_metadata else []

        def rewrite() -> Iterator[Made]:
            product.facts = isolation.run_step("rewrite", self.path, self.folder, *quiet)
            for name in ("original", "low"):
                if (self.folder / name).exists():
                    yield Made(name, self.folder / name, "application/pdf")

        def look() -> Iterator[Made]:
            facts = isolation.run_step("preview", self.folder / "original", self.folder)
            yield Made("preview", self.folder / "preview", file_store.IMAGE_TYPE, facts["width"], facts["height"])
            yield Made("text", self.folder / "text", "text/plain; charset=utf-8")
            product.facts["excerpt"] = facts["excerpt"]

        self._keep_each(product, "rewrite", rewrite)
        self._keep_each(product, "look", look)
        return product

    def _text(self) -> Product:
        product = Product()

        def sanitise() -> list[Made]:
            product.facts = isolation.run_step("sanitise", self.path, self.folder, self.upload.content_type)
            return [Made("original", self.folder / "original", file_store.kept_type(self.upload.content_type))]

        self._keep_each(product, "sanitise", sanitise)
        return product

    def _office(self) -> Product:
        product, kind = Product(), self.upload.content_type
        quiet = ["without_metadata"] if self.upload.remove_metadata else []

        def repack() -> list[Made]:
            product.facts = isolation.run_step("repack_office", self.path, self.folder, kind, *quiet)
            return [Made("original", self.folder / "original", kind)]

        self._keep_each(product, "unpack", repack)
        return product

    def _model(self) -> Product:
        product = Product()

        def repack() -> list[Made]:
            product.facts = isolation.run_step("repack_model", self.path, self.folder)
            return [Made("original", self.folder / "original", "model/gltf-binary")]

        def look() -> list[Made]:
            facts = isolation.run_step("draw_model", self.folder / "original", self.folder)
            return [Made("preview", self.folder / "preview", file_store.IMAGE_TYPE, facts["width"], facts["height"])]

        self._keep_each(product, "unpack", repack)
        self._keep_each(product, "look", look)
        return product

    def _package(self) -> Product:
        from functions.content.processing.archives import packages

        product = Product()

        def repack() -> list[Made]:
            product.facts = packages.repack(self.path, self.folder)
            kept = Made("original", self.folder / "original", "application/zip")
            return [kept, Made("structure", self.folder / "structure", "application/json")]

        self._keep_each(product, "unpack", repack)
        return product

    def _keep_each(self, product: Product, name: str, make: Callable[[], Iterable[Made]]) -> None:
        """Take a step that leaves files in the work folder, and write each to storage."""
        with self._step(name) as step:
            for made in make():
                variant = file_store.keep(self.upload, made, self.attempt)
                product.variants.append(variant)
                step["bytes_out"] += variant["size_bytes"]
