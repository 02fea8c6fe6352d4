"""Tenants in their mails: name, colour, and where buttons lead."""

import json
from collections.abc import Callable, Iterator

import pytest

from lyceum.kit import context
from lyceum.kit.settings import settings
from lyceum.messages import appearance, catalogue
from lyceum.messages.appearance import LINKS, Appearance
from lyceum.messages.mails import code_mail, invitation_mail
from tests.messages.test_mails import parts

from functions.notifications.kinds import KINDS

SCHOOLS = {
    "*": {"colour": "#aa0000", "client": "https://app.test", "links": {"digest": "/inbox"}},
    "school": {"name": "École Zoé", "links": {"exam.result": "/results/{examId}", "badge.earned": ""}},
    "own": {"client": "https://own.test", "links": {"exam.result": "https://results.test/?exam={examId}"}},
}
Enter = Callable[[str], None]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Enter]:
    """Make another tenant the current one, under the sample settings."""
    known = settings().model_copy(update={"appearance": json.dumps(SCHOOLS)})
    monkeypatch.setattr(appearance, "settings", lambda: known)
    with context.working(context.RequestContext("main")):
        yield lambda tenant: monkeypatch.setattr(context, "tenant", lambda: tenant)


def test_a_tenant_takes_from_all_what_it_does_not_say_itself(enter: Enter) -> None:
    enter("school")
    looks = appearance.current()
    assert (looks.name, looks.colour, looks.client) == ("École Zoé", "#aa0000", "https://app.test")
    enter("another")
    assert appearance.current().name == "Lyceum"


def test_a_mail_has_the_tenants_name_and_colour_and_a_preheader(enter: Enter) -> None:
    enter("school")
    _, text, page = parts(code_mail("fr", "reset", name="Zoé", code="123456", minutes=10))
    assert text.endswith("Envoyé par École Zoé.")
    assert "#aa0000" in page and "École Zoé" in page
    assert 'display: none; max-height: 0; overflow: hidden; opacity: 0; mso-hide: all">Votre code est 123456.' in page


@pytest.mark.parametrize(
    ("tenant", "kind", "values", "leads_to"),
    [
        ("school", "exam.result", {"examId": "E 1/2"}, "https://app.test/results/E%201%2F2"),
        ("own", "exam.result", {"examId": "E"}, "https://results.test/?exam=E"),
        ("school", "digest", {}, "https://app.test/inbox"),
        ("school", "question.approved", {"questionId": "Q"}, "https://app.test/questions/Q"),
        ("school", "question.approved", {}, None),
        ("school", "badge.earned", {"badgeId": "B"}, None),
        ("school", "no.such", {}, None),
    ],
)
def test_a_button_leads_to_the_page_of_the_tenants_client(
    enter: Enter, tenant: str, kind: str, values: dict[str, str], leads_to: str | None
) -> None:
    enter(tenant)
    assert appearance.current().link(kind, values) == leads_to


def test_without_a_client_no_button_leads_there() -> None:
    assert Appearance().link("study.reminder", {}) is None
    assert (
        Appearance(links={"study.reminder": "javascript:alert(1)"}, client="https://a.test").link("study.reminder", {})
        is None
    )


def test_an_invitation_has_a_button_where_a_client_can_take_it(enter: Enter) -> None:
    from datetime import UTC, datetime

    enter("school")
    ends_at = datetime(2027, 1, 18, tzinfo=UTC)
    subject, text, _ = parts(invitation_mail("en", role="mentor", token="T.1", ends_at=ends_at))
    assert subject == "You are invited to École Zoé"
    assert "Register: https://app.test/register?invitation=T.1" in text


def test_every_kind_has_a_page() -> None:
    assert set(KINDS) <= set(LINKS)


@pytest.mark.parametrize(
    ("colour", "ink"), [("#000000", "#ffffff"), ("#ffffff", "#111827"), ("#ffe600", "#111827"), ("#1d4ed8", "#ffffff")]
)
def test_letters_stand_out_on_any_colour(colour: str, ink: str) -> None:
    assert Appearance(colour=colour).ink == ink


@pytest.mark.parametrize(
    "wrong",
    ['{"*": {"colour": "red"}}', '{"a": {"client": "app.test"}}', '{"a": {"logo": "x"}}', '{"a": {"name": ""}}', "{"],
)
def test_settings_that_make_no_sense_are_refused_before_they_are_deployed(wrong: str) -> None:
    with pytest.raises(ValueError):
        appearance.require_valid(wrong)


def test_a_code_in_a_text_names_its_tenant_only_where_the_code_stays_whole(enter: Enter) -> None:
    enter("school")
    assert catalogue.code_text("en", "reset", "123456").startswith("Lyceum: Your code is 123456.")
