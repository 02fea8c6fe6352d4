"""What people decide about their own data: a copy of it, erasure at once, holds, consents, and who may see activity."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find_all, write_many
from lyceum.model.assignments import GradeRecord, Submission
from lyceum.model.auth import Session
from lyceum.model.content.uploads import Upload
from lyceum.model.exams.statistics import Performance
from lyceum.model.study.learners import DailyTotals, Learner
from lyceum.model.study.notes import Note
from lyceum.model.users.account import User
from lyceum.model.users.classes import PinCard
from lyceum.model.users.erasure import ErasureReceipt
from lyceum.model.users.guardians import Guardianship
from lyceum.model.users.privacy import ConsentRecord, DataExport, PrivacyRequest
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.http import Client
from tests.support.jobs import run
from tests.users.conftest import People

from functions.users import erasure, jobs
from functions.users.privacy import archive, personal_data

DATA = "/api/users/{}/data-export"
AGREE = {"purpose": "marketing", "version": "2027-01", "isGiven": True}


@pytest.fixture
def student(client: Client, clock: Clock) -> Client:
    """A student who proved this moment to be the one."""
    return client.as_("student")


@pytest.fixture
def unzipped(client: Client, people: People, student: Client) -> Callable[[], zipfile.ZipFile]:
    """Let the copy of the student's data be written, and open it."""

    def go() -> zipfile.ZipFile:
        assert student.get(DATA.format(student.user_id)).data["state"] == "queued"
        with within_rights():
            people.settle()
        view = student.get(DATA.format(student.user_id)).data
        assert (view["state"], "url" in view) == ("done", True)
        key = DataExport.require(user_id=student.user_id).key
        body = client.cloud.s3.get_object(Bucket=settings().bucket, Key=key)["Body"].read()
        return zipfile.ZipFile(io.BytesIO(body))

    return go


