"""Tables as Parquet files: one row group, plain encoding, every value there.

Written after the format's own description (apache/parquet-format 2.10: file layout, `parquet.thrift`) and Thrift's
compact protocol. For figures of some thousand rows nothing larger is needed.
"""

import struct
from collections.abc import Sequence

from lyceum.kit.frozen import frozen

Value = str | int | float
MAGIC = b"PAR1"
_INT64, _DOUBLE, _BYTE_ARRAY = 2, 5, 6
_PLAIN, _RLE = 0, 3
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12
_SHORT_LIST = 15
_Field = tuple[int, int, bytes]


@frozen
class _Chunk:
    """A column as it is written: its page, and where that begins."""

    name: str
    kind: int
    page: bytes
    offset: int


def write(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """Write rows as a file; a column holds texts, whole numbers or other numbers, as its first row does."""
    body, chunks = bytearray(MAGIC), []
    for place, name in enumerate(columns):
        values = [row[place] for row in rows]
        kind = _kind_of(values)
        page = _page(kind, values)
        chunks.append(_Chunk(name, kind, page, len(body)))
        body += page
    footer = _footer(chunks, len(rows))
    return bytes(body + footer + struct.pack("<I", len(footer)) + MAGIC)


def _kind_of(values: Sequence[Value]) -> int:
    first = values[0] if values else ""
    return _BYTE_ARRAY if isinstance(first, str) else _INT64 if isinstance(first, int) else _DOUBLE


def _page(kind: int, values: Sequence[Value]) -> bytes:
    data = b"".join(_plain(kind, value) for value in values)
    about = _struct((1, _I32, _int(len(values))), (2, _I32, _int(_PLAIN)), (3, _I32, _int(_RLE)), (4, _I32, _int(_RLE)))
    size = _int(len(data))
    return _struct((1, _I32, _int(0)), (2, _I32, size), (3, _I32, size), (5, _STRUCT, about)) + data


def _plain(kind: int, value: Value) -> bytes:
    if kind == _BYTE_ARRAY:
        text = str(value).encode()
        return struct.pack("<I", len(text)) + text
    return struct.pack("<q", int(value)) if kind == _INT64 else struct.pack("<d", float(value))


def _footer(chunks: Sequence[_Chunk], count: int) -> bytes:
    root = _struct((4, _BINARY, _text("schema")), (5, _I32, _int(len(chunks))))
    schema = _list(_STRUCT, [root, *(_element(chunk) for chunk in chunks)])
    size = sum(len(chunk.page) for chunk in chunks)
    columns = _list(_STRUCT, [_column(chunk, count) for chunk in chunks])
    group = _struct((1, _LIST, columns), (2, _I64, _int(size)), (3, _I64, _int(count)))
    groups, maker, length = _list(_STRUCT, [group]), _text("lyceum"), _int(count)
    return _struct((1, _I32, _int(1)), (2, _LIST, schema), (3, _I64, length), (4, _LIST, groups), (6, _BINARY, maker))


def _element(chunk: _Chunk) -> bytes:
    fields: list[_Field] = [(1, _I32, _int(chunk.kind)), (3, _I32, _int(0)), (4, _BINARY, _text(chunk.name))]
    return _struct(*fields, *([(6, _I32, _int(0))] if chunk.kind == _BYTE_ARRAY else []))


def _column(chunk: _Chunk, count: int) -> bytes:
    size = _int(len(chunk.page))
    about = _struct(
        (1, _I32, _int(chunk.kind)),
        (2, _LIST, _list(_I32, [_int(_PLAIN)])),
        (3, _LIST, _list(_BINARY, [_text(chunk.name)])),
        (4, _I32, _int(0)),
        (5, _I64, _int(count)),
        (6, _I64, size),
        (7, _I64, size),
        (9, _I64, _int(chunk.offset)),
    )
    return _struct((2, _I64, _int(chunk.offset)), (3, _STRUCT, about))


def _struct(*fields: _Field) -> bytes:
    out, last = bytearray(), 0
    for number, kind, value in fields:
        out += bytes([(number - last) << 4 | kind]) + value
        last = number
    return bytes(out) + b"\0"


def _list(kind: int, items: Sequence[bytes]) -> bytes:
    is_short = len(items) < _SHORT_LIST
    head = bytes([len(items) << 4 | kind]) if is_short else bytes([0xF0 | kind]) + _varint(len(items))
    return head + b"".join(items)


def _text(text: str) -> bytes:
    return _varint(len(text.encode())) + text.encode()


def _int(number: int) -> bytes:
    """Write a whole number that is not negative, as zigzag does."""
    return _varint(number << 1)


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
