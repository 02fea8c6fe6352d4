"""Whole organisations: packed, made elsewhere from the capsule and equal, refused when touched, deleted."""

import gzip
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit import context
from lyceum.kit.aws import clients
from lyceum.kit.identity import signing
from lyceum.kit.settings import settings
from lyceum.model.organizations import Capsule
from tests.organizations.conftest import make
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

from functions.organizations.moving import contents, files, packing

PATH = "/api/admin/organizations"
S3_KEY = "uploads/harbour/ada/01/original"


@pytest.fixture
def filled(harbour: Client) -> Client:
    """An organisation with people, a university and a file."""
    head = harbour.as_("admin")
    harbour.as_("student")
    made = head.post("/api/universities", {"name": "University of the Harbour", "country": "NG"})
    assert made.status == 201, made.body
    assert head.put(f"{PATH}/harbour", {"branding": {"name": "Harbour"}, "timeZone": "Africa/Lagos"}).status == 200
    files.put(S3_KEY, b"a picture", "image/png")
    return harbour


def finished(operator: Client, reply: Any) -> dict[str, Any]:
    """Let the workers do a job, and return it as its owner sees it."""
    assert reply.status in {200, 202}, reply.body
    assert deliver(operator.cloud, "main", rounds=12, only="organizations") == 0
    job: dict[str, Any] = operator.get(f"/api/jobs/{reply.data['jobId']}").data
    return job


def packed(operator: Client, name: str) -> Capsule:
    job = finished(operator, operator.post(f"{PATH}/{name}/export", {}))
    assert job["state"] == "done", job
    capsule_id = job["result"].split(f"/capsules/{name}/")[1].partition("/")[0]
    with context.working(context.RequestContext("main")):
        return Capsule.require(capsule_id=capsule_id)


def test_an_organisation_made_from_a_capsule_compares_equal(clock: Clock, operator: Client, filled: Client) -> None:
    capsule = packed(operator, "harbour")
    assert (int(capsule.files), int(capsule.file_bytes)) == (1, 9)
    body = {"organizationId": "harbour-copy", "source": "harbour", "capsuleId": capsule.capsule_id}
    started = operator.post(f"{PATH}/import", body)
    copy = Client(operator.cloud, "harbour-copy")
    assert copy.get("/api/organization").error.code == "ORGANIZATION_SUSPENDED", "closed until all of it is there"
    job = finished(operator, started)
    assert (job["state"], job["result"]) == ("done", f"{PATH}/harbour-copy")
    clock.advance(seconds=11)
    assert copy.get("/api/universities").data == filled.get("/api/universities").data
    assert copy.get("/api/organization").data["timeZone"] == "Africa/Lagos"
    assert files.get(S3_KEY.replace("harbour", "harbour-copy"), 100) == b"a picture"
    again = packed(operator, "harbour-copy")
    assert (again.digest, int(again.items)) == (capsule.digest, int(capsule.items))
    files.put(S3_KEY.replace("harbour", "harbour-copy"), b"b picture", "image/png")
    assert packed(operator, "harbour-copy").digest != capsule.digest, "another content, as long as the first"
    assert (
        signing.read(str(again.statement), packing.KIND)["settings"]
        == (signing.read(str(capsule.statement), packing.KIND)["settings"])
    )


def test_no_secret_and_nothing_of_another_tenant_is_in_a_capsule(operator: Client, filled: Client) -> None:
    assert make(operator, "quay").status == 201
    Client(operator.cloud, "quay").as_("student")
    capsule = packed(operator, "harbour")
    lines = _lines(capsule)
    kinds = {json.loads(line)["kind"]["S"] for line in lines}
    assert {"user", "university", "audit_event"} <= kinds and not kinds & contents.LEFT_BEHIND
    assert not any("quay" in line or "harbour|" in line for line in lines)
    assert filled.tenant == "harbour"


