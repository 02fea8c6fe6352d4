"""A verdict of the cloud's scan on an upload that was deleted meanwhile brings nothing back."""

import pytest

from tests.content.conftest import SMALL, Library
from tests.content.processing.test_malware import say, scanned, told

__all__ = ["scanned"]


@pytest.mark.usefixtures("scanned")
@pytest.mark.parametrize("result", ["NO_THREATS_FOUND", "THREATS_FOUND"])
@pytest.mark.parametrize("is_processed", [True, False])
def test_a_verdict_on_a_deleted_upload_changes_nothing(library: Library, result: str, is_processed: bool) -> None:
    upload_id = library.upload(SMALL)
    if is_processed:
        library.depot.process(upload_id)
    assert library.author.delete(f"/api/uploads/{upload_id}").status == 200
    before = library.depot.stored(upload_id)
    assert say(library, upload_id, result, etag=before.etag or '"etag"') == 0
    after = library.depot.stored(upload_id)
    assert (after.state, after.version, after.variants) == ("deleted", before.version, [])
    assert library.author.get(f"/api/uploads/{upload_id}").status == 404
    assert told(library) == []
