"""Writes every mail in every language to a folder, to be looked at: `python -m tools.mail_gallery FOLDER [CHROMIUM]`.

With a browser's path it also takes a picture of each, 320 and 600 pixels wide, light and dark.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

from lyceum.kit.values.money import Money
from lyceum.messages import appearance, catalogue, formats
from lyceum.messages.catalogue import LANGUAGES, CodePurpose, Wording
from lyceum.messages.formats import Percent, Value
from lyceum.messages.mails import Fact, code_mail, digest_mail, guardian_mail, invitation_mail, notification_mail

from functions.notifications.kinds import KINDS

WIDTHS = (320, 600)
_ZONE = "Africa/Lagos"
_MOMENT = datetime(2027, 1, 11, 22, 59, tzinfo=UTC)
_LEAVE = "https://api.example.com/api/notifications/unsubscribe?token=sample"
_INVITATION = "01MC1ZKKM0SKPTWDKF4A3JG961.x8f0Zt4m9QkY2bVw7LrNsHd3PcJgEaUi5oTyXq1"
_GUARDIAN = "01MC1ZKKM0SKPTWDKF4A3JG961.01MC1ZKKM0Q2V7X4F9N3H8B5TD.x8f0Zt4m9QkY2bVw7LrNsHd3PcJgEaUi5oTyXq1"
_OPEN = "https://school.example.com/page"
VALUES: dict[str, Value] = {
    "exam": "Midterm: Cell biology and genetics",
    "topic": "Cell biology",
    "course": "BIO 101 Introduction to biology",
    "where": "BIO 101 Introduction to biology",
    "file": "lecture-03-membranes.pdf",
    "fileName": "questions-2027.xlsx",
    "title": "Essay on the mitochondrion",
    "score": Decimal("0.00"),
    "maxScore": Decimal(4),
    "percent": Percent(Decimal("0.00")),
    "deadline": _MOMENT,
    "due": _MOMENT,
    "endsOn": _MOMENT,
    "at": _MOMENT,
    "days": "30",
    "reason": "Two of the answers are right: please keep one of them.",
    "questionsWritten": 1200,
    "rowsWrong": 3,
    "finished": 0,
    "dailyGoal": 4,
    "count": 12,
    "points": Decimal("17.50"),
    "maxPoints": Decimal("20.00"),
    "mentorName": "Adaeze Okafor",
    "senderName": "Adaeze Okafor",
    "inviterName": "Adaeze Okafor",
    "groupName": "Night owls",
    "subject": "Biology",
    "with": "Adaeze Okafor",
    "starts": _MOMENT,
    "amount": Money(amount=199_950, currency="NGN"),
    "what": "Lyceum Plus, one year",
    "label": "My phone",
    "plan": "Plus",
    "daysLeft": 7,
    "currency": "NGN",
    "hint": "4f2a",
    "body": "On Friday our tutors answer your questions. Come along.",
}
"""A value for everything that words ask for."""


def wording(kind: str, language: str) -> Wording:
    """Return what a notification of a kind says about the sample values."""
    values = {name: formats.written(value, _ZONE, language) for name, value in VALUES.items()}
    if kind == "security.two_factor":
        values["what"] = catalogue.words(language, "two_factor.enabled")
    if kind == "security.way_in":
        values["what"] = catalogue.words(language, "way_in.passkey_added")
    if kind == "tutoring.changed":
        values["what"] = catalogue.words(language, "tutoring.change.moved")
    values["thing"] = catalogue.words(language, "reported.message")
    values["earned"] = catalogue.words(language, "badge.one")
    if kind == "moderation.decided":
        values["outcome"] = catalogue.words(language, "moderation.remove")
    return catalogue.notification(kind, language, values)


def every_mail() -> list[tuple[str, str, dict[str, Any]]]:
    """Return the name, the language and the mail of everything that is mailed, or could be.

    They look as those of a tenant that chose nothing, and no storage is asked for it.
    """
    with patch.object(appearance, "_chosen", tuple):
        return list(_rendered())


def _rendered() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for language in LANGUAGES:
        facts = [
            Fact("fact.course", str(VALUES["course"])),
            Fact("fact.teacher", "Adaeze Okafor"),
            Fact("fact.due", formats.moment(_MOMENT, _ZONE, language)),
        ]
        for kind in KINDS.values():
            told = wording(kind.type, language)
            leave_url = None if kind.is_mandatory else _LEAVE
            known = facts if kind.type.startswith("assignment.") else []
            mail = notification_mail(language, kind.type, told, name="Zoé", facts=known, url=_OPEN, leave_url=leave_url)
            yield kind.type, language, mail
        for purpose in get_args(CodePurpose):
            yield f"code.{purpose}", language, code_mail(language, purpose, name="Zoé", code="123456", minutes=10)
        wordings = [wording(kind, language) for kind in KINDS]
        yield "digest", language, digest_mail(language, wordings, name="Zoé", url=_OPEN, leave_url=_LEAVE)
        yield "guardian", language, guardian_mail(language, token=_GUARDIAN, ends_at=_MOMENT)
        yield "invitation", language, invitation_mail(language, role="mentor", token=_INVITATION, ends_at=_MOMENT)


def write(folder: Path) -> list[Path]:
    """Write the HTML and the text of every mail, and return the paths of the HTML."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for name, language, mail in every_mail():
        page = folder / f"{name}.{language}.html"
        page.write_text(mail["Body"]["Html"]["Data"])
        page.with_suffix(".txt").write_text(f"{mail['Subject']['Data']}\n\n{mail['Body']['Text']['Data']}\n")
        pages.append(page)
    return pages


def picture(page: Path, browser: str, width: int, *, is_dark: bool) -> Path:
    """Take a picture of a page inside a frame of a width, since a browser's own window has a least one."""
    target = page.with_suffix(f".{width}{'.dark' if is_dark else ''}.png")
    frame = f'<body style="margin:0"><iframe src="{page.name}" style="border:0" width="{width}" height="900"></iframe>'
    holder = page.with_suffix(f".{width}.frame.html")
    holder.write_text(f'<!doctype html><meta charset="utf-8">{frame}</body>')
    profile = tempfile.mkdtemp()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-quic"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    flags += [f"--user-data-dir={profile}", f"--window-size={width},900", f"--screenshot={target.resolve()}"]
    flags += ["--blink-settings=preferredColorScheme=0"] if is_dark else []
    command = [browser, *flags, holder.resolve().as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 - a browser that the caller names
    holder.unlink()
    shutil.rmtree(profile, ignore_errors=True)
    return target


def main(folder: Path, browser: str | None) -> None:
    """Write the mails and, with a browser, their pictures."""
    pages = write(folder)
    print(f"· {len(pages)} mails in {folder}")
    for page in pages if browser else []:
        for width in WIDTHS:
            for is_dark in (False, True):
                picture(page, browser or "", width, is_dark=is_dark)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
