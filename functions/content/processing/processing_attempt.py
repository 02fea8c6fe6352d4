"""One try at a file: its steps are taken in a folder that goes afterwards, and what they find is written down."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from pynamodb.expressions.update import Action

from lyceum.kit import clock
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.tasks.content import TranscodeRecording

from functions.content.processing.pipeline import Pipeline
from functions.content.processing.rejection import Rejected
from functions.content.uploads import file_store, upload_state

_RECORDING_PATIENCE = timedelta(hours=6)


def work(upload: Upload, unit: Unit, take_steps: Callable[[Path], None]) -> None:
    """Take the steps, or carry out the verdict that an earlier try wrote down."""
    reason = upload.reason or _judge(take_steps)
    if reason:
        file_store.discard_variants(upload)
        file_store.quarantine(upload)
        upload_state.reject(unit, upload, reason)


def _judge(take_steps: Callable[[Path], None]) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            take_steps(Path(folder))
        except Rejected as refusal:
            return str(refusal)
    return None


@contextmanager
def noted(pipeline: Pipeline) -> Iterator[None]:
    """Write down how far a pipeline came that did not come to its end, and its verdict when there is one."""
    try:
        yield
    except Rejected as refusal:
        _change(pipeline, Upload.reason.set(str(refusal)), Upload.steps.set(pipeline.steps))
        raise
    except Exception:
        _change(pipeline, Upload.steps.set(pipeline.steps))
        raise


def _change(pipeline: Pipeline, *actions: Action) -> None:
    Unit().change(pipeline.upload, *actions, when=upload_state.unjudged(), refuse=upload_state.overtaken()).commit()


def _work(upload: Upload, unit: Unit) -> None:
    def take_steps(folder: Path) -> None:
        pipeline = Pipeline(upload, folder)
        with noted(pipeline):
            pipeline.check()
            if not pipeline.is_recording:
                upload_state.accept(unit, upload, pipeline.make(), pipeline.steps, pipeline.etag)
                return
        event = TranscodeRecording(upload_id=upload.upload_id, owner_id=upload.owner_id, etag=pipeline.etag)
        facts = [Upload.steps.set(pipeline.steps), *upload.fall_due(clock.now() + _RECORDING_PATIENCE)]
        unit.change(upload, *facts, when=upload_state.unjudged(), events=[event], refuse=upload_state.overtaken())

    work(upload, unit, take_steps)
