"""What the cloud's own malware scan (GuardDuty Malware Protection for S3) said of a file.

Its word and our own steps come in any order. A file is ready when both found the same bytes good; one that is found to be malware
later is withdrawn, wherever it stands.
"""

from aws_lambda_powertools import Logger

from lyceum.events import FileScanned, UploadRejected
from lyceum.kit.consumers.consumer import Consumer
from lyceum.model import Upload
from lyceum.table import Unit

from functions.content import files, judging, settling, withdrawal

consumer = Consumer("content-verdict")
handler = consumer.handler
logger = Logger()
_CLEAN = "NO_THREATS_FOUND"
_MALWARE = "THREATS_FOUND"
_REASON = "The malware scan found a threat in the file."


@consumer.on(FileScanned)
def hear(event: FileScanned, unit: Unit) -> None:
    """Clear a file, or withdraw it with everything made of it; any other result leaves it waiting for an operator or its owner."""
    upload = judging.upload_at(event.bucket, event.key)
    if upload is None or upload.state in {"rejected", "deleted"}:
        return
    if event.result == _CLEAN:
        settling.clear(unit, upload, event.etag)
    elif event.result == _MALWARE:
        _withdraw(unit, upload)
    else:
        logger.error("file not scanned", extra={"upload": upload.upload_id, "result": event.result})


def _withdraw(unit: Unit, upload: Upload) -> None:
    files.discard_variants(upload)
    files.quarantine(upload)
    told = UploadRejected(upload_id=upload.upload_id, owner_id=upload.owner_id, reason=_REASON, content_id=upload.content_id)
    facts = [Upload.state.set("rejected"), Upload.reason.set(_REASON), Upload.variants.set([]), Upload.ttl.remove(), *upload.fall_due(None)]
    unit.change(upload, *facts, when=Upload.version == upload.version, events=[told], refuse=settling.overtaken())
    if upload.content_id:
        withdrawal.fail(unit, upload.content_id, _REASON)
