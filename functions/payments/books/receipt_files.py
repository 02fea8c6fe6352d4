"""Receipts as PDF: the same receipt is the same file, whenever and however often it is asked for."""

from typing import Any

from lyceum.kit import clock
from lyceum.kit.identity import Principal
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.values.money import Money
from lyceum.messages import appearance, formats
from lyceum.messages.catalogue import language_of, words
from lyceum.rules import documents

from functions.payments.books import receipts
from functions.payments.orders.schemas import LineView, ReceiptView, WriteReceipt


def start(caller: Principal, payment_id: str, wanted: WriteReceipt) -> LongJob:
    """Have the receipt of one's own payment typeset; the job's outcome is the file.

    Raises NotFound, and Conflict RECEIPT_PENDING while it has no number yet.
    """
    receipt = receipts.show(caller, payment_id)
    data = document(receipt, language_of(wanted.language))
    return documents.typeset(caller.user_id, "receipt", data, f"receipt-{receipt.number}.pdf")


def document(receipt: ReceiptView, language: str) -> dict[str, Any]:
    """Return the data of the template `receipt`."""
    title = words(language, "receipt.title", {"number": receipt.number})
    return {
        "title": title,
        "seller": receipt.seller,
        "language": language,
        "color": appearance.current().colour,
        "footer": f"{receipt.seller} · {title}",
        "asOf": clock.iso(receipt.issued_at),
        "facts": _facts(receipt, language),
        "header": [words(language, f"receipt.column.{name}") for name in ("what", "amount")],
        "rows": [_row(line, receipt.total.currency, language) for line in receipt.lines],
        "sums": _sums(receipt, language),
    }


def _facts(receipt: ReceiptView, language: str) -> list[dict[str, str]]:
    paid_by = f"{receipt.provider} ({receipt.channel})" if receipt.channel else receipt.provider
    values = {
        "buyer": receipt.buyer or "-",
        "issued": formats.day(receipt.issued_at.date(), language),
        "paid": formats.day(receipt.paid_at.date(), language),
        "by": paid_by,
        "reference": receipt.reference,
    }
    return [{"label": words(language, f"receipt.{name}"), "value": value} for name, value in values.items()]


def _row(line: LineView, currency: str, language: str) -> list[str]:
    amount = formats.money(Money(amount=line.amount, currency=currency), language)
    if line.kind == "item":
        return [line.text, amount]
    kind = words(language, f"receipt.line.{line.kind}")
    return [f"{kind} ({line.text})" if line.text else kind, amount]


def _sums(receipt: ReceiptView, language: str) -> list[dict[str, str]]:
    total = formats.money(receipt.total, language)
    sums = [{"label": words(language, "receipt.total"), "value": total, "weight": "bold"}]
    if receipt.tax is not None:
        name = " ".join(part for part in (receipt.tax_name, _percent(receipt.tax_percent)) if part)
        label = words(language, "receipt.tax", {"name": name})
        sums.append({"label": label, "value": formats.money(receipt.tax, language), "weight": "regular"})
    return sums


def _percent(percent: str | None) -> str:
    return f"{percent} %" if percent else ""
