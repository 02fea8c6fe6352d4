"""Mails as their readers get them: text and HTML, escaped, with the way to leave."""

from datetime import UTC, datetime
from typing import Any

from lyceum.messages.catalogue import Wording
from lyceum.messages.mails import Attachment, Fact, code_mail, digest_mail, invitation_mail, notification_mail

OPEN = "https://school.test/exams/EXAM1?a=1&b=2"
LEAVE = "https://api.lyceum.test/leave?token=a&b"
RESULT = Wording("Your exam is marked: 75%", "You reached 7.5 of 10 marks.")


def parts(mail: dict[str, Any]) -> tuple[str, str, str]:
    """Return the subject, the text and the HTML of a mail."""
    return mail["Subject"]["Data"], mail["Body"]["Text"]["Data"], mail["Body"]["Html"]["Data"]


def test_a_code_is_told_with_what_it_is_for_and_how_long_it_is_good() -> None:
    subject, text, page = parts(code_mail("fr", "reset", name="Zoé", code="123456", minutes=10))
    assert subject == "Votre code pour un nouveau mot de passe"
    assert text == (
        "Bonjour Zoé,\n\nVotre code est 123456. Il permet de choisir un nouveau mot de passe.\n\n"
        "Il est valable 10 minutes. Si vous ne l'avez pas demandé, ignorez-le ; ne le donnez à personne."
        "\n\n--\nEnvoyé par Lyceum."
    )
    assert (
        page.startswith('<!doctype html>\n<html lang="fr">') and ">Bonjour Zoé,</p>" in page and ">123456</p>" in page
    )


def test_an_invitation_names_role_token_and_end() -> None:
    ends_at = datetime(2027, 1, 18, 9, 0, tzinfo=UTC)
    subject, text, _ = parts(invitation_mail("pt", role="department_admin", token="TOKEN", ends_at=ends_at))
    assert subject == "You are invited to Lyceum"
    assert text == (
        "You are invited to Lyceum as department admin.\n\nRegister with this invitation:\n\nTOKEN\n\n"
        "It is good once, until January 18, 2027, 9:00\u202fAM (UTC).\n\n--\nSent by Lyceum."
    )


def test_a_notification_has_what_it_is_about_one_button_and_the_link_and_headers_to_leave_by() -> None:
    facts = [Fact("fact.course", "Anatomy"), Fact("fact.device", "")]
    mail = notification_mail("en", "exam.result", RESULT, name="Ada", facts=facts, url=OPEN, leave_url=LEAVE)
    subject, text, page = parts(mail)
    assert subject == RESULT.title
    assert text == (
        f"Hello Ada,\n\n{RESULT.body}\n\nCourse: Anatomy\n\nSee the result: {OPEN}\n\n--\nSent by Lyceum.\n"
        f"Do not send me mails like this: {LEAVE}"
    )
    assert page.count('href="https://school.test/exams/EXAM1?a=1&amp;b=2"') == 1
    assert 'href="https://api.lyceum.test/leave?token=a&amp;b"' in page
    assert {header["Name"]: header["Value"] for header in mail["Headers"]} == {
        "List-Unsubscribe": f"<{LEAVE}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_what_can_not_be_left_has_no_link() -> None:
    mail = notification_mail("en", "exam.result", RESULT, name="Ada", facts=[], url=OPEN, leave_url=None)
    assert "Headers" not in mail and "Do not send" not in str(mail)


def test_a_digest_lists_what_happened() -> None:
    mail = digest_mail("en", [RESULT, Wording("B", "C")], name="Ada", url=OPEN, leave_url=LEAVE)
    subject, text, page = parts(mail)
    assert subject == "Your digest: 2 messages"
    assert f"- {RESULT.title}\n  {RESULT.body}\n\n- B\n  C\n" in text
    assert f"<strong>{RESULT.title}</strong>" in page and "<strong>B</strong>" in page


def test_a_digest_of_one_is_named_after_it_and_one_of_many_leaves_none_out() -> None:
    assert parts(digest_mail("en", [RESULT], name="A", url=OPEN, leave_url=LEAVE))[0] == f"Your digest: {RESULT.title}"
    many = [Wording(f"Title {number:03d}.", "Body.") for number in range(120)]
    subject, text, page = parts(digest_mail("en", many, name="A", url=OPEN, leave_url=LEAVE))
    assert subject == "Your digest: 120 messages"
    assert all(each.title in text and each.title in page for each in many)


def test_files_go_with_a_mail_in_the_services_form() -> None:
    file = Attachment("due.ics", "text/calendar; charset=utf-8; method=PUBLISH", b"BEGIN:VCALENDAR")
    mail = notification_mail(
        "en", "exam.result", RESULT, name="A", facts=[], url=OPEN, leave_url=None, attachments=[file]
    )
    (attached,) = mail["Attachments"]
    assert (attached["FileName"], attached["RawContent"]) == ("due.ics", b"BEGIN:VCALENDAR")


def test_what_people_wrote_is_escaped_in_html_and_plain_in_text() -> None:
    written = "<img src=x onerror=alert(1)>"
    for mail in (
        code_mail("en", "verify", name=written, code="123456", minutes=10),
        notification_mail(
            "en",
            "exam.result",
            Wording(written, written),
            name=written,
            facts=[Fact("fact.course", written)],
            url=OPEN,
            leave_url=None,
        ),
        digest_mail("en", [Wording(written, written)], name=written, url=OPEN, leave_url=LEAVE),
    ):
        _, text, page = parts(mail)
        assert written in text and "<img" not in page and "&lt;img" in page
