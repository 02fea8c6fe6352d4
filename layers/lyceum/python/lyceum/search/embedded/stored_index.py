"""The stored index: immutable files in the bucket, and the manifest that says which of them are the index now.

`search/{tenant}/{version}/manifest.json` is replaced under the condition that it is still the one that was read, so of
two writers one loses, and whoever reads sees one whole state. Files have names that are never used again; those that a
manifest lists no more stay for a day, so that slow readers finish.
"""

import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.ids import new_id
from lyceum.kit.settings import settings
from lyceum.search.embedded.schema import VERSION

META = "meta.json"
_AT_ONCE = 8
_RETIRED_FOR = timedelta(hours=24)
_MISSING = {"NoSuchKey", "404", "NotFound"}
_UNCHANGED = {"304", "NotModified"}
_LOST = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}


@dataclass
class Manifest:
    """What the index is.

    Attributes:
        position: The place in the log of changes from which on they may be missing.
        meta: The engine's own list of segments.
        files: The object of each file that it is made of.
        retired: Objects that are listed no more, with the second (Unix time) since when.
        synonyms: By word or phrase, those that mean the same.
        popular: Queries of many people, the most frequent first, with how often.
    """

    position: str
    meta: str
    files: dict[str, str]
    documents: int = 0
    retired: dict[str, int] = field(default_factory=dict)
    synonyms: dict[str, list[str]] = field(default_factory=dict)
    popular: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, text: bytes) -> Self:
        """Read a manifest as it is stored."""
        return cls(**json.loads(text))


class Unchanged(Exception):
    """The manifest is still the one that the caller knows."""


class LostRace(RuntimeError):
    """Another writer stored a manifest meanwhile; what it holds is not to be overwritten."""


def read_manifest(known: str | None = None) -> tuple[Manifest, str] | None:
    """Read the tenant's manifest and its ETag (1 request), None when there is none; raises Unchanged."""
    options = {"IfNoneMatch": known} if known else {}
    try:
        answer = _bucket().get_object(Bucket=settings().bucket, Key=_key("manifest.json"), **options)
    except Exception as error:
        code = clients.error_code(error)
        if code in _UNCHANGED:
            raise Unchanged from None
        if code in _MISSING:
            return None
        raise
    return Manifest.of(answer["Body"].read()), str(answer["ETag"])


def write_manifest(manifest: Manifest, etag: str | None) -> str:
    """Store a manifest in place of the one that was read, and return its ETag; raises LostRace."""
    condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    body = json.dumps(asdict(manifest), ensure_ascii=False).encode()
    try:
        answer = _bucket().put_object(
            Bucket=settings().bucket, Key=_key("manifest.json"), Body=body, ContentType="application/json", **condition
        )
    except Exception as error:
        if clients.error_code(error) in _LOST:
            raise LostRace from None
        raise
    return str(answer["ETag"])


def fetch(manifest: Manifest, folder: Path, known: Path | None, known_files: dict[str, str]) -> None:
    """Bring a manifest's files into an empty folder; those that another folder has already are linked."""
    missing = []
    for name, stored in manifest.files.items():
        if known is not None and known_files.get(name) == stored and (known / name).exists():
            os.link(known / name, folder / name)
        else:
            missing.append((folder / name, stored))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda each: _download(*each), missing))
    (folder / META).write_text(manifest.meta)


def upload(folder: Path, known_files: dict[str, str]) -> tuple[str, dict[str, str], int]:
    """Store the files of an index that are not stored yet; returns its meta, its files, and the bytes sent."""
    meta = (folder / META).read_text()
    names = [path.name for path in folder.iterdir() if _is_part(path.name, meta)]
    fresh = {name: f"{name}.{new_id()}" for name in names if name not in known_files}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sizes = list(pool.map(lambda pair: _upload(folder / pair[0], pair[1]), fresh.items()))
    return meta, {name: fresh.get(name) or known_files[name] for name in names}, sum(sizes)


def retire(before: Manifest | None, files: dict[str, str]) -> dict[str, int]:
    """Return what is retired beside these files, and delete what has been for a day."""
    if before is None:
        return {}
    now = int(clock.now().timestamp())
    listed = set(files.values())
    retired = before.retired | {stored: now for stored in before.files.values() if stored not in listed}
    old = [stored for stored, since in retired.items() if now - since > _RETIRED_FOR.total_seconds()]
    for stored in old:
        _bucket().delete_object(Bucket=settings().bucket, Key=_key(stored))
    return {stored: since for stored, since in retired.items() if stored not in old}


def _is_part(name: str, meta: str) -> bool:
    """Say whether a file belongs to a segment of the index, and is the state of its deletions that it names."""
    stem, *rest = name.split(".")
    segments: Iterable[Any] = json.loads(meta)["segments"]
    for segment in segments:
        if segment["segment_id"].replace("-", "") == stem:
            deletes = segment.get("deletes")
            is_deletions = rest[-1] == "del"
            return not is_deletions or (deletes is not None and rest[0] == str(deletes["opstamp"]))
    return False


def _download(path: Path, stored: str) -> None:
    path.write_bytes(_bucket().get_object(Bucket=settings().bucket, Key=_key(stored))["Body"].read())


def _upload(path: Path, stored: str) -> int:
    content = path.read_bytes()
    _bucket().put_object(Bucket=settings().bucket, Key=_key(stored), Body=content)
    return len(content)


def _key(name: str) -> str:
    return f"search/{context.tenant()}/{VERSION}/{name}"


def _bucket() -> Any:
    return clients.client("s3")