def _lines(capsule: Capsule) -> list[str]:
    lines: list[str] = []
    for part in capsule.parts:
        body = files.get(f"{capsule.folder}{part['name']}", 10**8)
        assert body is not None and hashlib.sha256(body).hexdigest() == part["sha256"]
        if part["name"].startswith("items-"):
            lines += gzip.decompress(body).decode().split("\n")
    return lines


def test_a_capsule_that_was_touched_is_refused(operator: Client, filled: Client) -> None:
    capsule = packed(operator, "harbour")
    body = {"organizationId": "harbour-copy", "source": "harbour", "capsuleId": capsule.capsule_id}
    key = f"{capsule.folder}{packing.MANIFEST}"
    statement = str(capsule.statement)
    head, claims, signature = statement.split(".")
    for forged in (f"{head}.{claims[:-4]}AAAA.{signature}", "no statement", ""):
        files.put(key, forged.encode(), "application/jose")
        refused = operator.post(f"{PATH}/import", body)
        assert refused.error.fields == {"CAPSULE_REFUSED"}, forged[:20]
    files.put(key, statement.encode(), "application/jose")
    assert operator.post(f"{PATH}/import", {**body, "signer": "A" * 43}).error.fields == {"CAPSULE_REFUSED"}
    assert operator.post(f"{PATH}/import", {**body, "source": "quay"}).status == 404
    parts = [each["name"] for each in capsule.parts]
    part = next(name for name in parts if name.startswith("items-"))
    copied = f"{capsule.folder}files/uploads/ada/01/original"
    for name, content in (("quay", b"another picture"), ("mole", b"b picture")):
        files.put(copied, content, "image/png")
        job = finished(operator, operator.post(f"{PATH}/import", {**body, "organizationId": name}))
        assert (job["state"], job["error"]["code"]) == ("failed", "VALIDATION_ERROR"), content
    files.put(copied, b"a picture", "image/png")
    files.put(f"{capsule.folder}{part}", gzip.compress(b"{}"), "application/octet-stream")
    job = finished(operator, operator.post(f"{PATH}/import", body))
    assert (job["state"], job["error"]["code"]) == ("failed", "VALIDATION_ERROR")
    copy = Client(operator.cloud, "harbour-copy")
    assert copy.get("/api/organization").error.code == "ORGANIZATION_SUSPENDED"
    assert filled.tenant == "harbour"


def test_a_capsule_of_another_deployment_needs_its_key_named(operator: Client, filled: Client) -> None:
    capsule = packed(operator, "harbour")
    here = str(settings().audit_key)
    body = {"organizationId": "harbour-copy", "source": "harbour", "capsuleId": capsule.capsule_id}
    signer = signing.thumbprint(signing.own_key())
    other = clients.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(signing, "settings", lambda: settings().model_copy(update={"audit_key": other}))
        assert settings().audit_key == here
        assert operator.post(f"{PATH}/import", body).error.fields == {"CAPSULE_REFUSED"}
        job = finished(operator, operator.post(f"{PATH}/import", {**body, "signer": signer}))
        assert job["state"] == "done", job
    assert filled.tenant == "harbour"


def test_a_page_that_comes_twice_changes_nothing(operator: Client, filled: Client) -> None:
    capsule = packed(operator, "harbour")
    assert deliver(operator.cloud, "main", rounds=12, only="organizations") == 0
    with context.working(context.RequestContext("main")):
        assert Capsule.require(capsule_id=str(capsule.capsule_id)).digest == capsule.digest
    assert filled.tenant == "harbour"