def rows(copy: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(copy.read(f"data/{name}.json"))
    return found


def test_a_copy_holds_data_explanations_and_files_and_no_secrets(
    cloud: Cloud, student: Client, people: People, unzipped: Callable[[], zipfile.ZipFile], tenant: str
) -> None:
    people.change("student", first_name="Ada", email="ada@example.com")
    grade: dict[str, Any] = {"assignment_id": "a", "user_id": student.user_id, "order": 1, "attempt": 1}
    grade |= {"grader_id": "g", "points": "3", "final_points": "3", "private_note": "lazy"}
    write_many(
        [
            Note(user_id=student.user_id, note_id="n", about="question", about_id="q", text="Again in June."),
            Submission(assignment_id="a", user_id=student.user_id, course_id="c", submission_id="s", state="graded"),
            GradeRecord(number=1, is_released=True, feedback="Fine", **grade),
            GradeRecord(number=2, is_released=False, feedback="No", **grade),
        ]
    )
    key = f"uploads/{tenant}/{student.user_id}/u1/original"
    cloud.s3.put_object(Bucket=settings().bucket, Key=key, Body=b"essay")
    sent = Upload(upload_id="u1", owner_id=student.user_id, purpose="document", file_name="../essay.txt", key=key)
    sent.content_type, sent.size_bytes, sent.state, sent.expires_at = "text/plain", 5, "ready", time.now()
    write_many([sent])
    copy = unzipped()
    assert (rows(copy, "user")[0]["firstName"], rows(copy, "user")[0]["email"]) == ("Ada", "ada@example.com")
    assert [each["text"] for each in rows(copy, "note")] == ["Again in June."]
    assert [each["feedback"] for each in rows(copy, "grade_record")] == ["Fine"], "drafts are not given yet"
    assert copy.read("files/u1/essay.txt") == b"essay"
    whole = b"".join(copy.read(name) for name in copy.namelist()).decode()
    assert "lazy" not in whole and "pinHash" not in whole and "salt" not in whole
    explained = json.loads(copy.read("data/README.json"))
    names = {name.removeprefix("data/").removesuffix(".json") for name in copy.namelist() if name.startswith("data/")}
    assert set(explained) == names - {"README"}
    for name in explained:
        told = {field for row in rows(copy, name) for field in row}
        assert told - set(explained[name]["fields"]) == set(), name
        assert explained[name]["about"], name


def test_every_kind_that_erasure_removes_is_in_a_copy() -> None:
    copied = {section.kind for section in personal_data.sections()}
    assert (set(erasure.REMOVED) | set(erasure.EMPTIED)) - copied == personal_data.KEPT_BACK
    assert PinCard not in copied, "nobody but who signs people in reads what their PIN is checked by"


def prove(client: Client) -> None:
    """Let somebody confirm again that it is them."""
    assert client.principal is not None
    session = Session.at(user_id=client.user_id, session_id=client.principal.session_id)
    Unit().change(session, Session.proved_at.set(time.now())).commit()


def test_a_copy_is_made_once_and_kept_for_seven_days(
    student: Client, people: People, clock: Clock, unzipped: Callable[[], zipfile.ZipFile]
) -> None:
    path = DATA.format(student.user_id)
    first = student.get(path).data
    assert student.get(path).data["requestId"] == first["requestId"]
    unzipped()
    (request,) = find_all(PrivacyRequest, user_id=student.user_id)
    assert (request.what, request.state, request.answer_by > request.requested_at) == ("export", "done", True)
    assert "privacy.export_ready" in [each["type"] for each in student.get("/api/notifications").data]
    clock.advance(days=7, minutes=1)
    prove(student)
    again = student.get(path).data
    assert again["state"] == "queued" and again["requestId"] != first["requestId"] and "url" not in again


def test_a_copy_that_was_not_finished_is_begun_anew(student: Client, people: People, clock: Clock) -> None:
    path = DATA.format(student.user_id)
    first = student.get(path).data["requestId"]
    clock.advance(minutes=61)
    prove(student)
    assert student.get(path).data["requestId"] != first
    people.settle()
    assert student.get(path).data["state"] == "done"


def test_files_that_do_not_fit_are_named(
    cloud: Cloud, student: Client, tenant: str, unzipped: Callable[[], zipfile.ZipFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_FILE_BYTES", 3)
    for name, size in (("a", 9), ("b", 2)):
        key = f"uploads/{tenant}/{student.user_id}/{name}/original"
        cloud.s3.put_object(Bucket=settings().bucket, Key=key, Body=b"1" * size)
    copy = unzipped()
    assert [name for name in copy.namelist() if name.startswith("files/")] == ["files/b/original"]
    assert student.get(DATA.format(student.user_id)).data["leftOut"] == ["a/original"]


def test_an_administrator_exports_on_behalf_and_each_look_is_audited(client: Client, people: People) -> None:
    student, admin = client.as_("student"), client.as_("admin")
    assert client.as_("eve", "student").get(DATA.format(student.user_id)).status == 403
    begun = admin.post(f"/api/admin/users/{student.user_id}/export-data")
    assert (begun.status, begun.data["state"]) == (202, "queued")
    people.settle()
    assert admin.post(f"/api/admin/users/{student.user_id}/export-data").data["state"] == "done"
    acts = [(act.action, act.after["begins"]) for act in people.acts() if act.actor_id == admin.user_id]
    assert sorted(acts) == [("user.export_data", False), ("user.export_data", True)]
    assert admin.post(f"/api/admin/users/{client.as_('super_admin').user_id}/export-data").status == 403


def purge(client: Client) -> Any:
    return client.delete(f"/api/users/{client.user_id}/purge-data")


def test_an_erasure_at_once_leaves_a_receipt_and_nothing_of_the_person(
    client: Client, student: Client, people: People
) -> None:
    people.change("student", first_name="Zanzibar", email="zanzibar@example.com")
    student.get(DATA.format(student.user_id))
    people.settle()
    key = DataExport.require(user_id=student.user_id).key
    answered = purge(student)
    assert (answered.status, answered.data["state"]) == (200, "queued")
    with within_rights():
        people.settle()
    assert User.fetch(user_id=student.user_id) is None
    receipt = ErasureReceipt.require(user_id=student.user_id)
    assert (receipt.state, receipt.removed["DataExport"]) == ("done", 1)
    states = {(each.what, each.state) for each in find_all(PrivacyRequest, user_id=student.user_id)}
    assert states == {("export", "done"), ("erasure", "done")}
    items = [item for item in client.cloud.items(client.tenant) if item["kind"]["S"] not in {"seen", "outgoing"}]
    assert [item["kind"]["S"] for item in items if "zanzibar" in str(item).lower()] == []
    listed = client.cloud.s3.list_objects_v2(Bucket=settings().bucket, Prefix=key)
    assert listed["KeyCount"] == 0, "the copy goes too"


def test_an_erasure_that_stopped_goes_on_where_it_was(
    student: Client, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def step(name: str, *, breaks: bool = False) -> Any:
        def work(_user: User) -> Any:
            is_first = name not in done
            done.append(name)
            if breaks and is_first:
                raise RuntimeError("stopped")
            return erasure.Counter({name: 1})

        return ("removed", work)

    monkeypatch.setattr(erasure, "STEPS", (step("First"), step("Second", breaks=True), step("Third")))
    assert purge(student).status == 200
    people.settle()
    assert done == ["First", "Second", "Second", "Third"]
    assert ErasureReceipt.require(user_id=student.user_id).removed == {"First": 1, "Second": 1, "Third": 1}


def test_a_held_account_is_hidden_and_not_erased_until_the_hold_ends(
    client: Client, student: Client, people: People, clock: Clock
) -> None:
    admin, path = client.as_("admin"), f"/api/admin/users/{student.user_id}/hold"
    assert admin.post(path, {"reason": "A claim in court"}).data["isHeld"]
    assert admin.post(path, {"reason": "A claim in court"}).data["isHeld"], "again changes nothing"
    assert client.as_("moderator").post(path, {"reason": "no right"}).status == 403
    assert purge(student).data["state"] == "held"
    people.settle()
    for _ in range(3):
        clock.advance(days=1)
        run(jobs)
    assert User.require(user_id=student.user_id).status == "deleted"
    over = {"reason": "It is over", "isHeld": False}
    assert client.as_("chief", "admin").post(path, over).data["isHeld"] is False
    clock.advance(days=1)
    run(jobs)
    assert User.fetch(user_id=student.user_id) is None
    assert {act.action for act in people.acts() if act.action.endswith("hold")} == {"user.hold", "user.release_hold"}


def test_who_may_erase_whom(client: Client, student: Client, people: People, clock: Clock) -> None:
    assert client.as_("eve", "student").delete(f"/api/users/{student.user_id}/purge-data").status == 403
    clock.advance(minutes=6)
    assert purge(student).error.code == "CONFIRMATION_REQUIRED"
    admin = client.as_("admin")
    assert admin.delete(f"/api/users/{client.as_('super_admin').user_id}/purge-data").status == 403
    assert admin.delete(f"/api/users/{student.user_id}").status == 200
    assert admin.delete(f"/api/users/{student.user_id}/purge-data").status == 200, "one that is deleted goes at once"
    people.settle()
    assert User.fetch(user_id=student.user_id) is None


def test_consents_are_given_and_withdrawn_by_purpose_and_version(client: Client, people: People, clock: Clock) -> None:
    adult = client.as_("instructor")
    assert adult.get("/api/consents").data["consents"] == []
    assert adult.post("/api/consents", AGREE).status == 201
    adult.post("/api/consents", AGREE)
    clock.advance(seconds=1)
    adult.post("/api/consents", AGREE | {"version": "2027-02"})
    clock.advance(seconds=1)
    told = adult.post("/api/consents", AGREE | {"version": "2027-02", "isGiven": False}).data
    assert [(each["purpose"], each["version"], each["isGiven"]) for each in told["consents"]] == [
        ("marketing", "2027-02", False)
    ]
    assert [(each["version"], each["isGiven"]) for each in told["history"]] == [
        ("2027-02", False), ("2027-02", True), ("2027-01", True),
    ]  # fmt: skip
    assert len(people.events("consent.changed")) == 3
    assert adult.post("/api/consents", AGREE | {"purpose": "world_peace"}).status == 400
    assert client.post("/api/consents", AGREE).status == 401


def test_for_a_minor_a_guardian_gives_consents_and_the_child_may_withdraw(client: Client, people: People) -> None:
    child, parent = client.as_("student"), client.as_("parent", "mentor")
    people.change("student", profile={"birthDate": "2014-05-01"})
    refused = child.post("/api/consents", AGREE)
    assert (refused.status, refused.error.fields) == (422, {"GUARDIAN_DECIDES"})
    assert child.post("/api/consents", AGREE | {"purpose": "terms"}).status == 201
    wanted = AGREE | {"userId": child.user_id}
    assert parent.post("/api/consents", wanted).status == 404, "nobody's guardian"
    link = Guardianship(child_id=child.user_id, guardian_id="g", adult_id=parent.user_id, relation="mother",
                        invited_by=child.user_id, expires_at=time.now())  # fmt: skip
    write_many([link])
    given = parent.post("/api/consents", wanted).data
    own = {each["purpose"]: each["isOwnDecision"] for each in given["consents"]}
    assert given["needsGuardian"] and own == {"marketing": False, "terms": True}
    assert parent.get("/api/consents", {"userId": child.user_id}).data["userId"] == child.user_id
    withdrawn = child.post("/api/consents", AGREE | {"isGiven": False}).data
    assert {each["purpose"]: each["isGiven"] for each in withdrawn["consents"]} == {"marketing": False, "terms": True}
    assert [act.action for act in people.acts()] == ["consent.decide"]
    assert len(list(find_all(ConsentRecord, user_id=child.user_id))) == 3


def test_activity_is_one_line_of_acts_decisions_and_sign_ins(client: Client, people: People, clock: Clock) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    path = f"/api/admin/users/{student.user_id}"
    for verb in ("suspend", "activate"):
        clock.advance(seconds=1)
        assert admin.post(f"{path}/{verb}", {"reason": "spam"} if verb == "suspend" else None).status == 200
    shown = admin.get(f"{path}/activity")
    assert [(each["type"], each["action"]) for each in shown.data][:2] == [
        ("decision", "user.activate"), ("decision", "user.suspend"),
    ]  # fmt: skip
    assert [each["type"] for each in admin.get(f"/api/users/{admin.user_id}/activity").data].count("act") == 2
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = admin.get(f"{path}/activity", {"limit": 1, **cursor})
        seen += [each["id"] for each in page.data]
        if not page.pagination["hasNext"]:
            break
        cursor = {"cursor": page.pagination["nextCursor"]}
    assert seen == [each["id"] for each in shown.data]
    assert student.get(f"{path}/activity").status == 403


def test_statistics_are_reset_and_results_are_not(client: Client, people: People) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    write_many(
        [
            Performance(user_id=student.user_id, respect="all", name="all", exams=3),
            DailyTotals(user_id=student.user_id, day="2027-01-11", seconds=60),
            Learner(user_id=student.user_id, runs=[["2027-01-10", "2027-01-11"]], plans={"p": {}}),
        ]
    )
    assert admin.post(f"/api/admin/users/{student.user_id}/reset-stats").status == 202
    with within_rights():
        people.settle()
    assert list(find_all(Performance, user_id=student.user_id)) == []
    assert DailyTotals.fetch(user_id=student.user_id, day="2027-01-11") is None
    left = Learner.require(user_id=student.user_id)
    assert (left.runs, left.plans) == ([], {"p": {}})
    assert [act.action for act in people.acts()] == ["user.reset_statistics"]
    assert [event["userId"] for event in people.events("user.statistics_reset")] == [student.user_id]
    assert student.post(f"/api/admin/users/{student.user_id}/reset-stats").status == 403
