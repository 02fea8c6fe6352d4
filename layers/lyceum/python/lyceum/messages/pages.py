"""The small pages that links in mails open."""

from lyceum.messages.catalogue import language_of, words

PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of a page."""


def page(language: str | None, title_key: str, body: str) -> str:
    """Return a page with a title of the catalogue and a body that is HTML already."""
    title = words(language, title_key)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    style = (
        "<style>body{font-family:sans-serif;line-height:1.5;max-width:32em;margin:4em auto;padding:0 1em}"
        "input,button{font:inherit;padding:.5em 1em}input{width:100%;box-sizing:border-box}</style>"
    )
    return (
        f'<!doctype html><html lang="{language_of(language)}"><head>{head}{style}</head>'
        f"<body><h1>{title}</h1>{body}</body></html>"
    )
