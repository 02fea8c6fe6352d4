"""Printing vouchers: a long job that makes them and leaves a table of their PINs, or cards to be cut out."""

import json
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.aws import clients
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.long_jobs.worker import Progress
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.kit.values import spreadsheet
from lyceum.kit.values.spreadsheet import CSV
from lyceum.messages import appearance, formats
from lyceum.messages.catalogue import language_of, words
from lyceum.model.courses.course import Course
from lyceum.model.entitlements import PLAN
from lyceum.model.payments.plans import Plan
from lyceum.model.payments.vouchers import VoucherBatch
from lyceum.rules import audits
from lyceum.rules.courses import course_access
from lyceum.tasks import payments as tasks
from lyceum.tasks.documents import RenderDocument

from functions.payments.offers.plans import for_sale
from functions.payments.settlement import seats
from functions.payments.vouchers.schemas import PrintVouchers


def start(caller: Principal, wanted: PrintVouchers) -> LongJob:
    """Begin to print a batch; raises NotFound, and RuleViolation ALREADY_EXPIRED."""
    if wanted.expires_at and wanted.expires_at <= clock.now():
        raise rule_violation("ALREADY_EXPIRED", "They would be good for nothing.", field="expiresAt")
    batch = VoucherBatch(
        batch_id=ids.new_id(),
        owner_id=caller.user_id,
        size=wanted.count,
        label=wanted.label,
        price=wanted.price or 0,
        currency=wanted.currency,
        tax_percent=None if wanted.tax_percent is None else format(wanted.tax_percent.normalize(), "f"),
        expires_at=wanted.expires_at,
        **_what(caller, wanted),
    )
    unit = Unit().create(batch)
    is_set = wanted.format == "pdf"
    task = tasks.PrintVouchers(
        owner_id=caller.user_id, batch_id=batch.batch_id, form=wanted.format, language=language_of(wanted.language)
    )
    job = control.start(unit, task, total=wanted.count + is_set)
    after = {"product": batch.product, "count": wanted.count}
    audits.note(unit, caller.user_id, None, "vouchers.print", batch.batch_id, after=after)
    unit.commit()
    return job


def _what(caller: Principal, wanted: PrintVouchers) -> dict[str, Any]:
    if wanted.plan_id:
        plan = for_sale(Plan.fetch(plan_id=wanted.plan_id))
        return {
            "product": f"{PLAN}{plan.product}", "title": plan.title, "tier": plan.tier, "interval": plan.interval
        }  # fmt: skip
    course = course_access.visible(caller, Course.fetch(course_id=wanted.course_id))
    return {"product": f"COURSE#{course.course_id}", "title": f"{course.code} {course.title}".strip()}


def print_page(task: tasks.PrintVouchers, unit: Unit) -> Progress:
    """Make the next vouchers of a batch; the last page writes the table down."""
    batch = VoucherBatch.fetch(batch_id=task.batch_id, consistent=True)
    if batch is None:
        raise NotFound("There is no such batch of vouchers.")
    after = int(task.after or 0)
    last = seats.make(unit, batch, after)
    if last < int(batch.size):
        return Progress(done=last - after, after=last)
    folder = f"derived/exports/{task.tenant}/{task.owner_id}/{task.job_id}"
    if task.form == "csv":
        key = f"{folder}/vouchers-{batch.batch_id}.csv"
        _put(key, table_of(batch).encode("utf-8-sig"), CSV)
        return Progress(done=last - after, result=key)
    key = f"{folder}/data.json"
    _put(key, json.dumps(cards_of(batch, task.language), ensure_ascii=False).encode(), "application/json")
    name = f"vouchers-{batch.batch_id}.pdf"
    cards = RenderDocument(owner_id=task.owner_id, template="vouchers", data_key=key, file_name=name)
    return Progress(done=last - after, then=cards)


def _put(key: str, content: bytes, kind: str) -> None:
    form: dict[str, Any] = {"ContentType": kind, "ContentDisposition": "attachment"}
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=content, **form)


def table_of(batch: VoucherBatch) -> str:
    """Write the PINs of a batch as a table: number, PIN, what it is for, until when."""
    until = f"{batch.expires_at:%Y-%m-%d}" if batch.expires_at else ""
    numbers = range(1, int(batch.size) + 1)
    what = [str(batch.title), str(batch.label or ""), until]
    rows = [[str(number), seats.pin(batch.batch_id, number), *what] for number in numbers]
    return spreadsheet.write_csv([["number", "pin", "what", "label", "expires"], *rows])


def cards_of(batch: VoucherBatch, language: str) -> dict[str, Any]:
    """Return the data of the template `vouchers`: a card for each PIN."""
    look = appearance.current()
    until = formats.day(batch.expires_at.date(), language) if batch.expires_at else None
    note = words(language, "voucher.until", {"day": until}) if until else words(language, "voucher.redeem")
    label = f"{batch.title} · {batch.label}" if batch.label else str(batch.title)
    return {
        "title": label,
        "seller": look.name,
        "language": language,
        "color": look.colour,
        "what": label,
        "note": note,
        "asOf": clock.iso(batch.created_at),
        "cards": [
            {"number": str(number), "pin": seats.pin(batch.batch_id, number)}
            for number in range(1, int(batch.size) + 1)
        ],
    }
