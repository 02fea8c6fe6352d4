"""Mails as their readers get them: text and HTML, escaped, with the way to leave."""

from datetime import UTC, datetime
from typing import Any

from lyceum.messages.catalogue import Wording
from lyceum.messages.mails import code_mail, digest_mail, invitation_mail, notification_mail

LEAVE = "https://api.lyceum.test/leave?token=a&b"
RESULT = Wording("Your exam is marked: 75 %", "You reached 7.50 of 10 marks.")


def parts(mail: dict[str, Any]) -> tuple[str, str, str]:
    """Return the subject, the text and the HTML of a mail."""
    return mail["Subject"]["Data"], mail["Body"]["Text"]["Data"], mail["Body"]["Html"]["Data"]


def test_a_code_is_told_with_what_it_is_for_and_how_long_it_is_good() -> None:
    subject, text, page = parts(code_mail("fr", "reset", name="Zoé", code="123456", minutes=10))
    assert subject == "Votre code pour un nouveau mot de passe"
    assert text == (
        "Bonjour Zoé,\n\nVotre code est 123456. Il permet de choisir un nouveau mot de passe.\n\n"
        "Il est valable 10 minutes. Si vous ne l'avez pas demandé, ignorez-le ; ne le donnez à personne."
    )
    assert page.startswith('<!doctype html><html lang="fr">') and "<p>Bonjour Zoé,</p>" in page


def test_an_invitation_names_role_token_and_end() -> None:
    ends_at = datetime(2027, 1, 18, 9, 0, tzinfo=UTC)
    subject, text, _ = parts(invitation_mail("pt", role="department_admin", token="TOKEN", ends_at=ends_at))
    assert subject == "You are invited to Lyceum"
    assert text == (
        "You are invited as department admin.\n\nRegister with this invitation:\n\nTOKEN\n\n"
        "It is good once, until 2027-01-18 09:00 (UTC)."
    )


def test_a_notification_has_its_references_and_the_link_and_headers_to_leave_by() -> None:
    mail = notification_mail("en", RESULT, name="Ada", references=["EXAM1"], leave_url=LEAVE)
    subject, text, page = parts(mail)
    assert subject == RESULT.title
    assert text == (f"Hello Ada,\n\n{RESULT.body}\n\nReference: EXAM1\n\n--\nDo not send me mails like this: {LEAVE}")
    assert 'href="https://api.lyceum.test/leave?token=a&amp;b"' in page
    assert {header["Name"]: header["Value"] for header in mail["Headers"]} == {
        "List-Unsubscribe": f"<{LEAVE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_what_can_not_be_left_has_no_link() -> None:
    mail = notification_mail("en", RESULT, name="Ada", references=[], leave_url=None)
    assert "Headers" not in mail and "Do not send" not in str(mail)


def test_a_digest_lists_what_happened() -> None:
    subject, text, page = parts(digest_mail("en", [RESULT, Wording("B", "C")], name="Ada", leave_url=LEAVE))
    assert subject == "Your digest: 2 messages"
    assert f"- {RESULT.title}\n  {RESULT.body}\n\n- B\n  C\n" in text
    assert page.count("<li>") == 2


def test_what_people_wrote_is_escaped_in_html_and_plain_in_text() -> None:
    written = "<img src=x onerror=alert(1)>"
    for mail in (
        code_mail("en", "verify", name=written, code="123456", minutes=10),
        notification_mail("en", Wording(written, written), name=written, references=[written], leave_url=None),
        digest_mail("en", [Wording(written, written)], name=written, leave_url=LEAVE),
    ):
        _, text, page = parts(mail)
        assert written in text and "<img" not in page and "&lt;img" in page
