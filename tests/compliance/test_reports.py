"""Reports on data protection say what people asked for and got; certifications are recorded with their days."""

from typing import Any

from lyceum.kit import clock as time
from lyceum.model.audit import AuditEvent
from tests.compliance.conftest import Act
from tests.support.acting import within_rights
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

REPORTS, CERTIFICATIONS = "/api/admin/compliance/reports", "/api/admin/compliance/certifications"
ISO = {"name": "ISO/IEC 27001", "issuer": "A body", "issuedOn": "2026-05-01", "expiresOn": "2029-04-30"}


def report(client: Client, **query: Any) -> Any:
    with within_rights():
        return client.as_("admin").get(REPORTS, query or None).data


def test_requests_are_counted_and_timed(client: Client, clock: Clock) -> None:
    student, eve = client.as_("student"), client.as_("eve", "student")
    student.get(f"/api/users/{student.user_id}/data-export")
    clock.advance(hours=2)
    assert deliver(client.cloud, client.tenant) == 0
    admin = client.as_("admin")
    admin.post(f"/api/admin/users/{eve.user_id}/hold", {"reason": "A claim"})
    admin.delete(f"/api/users/{eve.user_id}/purge-data")
    clock.advance(days=31)
    export, erasure = report(client, since="2027-01-01", until="2027-02-28")["requests"]
    assert (export["what"], export["received"], export["answered"], export["meanHours"]) == ("export", 1, 1, 2.0)
    assert (erasure["received"], erasure["open"], erasure["overdue"], erasure.get("meanHours")) == (1, 1, 1, None)
    assert [each["received"] for each in report(client, since="2027-02-01")["requests"]] == [0, 0]


def test_what_staff_did_with_others_data_is_counted_by_act(client: Client, act: Act) -> None:
    act("user.suspend", "ada", "grace")
    act("user.suspend", "eve", "alan")
    act("user.edit", "grace", "grace")
    act("course.publish", "c", "grace")
    told = report(client)
    assert told["access"] == [{"action": "user.suspend", "count": 2, "actors": 2}] and told["isComplete"]
    assert len(told["retention"]) > 5 and told["subProcessors"]


def test_certifications_are_recorded_audited_and_told_with_whether_they_hold(client: Client, clock: Clock) -> None:
    admin = client.as_("admin")
    with within_rights():
        made = admin.post(CERTIFICATIONS, ISO)
    assert (made.status, made.data["isValid"]) == (201, True)
    admin.post(CERTIFICATIONS, {**ISO, "name": "Old", "issuedOn": "2020-01-01", "expiresOn": "2023-01-01"})
    assert {each["name"]: each["isValid"] for each in report(client)["certifications"]} == {
        "ISO/IEC 27001": True, "Old": False,
    }  # fmt: skip
    items = client.cloud.items(client.tenant)
    acts = [AuditEvent.from_raw_data(item).action for item in items if item["kind"]["S"] == "audit_event"]
    assert acts == ["certification.record"] * 2
    assert time.now().year == 2027


def test_what_makes_no_sense_is_refused(client: Client, clock: Clock) -> None:
    admin = client.as_("admin")
    assert admin.get(REPORTS, {"since": "2027-01-02", "until": "2027-01-01"}).status == 400
    assert admin.get(REPORTS, {"since": "2027-03-01"}).error.fields == {"ENDS_BEFORE_IT_BEGINS"}
    assert admin.post(CERTIFICATIONS, {**ISO, "expiresOn": "2020-01-01"}).status == 400
    assert admin.post(CERTIFICATIONS, {**ISO, "url": "http://example.com"}).status == 400
    moderator = client.as_("moderator")
    assert moderator.get(REPORTS).status == 403 and moderator.post(CERTIFICATIONS, ISO).status == 403
