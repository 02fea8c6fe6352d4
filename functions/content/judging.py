"""One try at a file: its steps are taken in a folder that goes afterwards, and what they find is written down."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pynamodb.expressions.update import Action

from lyceum.kit.settings import settings
from lyceum.model import Upload
from lyceum.table import Unit

from functions.content import files, settling
from functions.content.pipeline import Pipeline
from functions.content.refusal import Refused


def upload_at(bucket: str, key: str) -> Upload | None:
    """Return the upload whose file a place of storage holds, if there is one."""
    parts = key.split("/")
    if bucket != settings().bucket or len(parts) != 5 or not parts[3]:
        return None
    upload = Upload.fetch(upload_id=parts[3], consistent=True)
    return upload if upload is not None and upload.key == key else None


def work(upload: Upload, unit: Unit, take_steps: Callable[[Path], None]) -> None:
    """Take the steps, or carry out the verdict that an earlier try wrote down."""
    reason = upload.reason or _judge(take_steps)
    if reason:
        files.discard_variants(upload)
        files.quarantine(upload)
        settling.reject(unit, upload, reason)


def _judge(take_steps: Callable[[Path], None]) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            take_steps(Path(folder))
        except Refused as refusal:
            return str(refusal)
    return None


@contextmanager
def noted(pipeline: Pipeline) -> Iterator[None]:
    """Write down how far a pipeline came that did not come to its end, and its verdict when there is one."""
    try:
        yield
    except Refused as refusal:
        _change(pipeline, Upload.reason.set(str(refusal)), Upload.steps.set(pipeline.steps))
        raise
    except Exception:
        _change(pipeline, Upload.steps.set(pipeline.steps))
        raise


def _change(pipeline: Pipeline, *actions: Action) -> None:
    Unit().change(pipeline.upload, *actions, when=settling.unjudged(), refuse=settling.overtaken()).commit()
