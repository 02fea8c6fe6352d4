"""One try at a file: its steps are taken in a folder that goes afterwards, and what they find is written down."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aws_lambda_powertools import Logger
from pynamodb.expressions.update import Action

from lyceum.kit.aws import clients
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload

from functions.content.processing.pipeline import Pipeline
from functions.content.processing.rejection import Rejected
from functions.content.processing.streaming import streams
from functions.content.uploads import file_store, upload_state

logger = Logger()
_CHECKS = frozenset({"receive", "identify", "verify", "scan"})


def process(upload: Upload, unit: Unit) -> None:
    """Check a received file and make its variants; a recording's are left to another worker."""

    def take_steps(folder: Path) -> None:
        pipeline = Pipeline(upload, folder)
        with _recorded(pipeline):
            pipeline.check()
            if pipeline.is_recording:
                upload_state.hand_to_transcoding(unit, upload, pipeline.steps, pipeline.etag)
            else:
                upload_state.accept(unit, upload, pipeline.make(), pipeline.steps, pipeline.etag)

    _settle(upload, unit, take_steps)


def transcode(upload: Upload, unit: Unit, etag: str) -> None:
    """Make the renditions of a recording whose bytes, named by their ETag, were checked before."""

    def take_steps(folder: Path) -> None:
        pipeline = Pipeline(upload, folder, [step for step in upload.steps if step["name"] in _CHECKS])
        with _recorded(pipeline):
            product = pipeline.make_recording(etag)
            if product.stream:
                upload_state.go_on_streaming(unit, upload, product, pipeline.steps, etag, piece=0)
            else:
                upload_state.accept(unit, upload, product, pipeline.steps, etag)

    _settle(upload, unit, take_steps)


def render_piece(upload: Upload, unit: Unit, etag: str) -> None:
    """Render the next piece of a film; after the last one the film can be watched."""

    def take_steps(folder: Path) -> None:
        pipeline = Pipeline(upload, folder, upload.steps)
        with _recorded(pipeline):
            product = pipeline.make_piece(etag)
            if streams.is_complete(product.stream):
                upload_state.accept(unit, upload, product, pipeline.steps, etag)
            else:
                piece = streams.rendered(product.stream)
                upload_state.go_on_streaming(unit, upload, product, pipeline.steps, etag, piece)

    _settle(upload, unit, take_steps)


def _settle(upload: Upload, unit: Unit, take_steps: Callable[[Path], None]) -> None:
    """Take the steps, or carry out the rejection that an earlier try wrote down.

    A fault of ours would come again with every try, so that the file is given up at once; trouble that passes is left
    to the next try.
    """
    try:
        reason = upload.reason or _reason_of_rejection(take_steps)
    except Exception as error:
        if clients.is_passing(error):
            raise
        logger.exception("file not processed", extra={"upload": upload.upload_id})
        upload_state.give_up(unit, Upload.require(upload_id=upload.upload_id, consistent=True))
        return
    if reason:
        file_store.discard_variants(upload)
        file_store.quarantine(upload)
        upload_state.reject(unit, upload, reason)


def _reason_of_rejection(take_steps: Callable[[Path], None]) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            take_steps(Path(folder))
        except Rejected as rejection:
            return str(rejection)
    return None


@contextmanager
def _recorded(pipeline: Pipeline) -> Iterator[None]:
    """Write down how far a pipeline came that did not come to its end, and why when the file is rejected."""
    try:
        yield
    except Rejected as rejection:
        _change(pipeline, Upload.reason.set(str(rejection)), Upload.steps.set(pipeline.steps))
        raise
    except Exception:
        _change(pipeline, Upload.steps.set(pipeline.steps))
        raise


def _change(pipeline: Pipeline, *actions: Action) -> None:
    Unit().change(pipeline.upload, *actions, when=upload_state.is_undecided(), refuse=upload_state.overtaken()).commit()