def test_a_suspended_organisation_is_deleted_with_a_receipt(operator: Client, filled: Client, clock: Clock) -> None:
    student = filled.as_("student")
    assert make(operator, "quay").status == 201
    others = operator.cloud.items("quay")
    reason = {"reason": "the school closed"}
    deleted = operator.send("DELETE", f"{PATH}/harbour", None, reason)
    assert deleted.error.fields == {"ORGANIZATION_STATE"}
    assert operator.post(f"{PATH}/harbour/suspend", reason).status == 200
    assert operator.get(f"{PATH}/harbour/receipt").status == 404
    job = finished(operator, operator.send("DELETE", f"{PATH}/harbour", None, reason))
    assert (job["state"], job["result"]) == ("done", f"{PATH}/harbour/receipt")
    receipt = operator.get(f"{PATH}/harbour/receipt").data
    assert receipt["items"] > 3 and receipt["files"] >= 1
    assert signing.read(receipt["statement"], "organization-receipt")["reason"] == "the school closed"
    assert [item["kind"]["S"] for item in operator.cloud.items("harbour")] == ["organization"]
    assert files.page("uploads/harbour/", None)[0] == []
    assert len(operator.cloud.items("quay")) == len(others)
    clock.advance(seconds=11)
    assert student.get("/api/auth/me").error.code == "ORGANIZATION_SUSPENDED", "tokens that are about find it closed"
    assert filled.get("/api/organization").status == 404
    assert make(operator).error.code == "TENANT_EXISTS", "the name is not given again"


def test_only_operators_move_organisations(harbour: Client) -> None:
    head = harbour.as_("super_admin")
    body = {"organizationId": "harbour-copy", "source": "harbour", "capsuleId": "0" * 26}
    assert head.post(f"{PATH}/import", body).status == 404
    assert head.send("DELETE", f"{PATH}/harbour", None, {"reason": "enough of it"}).status == 404
    assert head.post(f"{PATH}/harbour/export", {}).status == 202, "their own they may take with them"


_TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
_VALUES: Any = st.one_of(
    _TEXTS.map(lambda text: {"S": text}),
    st.integers().map(lambda number: {"N": str(number)}),
    st.binary(max_size=9).map(lambda some: {"B": some}),
    st.booleans().map(lambda flag: {"BOOL": flag}),
)


@given(
    st.dictionaries(
        st.sampled_from(["note", "title", "data"]), st.one_of(_VALUES, st.lists(_VALUES).map(lambda some: {"L": some}))
    )
)
def test_an_item_is_the_same_after_it_was_packed(values: dict[str, Any]) -> None:
    item = {"PK": {"S": "harbour|USER#ada"}, "SK": {"S": "PROFILE"}, "kind": {"S": "user"}, **values}
    line = contents.pack(item, "harbour")
    assert contents.unpack(line, "harbour") == {**item, "tenant": {"S": "harbour"}}
    assert contents.pack(contents.unpack(line, "quay"), "quay") == line


def test_files_are_named_anew_and_other_words_are_not() -> None:
    told = 'see "derived/harbour/1.webp", uploads/harbour/ada/x, my-uploads/harbour/x and harbour'
    item = {"PK": {"S": "harbour|USER#ada"}, "SK": {"S": "harbour"}, "kind": {"S": "user"}, "note": {"S": told}}
    moved = contents.unpack(contents.pack(item, "harbour"), "quay")["note"]["S"]
    assert moved == 'see "derived/quay/1.webp", uploads/quay/ada/x, my-uploads/harbour/x and harbour'


@pytest.mark.parametrize(
    "line",
    [
        "", "[]", "{}", '{"kind": {"S": "user"}}', '{"kind": {"S": "credential"}, "PK": {"S": "CREDENTIAL#ada"}}',
        '{"kind": {"S": "user"}, "PK": {"S": "CREDENTIAL#ada"}}', '{"kind": {"S": "user"}, "PK": {"S": "main|USER#a"}}',
        '{"kind": {"S": "unheard_of"}, "PK": {"S": "USER#ada"}}',
    ],
)  # fmt: skip
def test_a_line_that_is_nothing_to_write_is_refused(line: str) -> None:
    with pytest.raises(contents.Unfit):
        contents.unpack(line, "harbour")


@given(st.lists(_TEXTS, max_size=6), st.randoms())
def test_a_digest_does_not_depend_on_the_order(lines: list[str], shuffled: Any) -> None:
    other = list(lines)
    shuffled.shuffle(other)
    assert contents.add_up("0" * 64, lines) == contents.add_up("0" * 64, other)
    assert contents.add_up("0" * 64, [*lines, "more"]) != contents.add_up("0" * 64, lines)
