"""Flags, roles and settings: changed while the product runs, in force within a minute, audited."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock as time
from lyceum.kit import context
from lyceum.kit.configuration import flags, known, limits
from lyceum.kit.configuration.flags import Subject, evaluate, place
from lyceum.kit.configuration.records import FeatureFlag
from lyceum.kit.table import find
from lyceum.kit.table.connection import StorageConnection
from lyceum.model.audit import AuditEvent
from tests.support.clock import Clock
from tests.support.http import Client
from tests.support.workers import deliver

FLAGS = "/api/admin/feature-flags"
SETTINGS = "/api/admin/settings"


def audits(subject: str) -> list[AuditEvent]:
    return find(AuditEvent, subject_id=subject).items


def flag(**rules: Any) -> FeatureFlag:
    wanted: dict[str, Any] = {"flag": "editor", "is_enabled": True, "percentage": 100} | rules
    return FeatureFlag(**wanted)


def subject(user_id: str = "ada", role: str = "student", tenant: str = "harbour") -> Subject:
    return Subject(user_id, role, tenant)


def test_a_percentage_that_rises_keeps_those_who_were_in_and_is_about_true() -> None:
    users = [f"user-{number}" for number in range(3000)]
    now = time.now()
    shares = {}
    before: set[str] = set()
    for percentage in (0, 10, 35, 100):
        on = {user for user in users if evaluate(flag(percentage=percentage), subject(user), now) == "on"}
        assert before <= on
        before, shares[percentage] = on, len(on) / len(users)
    assert (shares[0], shares[100]) == (0, 1)
    assert abs(shares[10] - 0.1) < 0.02
    assert abs(shares[35] - 0.35) < 0.03


def test_two_flags_part_people_differently_and_one_the_same_way_for_ever() -> None:
    users = [f"user-{number}" for number in range(2000)]
    both = sum(place("one", user) < 5000 and place("two", user) < 5000 for user in users)
    assert abs(both / len(users) - 0.25) < 0.04
    assert [place("editor", "ada"), place("editor", "bob")] == [place("editor", "ada"), place("editor", "bob")]


@pytest.mark.parametrize(
    ("rules", "who", "variant"),
    [
        ({"is_enabled": False, "users": ["ada"]}, {}, "off"),
        ({"percentage": 0, "users": ["ada"]}, {}, "on"),
        ({"roles": ["instructor"]}, {}, "off"),
        ({"roles": ["instructor"]}, {"role": "instructor"}, "on"),
        ({"tenants": ["harbour"]}, {}, "on"),
        ({"tenants": ["hill"]}, {}, "off"),
        ({"variants": [{"name": "blue", "weight": 1}, {"name": "red", "weight": 0}]}, {}, "blue"),
    ],
)
def test_rules_are_taken_in_their_order(rules: dict[str, Any], who: dict[str, str], variant: str) -> None:
    assert evaluate(flag(**rules), subject(**who), time.now()) == variant


def test_a_flag_is_on_between_its_dates_alone(clock: Clock) -> None:
    now = clock.at
    running = flag(starts_at=now, ends_at=now + timedelta(hours=1))
    moments = [now - timedelta(seconds=1), now, now + timedelta(minutes=59), now + timedelta(hours=1)]
    assert [evaluate(running, subject(), moment) for moment in moments] == ["off", "on", "on", "off"]


def test_weights_part_those_for_whom_a_flag_is_on() -> None:
    parted = flag(variants=[{"name": "a", "weight": 3}, {"name": "b", "weight": 1}])
    answers = [evaluate(parted, subject(f"user-{number}"), time.now()) for number in range(2000)]
    assert abs(answers.count("a") / 2000 - 0.75) < 0.04
    assert set(answers) == {"a", "b"}


def test_a_flag_that_an_admin_sets_is_in_force_for_those_it_names(client: Client, clock: Clock) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    wanted = {"isEnabled": True, "roles": ["student"], "description": "The new editor."}
    made = admin.put(f"{FLAGS}/new-editor", wanted)
    assert (made.status, made.data["scope"], made.data["version"]) == (200, "tenant", 1)
    known.forget()
    assert student.get("/api/auth/me").data["flags"] == {"new-editor": "on"}
    assert admin.get("/api/auth/me").data["flags"] == {"new-editor": "off"}
    assert [row["flag"] for row in admin.get(FLAGS, {"query": "edit", "isEnabled": "true"}).data] == ["new-editor"]
    admin.put(f"{FLAGS}/new-editor", {"isEnabled": False})
    known.forget()
    assert student.get("/api/auth/me").data["flags"] == {"new-editor": "off"}
    assert [event.action for event in audits("new-editor")] == ["flag.set", "flag.set"]


def test_a_change_reaches_a_warm_process_within_a_minute_and_costs_it_no_request(client: Client, clock: Clock) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    admin.put(f"{FLAGS}/new-editor", {"isEnabled": True})
    student.get("/api/auth/me")
    cost = student.get("/api/auth/me").cost.requests
    assert cost == student.get("/api/auth/me").cost.requests
    kept = known._known[client.tenant]
    admin.put(f"{FLAGS}/new-editor", {"isEnabled": False})
    known._known[client.tenant] = kept  # another process, which knows what it read before
    assert student.get("/api/auth/me").data["flags"]["new-editor"] == "on"
    clock.advance(seconds=11)
    assert student.get("/api/auth/me").data["flags"]["new-editor"] == "off"


def test_flags_of_the_deployment_hold_where_a_tenant_has_none_of_its_own(
    client: Client, operator: Client, clock: Clock
) -> None:
    assert operator.put(f"{FLAGS}/beta", {"isEnabled": True, "tenants": [client.tenant]}).status == 200
    known.forget()
    assert client.as_("student").get("/api/auth/me").data["flags"]["beta"] == "on"
    abroad = client.of(f"{client.tenant}-abroad")
    assert abroad.as_("student").get("/api/auth/me").data["flags"]["beta"] == "off"
    admin = client.as_("admin")
    assert [(row["flag"], row["scope"]) for row in admin.get(FLAGS).data] == [("beta", "deployment")]
    assert admin.put(f"{FLAGS}/beta", {"isEnabled": True, "tenants": ["other"]}).error.fields == {"OTHER_TENANTS"}
    assert admin.put(f"{FLAGS}/beta", {"isEnabled": False}).status == 200
    known.forget()
    assert client.as_("student").get("/api/auth/me").data["flags"]["beta"] == "off"


def test_a_flag_that_makes_no_sense_is_refused_at_its_field(client: Client) -> None:
    admin = client.as_("admin")
    for body in (
        {"isEnabled": True, "percentage": 101},
        {"isEnabled": True, "percentage": "1.234"},
        {"isEnabled": True, "roles": ["pupil"]},
        {"isEnabled": True, "startsAt": "2027-02-01T00:00:00Z", "endsAt": "2027-01-01T00:00:00Z"},
        {"isEnabled": True, "variants": [{"name": "a"}, {"name": "a"}]},
        {"isEnabled": True, "variants": [{"name": "a", "weight": 0}]},
        {"percentage": 10},
    ):
        assert admin.put(f"{FLAGS}/beta", body).status == 400, body
    assert admin.put(f"{FLAGS}/Not A Name", {"isEnabled": True}).status == 400
    assert admin.get(f"{FLAGS}/nothing/usage").status == 404


def test_a_flag_is_set_on_the_version_that_was_read(client: Client) -> None:
    admin = client.as_("admin")
    seen = admin.put(f"{FLAGS}/beta", {"isEnabled": True}).headers["ETag"]
    assert admin.put(f"{FLAGS}/beta", {"isEnabled": False}, If_Match=seen).status == 200
    assert admin.put(f"{FLAGS}/beta", {"isEnabled": True}, If_Match=seen).status == 412
    assert admin.put(f"{FLAGS}/beta", {"isEnabled": True, "version": 1}).status == 412
    assert admin.put(f"{FLAGS}/beta", {"isEnabled": True, "version": 2}).status == 200


def test_evaluations_are_counted_by_variant(client: Client, observed: Clock) -> None:
    admin, student = client.as_("admin"), client.as_("student")
    admin.put(f"{FLAGS}/beta", {"isEnabled": True, "roles": ["student"]})
    for _ in range(3):
        student.get("/api/auth/me")
    admin.get("/api/auth/me")
    observed.advance(seconds=11)
    admin.get("/api/auth/me")
    assert deliver(client.cloud, context.MAIN_TENANT, only="admin") == 0
    used = admin.get(f"{FLAGS}/beta/usage").data
    assert used["total"] == {"on": 3, "off": 2}
    assert used["days"][0]["day"] == observed.at.date().isoformat()


def test_a_role_loses_and_gains_permissions_in_its_tenant_alone(client: Client, clock: Clock) -> None:
    owner, instructor = client.as_("super_admin"), client.as_("instructor")
    shown = {row["role"]: row for row in owner.get("/api/admin/roles").data}
    assert shown["admin"]["mayBeChanged"]
    assert not shown["super_admin"]["mayBeChanged"]
    fewer = [name for name in shown["instructor"]["permissions"] if name != "questions:write"]
    changed = owner.put("/api/admin/roles/instructor", {"permissions": fewer, "reason": "Exams are set centrally."})
    assert changed.data["isChanged"]
    assert instructor.post("/api/questions", {}).status == 403
    assert "questions:write" not in instructor.get("/api/auth/me").data["permissions"]
    abroad = client.of(f"{client.tenant}-abroad")
    assert abroad.as_("instructor").post("/api/questions", {}).status == 400
    more = [*shown["instructor"]["permissions"], "operations:see"]
    owner.put("/api/admin/roles/instructor", {"permissions": more})
    assert instructor.get("/api/admin/health/uptime").status == 200
    assert owner.put("/api/admin/roles/instructor", {}).data["isChanged"] is False
    assert instructor.get("/api/admin/health/uptime").status == 403
    assert [event.action for event in audits("instructor")] == ["role.change"] * 3


def test_nobody_gives_what_they_do_not_have_or_changes_who_is_above(client: Client) -> None:
    owner, admin = client.as_("super_admin"), client.as_("admin")
    assert admin.put("/api/admin/roles/student", {"permissions": []}).status == 403
    assert owner.put("/api/admin/roles/super_admin", {"permissions": []}).status == 403
    assert owner.put("/api/admin/roles/pupil", {"permissions": []}).status == 404
    assert owner.put("/api/admin/roles/admin", {"permissions": ["flying:high"]}).status == 400
    refused = owner.put("/api/admin/roles/admin", {"permissions": ["tenant:manage"]})
    assert refused.error.fields == {"OWNERS_ALONE"}


def test_roles_that_can_not_be_read_close_the_door_after_a_minute(
    client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = client.as_("student")
    assert student.get("/api/auth/me").status == 200
    original = StorageConnection._make_api_call

    def refuse(self: StorageConnection, operation: str, arguments: dict[str, Any]) -> Any:
        if "CONFIG#" in str(arguments):
            raise OSError("out of reach")
        return original(self, operation, arguments)

    monkeypatch.setattr(StorageConnection, "_make_api_call", refuse)
    clock.advance(seconds=30)
    assert student.get("/api/auth/me").status == 200
    clock.advance(seconds=40)
    assert student.get("/api/auth/me").status == 503


def test_a_setting_changes_what_a_rule_allows_without_a_deployment(client: Client, clock: Clock) -> None:
    owner = client.as_("super_admin")
    with context.working(context.RequestContext(client.tenant)):
        assert limits.value("free_exams_daily") == 20
    changed = owner.put(SETTINGS, {"values": {"freeExamsDaily": 3}, "reason": "Exam week."}).data
    row = next(row for row in changed["settings"] if row["name"] == "free_exams_daily")
    assert (row["value"], row["own"], row["shipped"]) == (3, 3, 20)
    with context.working(context.RequestContext(client.tenant)):
        assert limits.value("free_exams_daily") == 3
    owner.put(SETTINGS, {"values": {"freeExamsDaily": None}})
    row = next(row for row in owner.get(SETTINGS).data["settings"] if row["name"] == "free_exams_daily")
    assert (row["value"], row.get("own")) == (20, None)
    assert audits("settings")[0].before == {"free_exams_daily": None}


def test_a_tenant_stays_below_the_operators_ceiling(client: Client, operator: Client, clock: Clock) -> None:
    owner = client.as_("super_admin")
    assert operator.put(SETTINGS, {"values": {"uploadsGib": 100}}).status == 200
    refused = owner.put(SETTINGS, {"values": {"uploadsGib": 101}})
    assert (refused.status, refused.error.fields) == (400, {"values.uploadsGib"})
    assert owner.put(SETTINGS, {"values": {"uploadsGib": 60}}).status == 200
    operator.put(SETTINGS, {"values": {"uploadsGib": 50}})
    row = next(row for row in owner.get(SETTINGS).data["settings"] if row["name"] == "uploads_gib")
    assert (row["value"], row["own"], row["ceiling"]) == (50, 60, 50)
    with context.working(context.RequestContext(client.tenant)):
        assert limits.value("uploads_gib") == 50


def test_settings_are_refused_out_of_bounds_unknown_or_by_the_wrong_hand(client: Client) -> None:
    owner = client.as_("super_admin")
    assert owner.put(SETTINGS, {"values": {"freeExamsDaily": -1}}).error.fields == {"values.freeExamsDaily"}
    assert owner.put(SETTINGS, {"values": {"unheardOf": 1}}).status == 400
    assert client.as_("admin").put(SETTINGS, {"values": {"freeExamsDaily": 5}}).status == 403
    assert client.as_("admin").get(SETTINGS).status == 200


def test_a_flag_asked_in_code_is_off_until_there_is_one(client: Client, clock: Clock) -> None:
    student = client.as_("student")
    assert student.principal is not None
    assert not flags.is_on("beta", student.principal)
    client.as_("admin").put(f"{FLAGS}/beta", {"isEnabled": True})
    assert flags.is_on("beta", student.principal)
