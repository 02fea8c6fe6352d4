"""Statements over HTTP: xAPI 1.0.3 for content and programs, the stores that are told, and packages that are played."""

import json
from typing import Annotated

from lyceum.kit.http import SIGNED, USER, Answer, Api, Caller, Query, exchange, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission
from lyceum.rules.sessions import recheck

from functions.integrations.packages import cmi5, documents, launching, scorm, serving
from functions.integrations.packages.schemas import (
    DocumentQuery,
    Launched,
    LaunchPackage,
    PackageState,
    ProfileQuery,
    WhichPackage,
)
from functions.integrations.statements import reading, recording, targets
from functions.integrations.statements.schemas import (
    NewTarget,
    OneStatement,
    StatementsQuery,
    TargetList,
    TargetView,
)

api = Api("integrations", recheck=recheck)
handler = api.handler
_SPEAKER = may(Permission.RECORD_STATEMENTS)
_ADMIN = may(Permission.MANAGE_INTEGRATIONS)
_JSON = "application/json"
_MOST_BYTES = 256 * 1024
_VERSION = {"X-Experience-API-Version": "1.0.3"}
_SAID = "12000/minute by 1 in 20"
"""Of one address, behind which a school may be."""
_STATE = "/xapi/cmi5/activities/state"
_PROFILE = "/xapi/cmi5/agents/profile"


def _speak(answer: Answer) -> bytes:
    answer.headers.update(_VERSION)
    asked = exchange.current()
    recording.check_version(asked.headers.get(recording.VERSION_HEADER, ""))
    return asked.body


@api.post(
    "/xapi/statements",
    access=_SPEAKER,
    limit="1200/minute",
    raw=_JSON,
    reads_body=False,
    max_body_bytes=_MOST_BYTES,
    refuses=(409, 422),
)
def post_statements(caller: Caller, answer: Answer) -> str:
    """Record a statement or a list of them, and answer with their ids (xAPI 1.0.3, part three, 2.1.2)."""
    answer.headers.update(_VERSION)
    asked = exchange.current()
    recording.check_version(asked.headers.get(recording.VERSION_HEADER, ""))
    return json.dumps(recording.record(caller, recording.read(asked.body)))


@api.put(
    "/xapi/statements",
    access=_SPEAKER,
    limit="1200/minute",
    raw=_JSON,
    reads_body=False,
    max_body_bytes=_MOST_BYTES,
    status=204,
    refuses=(409, 422),
)
def save_statement(caller: Caller, query: Annotated[OneStatement, Query()], answer: Answer) -> str:
    """Record one statement under an id (xAPI 1.0.3, part three, 2.1.1)."""
    answer.headers.update(_VERSION)
    asked = exchange.current()
    recording.check_version(asked.headers.get(recording.VERSION_HEADER, ""))
    return recording.record_one(caller, query.statement_id, asked.body)


@api.get("/xapi/statements", access=_SPEAKER, raw=_JSON)
def list_statements(caller: Caller, query: Annotated[StatementsQuery, Query()], answer: Answer) -> str:
    """Return one statement, or the newest of a learner (xAPI 1.0.3, part three, 2.1.3)."""
    answer.headers.update(_VERSION)
    return reading.answer(caller, query)


@api.post("/api/admin/xapi/targets", access=_ADMIN.proven(), status=201, limit="60/hour")
def create_statement_target(body: NewTarget) -> TargetView:
    """Tell a learning record store what learners do from now on."""
    return TargetView.model_validate(targets.create(body))


@api.get("/api/admin/xapi/targets", access=_ADMIN)
def list_statement_targets() -> TargetList:
    """List the learning record stores that are told."""
    return TargetList(targets=[TargetView.model_validate(each) for each in targets.every()])


@api.delete("/api/admin/xapi/targets/{targetId}", access=_ADMIN)
def remove_statement_target(target_id: str) -> Removed:
    """Tell a learning record store nothing more."""
    targets.remove(target_id)
    return Removed(id=target_id)


@api.post("/xapi/packages/{contentId}/launch", access=USER, status=201, limit="600/hour", refuses=(422,))
def start_package(caller: Caller, content_id: str, body: LaunchPackage) -> Launched:
    """Begin to play a unit of a package of cmi5 or SCORM, or a website, in a frame."""
    return launching.launch(caller, content_id, body)


@api.get("/xapi/packages/{contentId}", access=USER, refuses=(422,))
def show_package(caller: Caller, content_id: str, query: Annotated[WhichPackage, Query()]) -> PackageState:
    """Show how far one is with the units of a package."""
    return launching.show(caller, content_id, query.lesson_id)


@api.get("/xapi/play/{ticket}", access=SIGNED, limit=_SAID, raw="text/html; charset=utf-8", refuses=(401, 410))
def show_player(ticket: str, answer: Answer) -> str:
    """Show the page around the frame in which a unit is played, to who has a launch's ticket."""
    return serving.page(ticket, answer)


