"""What is printed: receipts as PDF, vouchers as cards, each by a job whose outcome is the file."""

from datetime import timedelta
from time import process_time

import pypdfium2
import pytest

from lyceum.kit import clock as clocks
from lyceum.kit.long_jobs import control
from lyceum.kit.table import Unit
from lyceum.model.payments.vouchers import VoucherBatch
from lyceum.typeset import documents
from tests.payments.conftest import Shop
from tests.support import workers
from tests.support.http import Client, Reply
from tests.typeset.test_documents import text_of

from functions.payments.orders.schemas import ReceiptView
from functions.payments.vouchers import printing


def outcome(shop: Shop, owner: Client, started: Reply) -> tuple[str, bytes]:
    """Let workers do a job, and return the name and the content of its file."""
    assert started.status == 202, started.body
    workers.deliver(shop.cloud, shop.tenant, rounds=8)
    job = control.show(owner.user_id, started.data["jobId"])
    assert (job.state, int(job.done)) == ("done", int(job.total)), job.error_message
    stored = shop.cloud.s3.get_object(Bucket="lyceum-files-test", Key=job.result)
    return str(job.result).rpartition("/")[2], stored["Body"].read()


def test_a_receipt_is_a_file_that_stays_the_same(shop: Shop) -> None:
    paid = shop.buy()
    path = f"/api/payments/{paid['paymentId']}/receipt"
    name, content = outcome(shop, shop.buyer, shop.buyer.post(path, {}))
    text = text_of(content)
    assert name == "receipt-1.pdf" and b"pdfaid" in content
    for words in ("Receipt No. 1", "Plus", "NGN5,000.00", "NGN348.84", "Of which VAT 7.5 %", paid["reference"]):
        assert words in text, text
    shop.clock.advance(days=400)
    again = outcome(shop, shop.buyer, shop.buyer.post(path, {}))
    assert again == (name, content)
    _, french = outcome(shop, shop.buyer, shop.buyer.post(path, {"language": "fr"}))
    assert "Reçu nº 1" in text_of(french)


def test_a_receipt_is_its_buyers_alone_and_only_of_what_was_paid(shop: Shop) -> None:
    paid, waiting = shop.buy(), shop.order().data
    other = shop.client.as_("eve", "student")
    assert other.post(f"/api/payments/{paid['paymentId']}/receipt", {}).status == 404
    assert shop.buyer.post(f"/api/payments/{waiting['paymentId']}/receipt", {}).status == 404


@pytest.mark.parametrize(
    ("currency", "amount", "written"),
    [("JPY", 900, "¥900"), ("KWD", 1_234, "KWD1.234"), ("NGN", 10**12, "NGN10,000,000,000.00")],
)
def test_a_receipt_writes_amounts_as_their_currency_does(shop: Shop, currency: str, amount: int, written: str) -> None:
    from functions.payments.books import receipt_files

    at = clocks.now()
    money = {"amount": amount, "currency": currency}
    receipt = ReceiptView.model_validate(
        {
            "number": 1, "paymentId": "p", "reference": "r", "seller": "Ada's", "issuedAt": at, "paidAt": at,
            "lines": [{"kind": "item", "text": "#evil", "amount": amount}], "total": money, "provider": "stripe",
        }
    )  # fmt: skip
    text = text_of(documents.pdf("receipt", receipt_files.document(receipt, "en"), at)).replace("\xa0", " ")
    assert text.count(written) == 2 and "#evil" in text


def test_vouchers_are_printed_as_cards_with_the_pins_that_are_redeemed(shop: Shop) -> None:
    until = clocks.iso(shop.clock.at + timedelta(days=60))
    wanted = {"planId": "plus-monthly", "count": 200, "label": "Fair", "format": "pdf", "expiresAt": until}
    name, content = outcome(shop, shop.admin, shop.admin.post("/api/vouchers", wanted))
    assert name.endswith(".pdf")
    text = text_of(content)
    batch = name.removeprefix("vouchers-").removesuffix(".pdf")
    kept = VoucherBatch.require(batch_id=batch)
    pins = [card["pin"] for card in printing.cards_of(kept, "en")["cards"]]
    assert len(set(pins)) == 200 and all(text.count(pin) == 1 for pin in pins)
    assert "Plus · Fair" in text and "Enter this PIN in your account by" in text
    given = shop.client.as_("student", "student").post("/api/vouchers/redeem", {"pin": pins[-1]})
    assert given.status == 200


@pytest.mark.parametrize("pin", ["WWWW-WWWW-WWWW-WWWW", "6632-7W6M-A4VG-YR84", "1111-1111-1111-1111"])
def test_a_pin_stays_on_one_line_however_wide_its_letters_are(shop: Shop, pin: str) -> None:
    batch = VoucherBatch(batch_id="b", owner_id="o", size=3, product="PLAN#Plus", title="Plus")
    Unit().create(batch).commit()
    data = printing.cards_of(batch, "en")
    data["cards"] = [{"number": str(number), "pin": pin} for number in range(3)]
    assert text_of(documents.pdf("vouchers", data, clocks.now())).count(pin) == 3


def test_no_card_is_torn_between_two_pages(shop: Shop) -> None:
    batch = VoucherBatch(batch_id="b", owner_id="o", size=100, product="PLAN#Plus", title="Plus")
    Unit().create(batch).commit()
    data = printing.cards_of(batch, "en")
    document = pypdfium2.PdfDocument(documents.pdf("vouchers", data, clocks.now()))
    pages = [page.get_textpage().get_text_bounded() for page in document]
    for text in pages:
        whole = sum(card["pin"] in text for card in data["cards"])
        assert whole == text.count("Plus") == text.count("Enter this PIN")
    assert len(pages) == 5, "24 cards on each"


def test_the_largest_batch_is_set_in_time(shop: Shop) -> None:
    batch = VoucherBatch(batch_id="b", owner_id="o", size=10_000, product="PLAN#Plus", title="Plus")
    Unit().create(batch).commit()
    began = process_time()
    content = documents.pdf("vouchers", printing.cards_of(batch, "en"), clocks.now())
    assert content.startswith(b"%PDF-") and process_time() - began < 20
