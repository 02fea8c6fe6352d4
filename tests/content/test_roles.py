"""The roles of content's functions allow every key that they touch on the way of an item, and of a file that fails."""

from infra.functions import FUNCTIONS, families
from tests.content.conftest import SMALL, Library
from tests.content.processing.test_kinds import checked, render
from tests.content.processing.test_malware import say
from tests.content.samples import recording
from tests.support.acting import acting, recorded
from tests.support.clock import Clock
from tests.support.http import LAMBDA
from tests.support.workers import deliver

from functions.content import jobs

ROWS = {function.entry: function for function in FUNCTIONS}


def test_roles_allow_what_their_functions_do(library: Library, clock: Clock) -> None:
    with recorded() as touches:
        content_id = library.published()
        student, path = library.client.as_("student"), f"/api/content/{content_id}"
        for place in (path, f"{path}/file", "/api/content", "/api/content?offline=true"):
            student.get(*place.split("?")[:1], {"offline": "true"} if "?" in place else None)
        for sort in ("popular", "rating"):
            student.get("/api/content", {"sort": sort})
        for query in ({"mine": "true"}, {"status": "submitted"}):
            library.author.get("/api/content", query)
        student.post(f"{path}/rate", {"stars": 4})
        student.post(f"{path}/download", {"deviceId": "phone"})
        upload_id = library.upload(recording("a.mp3"), "audio/mpeg")
        library.draft(upload_id)
        library.depot.process(upload_id)
        with acting("functions.content.events.transcoding"):
            render(library.depot, checked(library.depot))
        with acting("functions.content.events.malware"):
            say(library, upload_id)
            say(library, library.client.get(path).data["uploadId"], "THREATS_FOUND")
        library.upload(SMALL)
        clock.advance(days=8)
        with acting("functions.content.jobs"):
            jobs.handler({"job": "sweep"}, LAMBDA)
        library.author.delete(path)
        assert deliver(library.client.cloud, library.client.tenant) == 0
    touched = {touch for touch in touches if touch.function in ROWS}
    assert {touch.function for touch in touched} >= {
        "functions.content.http",
        "functions.content.events.processing",
        "functions.content.events.transcoding",
        "functions.content.events.malware",
        "functions.content.events.statistics",
        "functions.content.events.retirement",
        "functions.content.jobs",
    }
    assert [
        touch for touch in touched if touch.family not in families(ROWS[touch.function], writes=touch.is_write)
    ] == []