@api.get("/xapi/play/{ticket}/{path+}", access=SIGNED, limit=_SAID, raw="application/octet-stream", refuses=(401, 410))
def show_package_file(ticket: str, path: str, answer: Answer) -> str | bytes:
    """Return a file of a package that is played, under a policy that lets it reach nothing else."""
    return serving.file(ticket, path, exchange.current().headers, answer)


@api.post(
    "/xapi/runtime/{ticket}",
    access=SIGNED,
    limit=_SAID,
    raw=_JSON,
    reads_body=False,
    max_body_bytes=scorm.MOST_BYTES,
    refuses=(401, 409, 410),
)
def report_runtime(ticket: str) -> str:
    """Take what a unit of SCORM keeps and reports; one report is taken once."""
    scorm.take(ticket, exchange.current().body)
    return "{}"


@api.post("/xapi/cmi5/fetch/{ticket}", access=SIGNED, limit=_SAID, raw=_JSON, reads_body=False, refuses=(401, 410))
def open_sitting(ticket: str) -> str:
    """Give a unit of cmi5 the key that it speaks by, once (cmi5, 8.2)."""
    return cmi5.fetch_key(ticket)


@api.post(
    "/xapi/cmi5/statements",
    access=SIGNED,
    limit=_SAID,
    raw=_JSON,
    reads_body=False,
    max_body_bytes=_MOST_BYTES,
    refuses=(401, 403, 409, 410, 422),
)
def post_unit_statements(answer: Answer) -> str:
    """Record what a unit of cmi5 says of its learner, within the rules of cmi5."""
    return json.dumps(cmi5.record(_speak(answer)))


@api.put(
    "/xapi/cmi5/statements",
    access=SIGNED,
    limit=_SAID,
    raw=_JSON,
    reads_body=False,
    max_body_bytes=_MOST_BYTES,
    status=204,
    refuses=(401, 403, 409, 410, 422),
)
def save_unit_statement(query: Annotated[OneStatement, Query()], answer: Answer) -> str:
    """Record one statement of a unit of cmi5 under an id."""
    cmi5.record(_speak(answer), str(query.statement_id))
    return ""


@api.get("/xapi/cmi5/statements", access=SIGNED, limit=_SAID, raw=_JSON, refuses=(401, 403, 410))
def list_unit_statements(query: Annotated[StatementsQuery, Query()], answer: Answer) -> str:
    """Return one statement, or the newest, of the learner of a unit."""
    _speak(answer)
    with cmi5.speaker() as sitting:
        return reading.answer(sitting.learner, query)


@api.get(_STATE, access=SIGNED, limit=_SAID, raw=_JSON, refuses=(401, 403, 410))
def show_unit_state(query: Annotated[DocumentQuery, Query()], answer: Answer) -> str:
    """Return a document that a unit keeps for its learner; `LMS.LaunchData` says how it was launched."""
    _speak(answer)
    return documents.read_state(query)


@api.put(
    _STATE,
    access=SIGNED,
    limit=_SAID,
    raw=_JSON,
    reads_body=False,
    max_body_bytes=documents.MOST_BYTES,
    status=204,
    refuses=(401, 403, 410, 422),
)
def save_unit_state(query: Annotated[DocumentQuery, Query()], answer: Answer) -> str:
    """Keep a document of a unit for its learner."""
    _speak(answer)
    return documents.write_state(query, is_merged=False)


@api.post(
    _STATE,
    access=SIGNED,
    limit=_SAID,
    raw=_JSON,
    reads_body=False,
    max_body_bytes=documents.MOST_BYTES,
    status=204,
    refuses=(401, 403, 409, 410, 422),
)
def update_unit_state(query: Annotated[DocumentQuery, Query()], answer: Answer) -> str:
    """Put fields of a JSON object beside those of a unit's document."""
    _speak(answer)
    return documents.write_state(query, is_merged=True)


@api.delete(_STATE, access=SIGNED, limit=_SAID, raw=_JSON, status=204)
def remove_unit_state(query: Annotated[DocumentQuery, Query()], answer: Answer) -> str:
    """Forget a document of a unit, or all of them."""
    _speak(answer)
    return documents.forget_state(query)


@api.get(_PROFILE, access=SIGNED, limit=_SAID, raw=_JSON, refuses=(401, 403, 410))
def show_unit_profile(query: Annotated[ProfileQuery, Query()], answer: Answer) -> str:
    """Return a document that content keeps of its learner, such as what the learner prefers."""
    _speak(answer)
    return documents.read_profile(query)


@api.put(
    _PROFILE,
    access=SIGNED,
    limit=_SAID,
    raw=_JSON,
    reads_body=False,
    max_body_bytes=documents.MOST_BYTES,
    status=204,
    refuses=(401, 403, 410, 422),
)
def save_unit_profile(query: Annotated[ProfileQuery, Query()], answer: Answer) -> str:
    """Keep a document of a learner, whichever unit asks for it."""
    _speak(answer)
    return documents.write_profile(query, is_merged=False)


@api.get("/xapi/cmi5/about", access=SIGNED, limit=_SAID, raw=_JSON)
def show_statement_versions() -> str:
    """Tell which versions of xAPI are spoken (part three, 2.8)."""
    return json.dumps({"version": ["1.0.3"]})
