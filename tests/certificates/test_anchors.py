"""Anchors and reminders: a day's root, each certificate's way up, runs that stop half-way, and who is told when."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import find_all
from lyceum.model.audit import AuditEvent
from lyceum.model.certificates import Certificate, CertificateAnchor
from tests.certificates.conftest import School
from tests.support.jobs import run, run_twice_at_once

from functions.certificates import jobs
from functions.certificates.checking import anchors, merkle

HASHES = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=40, unique=True)


@given(HASHES, st.data())
def test_every_leaf_leads_to_the_root_and_no_other_does(hashes: list[str], data: st.DataObject) -> None:
    tree = merkle.levels(hashes)
    index = data.draw(st.integers(0, len(hashes) - 1))
    steps, root = merkle.path(tree, index), merkle.root(tree)
    assert merkle.leads_to(hashes[index], steps, root)
    assert not merkle.leads_to(hashlib.sha256(bytes.fromhex(hashes[index])).hexdigest(), steps, root)
    assert len(steps) <= 6


def test_a_tree_is_that_of_the_standard() -> None:
    """Two leaves: SHA-256(1, SHA-256(0, a), SHA-256(0, b)), as RFC 9162 (2.1.1) has it; no leaves are no tree."""
    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(each * 32)).digest() for each in ("aa", "bb")]
    root = hashlib.sha256(b"\1" + leaves[0] + leaves[1]).hexdigest()
    assert merkle.root(merkle.levels(["aa" * 32, "bb" * 32])) == root
    with pytest.raises(ValueError, match="at least one leaf"):
        merkle.levels([])


def test_two_runs_at_once_anchor_a_day_once(school: School) -> None:
    name = school.certificate()["certificateId"]
    school.clock.advance(days=1)
    run_twice_at_once(jobs, "anchor")
    [act] = find_all(AuditEvent, subject_id="certificates-2027-01-11")
    assert school.verify(name)["anchor"]["root"] == act.after["root"]


def test_certificates_are_anchored_the_day_after(school: School) -> None:
    names = [school.certificate()["certificateId"] for _ in range(5)]
    run(jobs, "anchor")
    assert "anchor" not in school.verify(names[0])
    school.clock.advance(days=1)
    later = school.certificate()["certificateId"]
    for _ in range(2):
        run(jobs, "anchor")
    roots = set()
    for name in names:
        found = school.verify(name)
        assert found["checks"][-1] == {
            "name": "anchor",
            "holds": True,
            "message": "It was there by the end of 2027-01-11.",
        }
        proof = found["anchor"]
        assert merkle.leads_to(proof["documentHash"], proof["path"], proof["root"])
        roots.add((proof["root"], proof["auditId"], proof["count"]))
    assert len(roots) == 1
    assert "anchor" not in school.verify(later)
    [act] = find_all(AuditEvent, subject_id="certificates-2027-01-11")
    assert (act.after["root"], act.audit_id, act.after["count"]) in roots
    school.clock.advance(days=1)
    run(jobs, "anchor")
    assert school.verify(later)["anchor"]["day"] == "2027-01-12"


def test_a_run_that_stopped_goes_on_with_the_same_root(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [school.certificate()["certificateId"] for _ in range(4)]
    school.clock.advance(days=1)
    settle, done = anchors._settle, []

    def stops(certificate_id: str, proof: dict[str, Any]) -> None:
        if len(done) == 2:
            raise RuntimeError("the function was stopped")
        done.append(certificate_id)
        settle(certificate_id, proof)

    day = school.clock.at.replace(hour=0, minute=0, second=0, microsecond=0)
    monkeypatch.setattr(anchors, "_settle", stops)
    with pytest.raises(RuntimeError):
        anchors.anchor_day(day.replace(day=11))
    monkeypatch.setattr(anchors, "_settle", settle)
    anchors.anchor_day(day.replace(day=11))
    assert len({school.verify(name)["anchor"]["root"] for name in names}) == 1
    [anchor] = find_all(CertificateAnchor)
    body = clients.client("s3").get_object(Bucket=settings().bucket, Key=anchor.key)["Body"].read()
    assert sorted(name for _, name in json.loads(body)) == sorted(names)


def test_a_day_without_certificates_has_no_anchor(school: School) -> None:
    school.clock.advance(days=1)
    run(jobs, "anchor")
    assert list(find_all(CertificateAnchor)) == []


def test_holders_are_told_a_month_and_a_week_before_the_end(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.certificates.issuing.issuing.limits.value", lambda _name: 2)
    kept, revoked = school.certificate(), school.certificate()
    path = f"/api/certificates/{revoked['certificateId']}/revoke"
    assert school.teacher.post(path, {"reason": "a mistake"}).status == 200
    told: dict[str, list[str]] = {}
    for day in range(1, 61):
        school.clock.advance(days=1)
        for _ in range(2):
            run(jobs, "remind")
        school.work("notifications")
        seen = [
            each for each in school.student.get("/api/notifications").data if each["type"] == "certificate.expiring"
        ]
        if len(seen) > sum(map(len, told.values())):
            told[str(day)] = [seen[0]["title"]]
    assert told == {
        "30": ["Your certificate ends in 30 days: Algebra I"],
        "53": ["Your certificate ends in 7 days: Algebra I"],
    }
    assert Certificate.require(certificate_id=kept["certificateId"]).expires_at is not None
