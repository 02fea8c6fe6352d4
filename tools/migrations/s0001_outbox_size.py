"""Items that hold messages say how many: the filter of the table's stream looks at that number.

Messages that stand there have been sent; the publisher sees that they are no news and sends none again.
"""

from tools.migrations.step import Item, Step

_NAME = "outbox_size"


def forth(item: Item) -> Item | None:
    """Count the messages of an item that holds some."""
    if "outbox" not in item or _NAME in item:
        return None
    return item | {_NAME: {"N": str(len(item["outbox"]["L"]))}}


def back(item: Item) -> Item | None:
    """Take the number away."""
    return {name: value for name, value in item.items() if name != _NAME} if _NAME in item else None


STEP = Step(1, "items count the messages that they hold", frozenset(), forth, back)
