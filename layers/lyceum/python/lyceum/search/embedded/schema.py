"""The fields of the embedded index, and a document as it is put into them."""

from typing import TYPE_CHECKING, Any

from lyceum.search.index_fields import FLOATS, TEXTS, VALUES, fields_of

if TYPE_CHECKING:
    import tantivy

VERSION = "2"
"""Of the fields; a new one starts a new index beside the old one, which is rebuilt from what is stored."""
_COUNTED = frozenset({"title", "all"})
"""Texts of which is kept how often a word stands in them, for the rank."""


def schema() -> "tantivy.Schema":
    """Return the schema: texts split at spaces, whole values, numbers, and the document itself as bytes."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in TEXTS:
        option = "freq" if name in _COUNTED else "basic"
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=option)
    for name in VALUES:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in FLOATS:
        builder.add_float_field(name, indexed=True, fast=True)
    builder.add_unsigned_field("hidden_until", indexed=True, fast=True)
    builder.add_bytes_field("kept", stored=True)
    return builder.build()


def document(values: dict[str, Any]) -> "tantivy.Document":
    """Return a document, given as plain values, as the index takes it."""
    return document_of(fields_of(values))


def document_of(fields: dict[str, Any]) -> "tantivy.Document":
    """Return a document, given by its fields, as the index takes it."""
    import tantivy

    made = tantivy.Document()
    for name in TEXTS:
        if name in fields:
            made.add_text(name, fields[name])
    for name in VALUES:
        for value in fields.get(name, ()):
            made.add_text(name, value)
    for name in FLOATS:
        if name in fields:
            made.add_float(name, fields[name])
    made.add_unsigned("hidden_until", fields["hidden_until"])
    made.add_bytes("kept", fields["kept"].encode())
    return made
