"""Answer sheets in blocks: where questions may be answered in any order, each save is paid by a few of them alone.

How many blocks a session's sheet has is written in its id, and which of them a question stands in follows from both
ids; so a save names its block without reading anything. Block 0 is the sheet itself, and the only one where the order
of questions, or the time of sections, is a matter of all of them. What decides whether a save is admitted stands in
every block. Whoever has read a sheet has it joined, with the rows of all its blocks.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from lyceum.kit import ids
from lyceum.kit.errors import DomainError
from lyceum.kit.event import Message
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.exams.sessions import AnswerSheet, SheetBlock

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of ULIDs (Crockford's base 32)."""
_TIME, _PLAIN, _SIGN = 10, 21, 4
"""So many characters of an id with blocks are a ULID's; those behind them say that it has blocks, the last how many."""
_ROWS = 5
"""About so many questions stand in a block: with what else it holds, two kilobytes."""
_FEWEST_ROWS = 10
_REPEATED = ("user_id", "state", "deadline_at", "closes_at", "device", "paid_until")


def blocks_for(questions: int) -> int:
    """Return of how many blocks the sheet of a paper of so many questions consists."""
    return 1 if questions < _FEWEST_ROWS else min(len(_DIGITS) - 1, -(-questions // _ROWS))


def new_exam_id(blocks: int) -> str:
    """Draw the id of a session whose sheet has so many blocks."""
    while True:
        drawn = ids.new_id()
        if blocks > 1:  # ids of one moment differ in their last characters alone, so these are drawn anew
            plain = drawn[:_TIME] + "".join(secrets.choice(_DIGITS) for _ in range(_PLAIN - _TIME))
            return plain + _sign(plain) + _DIGITS[blocks]
        if blocks_of(drawn) == 1:
            return drawn


def blocks_of(exam_id: str) -> int:
    """Return how many blocks the sheet of a session has."""
    plain, sign, count = exam_id[:_PLAIN], exam_id[_PLAIN : _PLAIN + _SIGN], exam_id[_PLAIN + _SIGN :]
    is_signed = len(count) == 1 and count in _DIGITS and sign == _sign(plain)
    return max(1, _DIGITS.index(count)) if is_signed else 1


def _sign(plain: str) -> str:
    digest = hashlib.sha256(f"blocks {plain}".encode()).digest()
    return "".join(_DIGITS[byte % len(_DIGITS)] for byte in digest[:_SIGN])


def block_of(exam_id: str, question_id: str) -> int:
    """Return the block that holds a question's row."""
    digest = hashlib.sha256(f"{exam_id} {question_id}".encode()).hexdigest()
    return int(digest[:8], 16) % blocks_of(exam_id)


def at(exam_id: str, question_id: str) -> AnswerSheet:
    """Name the block that holds a question's row."""
    return names(exam_id)[block_of(exam_id, question_id)]


def names(exam_id: str) -> list[AnswerSheet]:
    """Name all blocks of a session's sheet."""
    others = [SheetBlock.at(exam_id=exam_id, block=block) for block in range(1, blocks_of(exam_id))]
    return [AnswerSheet.at(exam_id=exam_id), *others]


def joined(found: Iterable[Entity | None]) -> AnswerSheet | None:
    """Join the blocks of a sheet that were read, in their order; None where there is no sheet."""
    blocks = [each for each in found if isinstance(each, AnswerSheet)]
    if not blocks or isinstance(blocks[0], SheetBlock):
        return None
    sheet, others = blocks[0], blocks[1:]
    sheet.blocks = tuple(each for each in others if isinstance(each, SheetBlock))
    rows = {name: row for each in blocks for name, row in each.answers.as_dict().items()}
    sheet.answers = dict(sorted(rows.items(), key=lambda held: int(held[1]["place"])))
    sheet.paid_until = max(int(each.paid_until) for each in blocks)
    return sheet


def fetch(exam_id: str, *, consistent: bool = False) -> AnswerSheet | None:
    """Read a sheet with all its blocks (1 storage request)."""
    return joined(batch_fetch(names(exam_id), consistent=consistent))


def divide(sheet: AnswerSheet) -> None:
    """Give a new sheet its blocks; `create` stores them."""
    blocks = [SheetBlock(exam_id=sheet.exam_id, block=block) for block in range(1, blocks_of(sheet.exam_id))]
    sheet.blocks = tuple(blocks)


def create(unit: Unit, sheet: AnswerSheet) -> None:
    """Store a new sheet in all its blocks."""
    for block in _parted(sheet):
        unit.create(block)


def replace(unit: Unit, sheet: AnswerSheet, *events: Message, only: Sequence[str] | None = None) -> None:
    """Store a joined sheet in its blocks, each refused when it is not as it was read; the first one tells of it.

    With `only` these questions alone have changed, and no block without one of them is written.
    """
    for block in _parted(sheet):
        if only is None or not set(only).isdisjoint(block.answers.as_dict()):
            unit.replace(block, *events)
            events = ()


def change(
    unit: Unit, exam_id: str, *actions: Action, when: Condition | None = None, refuse: DomainError | None = None
) -> None:
    """Change what every block of a sheet holds, in all of them, if the condition holds of each."""
    for block in names(exam_id):
        unit.change(block, *actions, when=when, refuse=refuse)


def _parted(sheet: AnswerSheet) -> Iterable[AnswerSheet]:
    """Return the blocks of a sheet one after another, each with its own rows while it is looked at."""
    rows = sheet.answers.as_dict()
    by_block: dict[int, dict[str, object]] = {0: {}, **{int(block.block): {} for block in sheet.blocks}}
    for name, row in rows.items():
        by_block[block_of(sheet.exam_id, name) if sheet.blocks else 0][name] = row
    for block in sheet.blocks:
        for name in _REPEATED:
            setattr(block, name, getattr(sheet, name))
        block.answers = by_block[int(block.block)]
    sheet.answers = by_block[0]
    yield sheet
    sheet.answers = rows
    yield from sheet.blocks
