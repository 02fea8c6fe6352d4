"""Random documents of every visibility, random callers and searches, and what nobody is to find."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lyceum.kit.identity import Principal
from lyceum.kit.identity.permissions import Role
from lyceum.search.documents import KINDS, MEMBERS, PUBLIC, Document
from lyceum.search.embedded.index import TantivyIndex
from lyceum.search.filters import AllOf, AnyOf, Between, Exists, Filter, Not, OneOf
from lyceum.search.queries import Change, Hit, Search, grants_of

NOW = 1_800_000_000
_WORDS = (
    "algebra", "cell", "colour", "delta", "energy", "force", "gamma", "graph", "ion", "leaf", "matrix", "motion", "oro",
    "photon", "ratio", "root", "set", "wave",
)  # fmt: skip
_SUBJECTS = ("physics", "biology", "mathematics")
_TOKENS = (PUBLIC, MEMBERS, "user:ada", "user:ben", "role:moderator", "course:c1", "group:g1")


def documents(count: int, seed: int) -> list[dict[str, Any]]:
    """Return documents, many of them for few or nobody, or hidden until some moment."""
    dice = random.Random(seed)
    return [
        Document(
            kind=dice.choice(KINDS),
            item_id=str(number),
            title=" ".join(dice.choices(_WORDS, k=3)),
            text=" ".join(dice.choices(_WORDS, k=8)),
            seen_by=tuple(dice.sample(_TOKENS, dice.randrange(3))),
            hidden_until=dice.choice((0, 0, NOW - 1, NOW, NOW + 1, NOW + 10**6)),
            facets={"subject": dice.choice(_SUBJECTS), "tags": dice.sample(_WORDS, 2)},
            numbers={"year": dice.randrange(2000, 2030), "created_at": NOW - dice.randrange(10**8)},
            popularity=dice.randrange(1000),
        ).as_json()
        for number in range(count)
    ]


def filled(folder: Path, made: list[dict[str, Any]]) -> TantivyIndex:
    """Return an index with documents."""
    index = TantivyIndex(folder)
    index.apply(Change(f"{each['kind']}:{each['item_id']}", (1, 0), each) for each in made)
    return index


def callers() -> list[Principal | None]:
    """Return nobody, and people of several roles."""
    people = (("ada", Role.STUDENT), ("ben", Role.INSTRUCTOR), ("cy", Role.MODERATOR), ("di", Role.SUPER_ADMIN))
    return [None, *(Principal(name, "t", role, "free", "s") for name, role in people)]


def searches(count: int, seed: int) -> Iterator[Search]:
    """Yield random searches of random callers."""
    dice = random.Random(seed)
    for _ in range(count):
        words = [_misspelt(dice, each) for each in dice.choices(_WORDS, k=dice.randrange(5))]
        yield Search(
            grants_of(dice.choice(callers())),
            text=" ".join(words),
            kinds=tuple(dice.sample(KINDS, dice.randrange(3))),
            filter=_filter(dice, 3) if dice.random() < 0.6 else None,
            sort=dice.choice(((), (), ("-year",), ("year", "-created_at"))),
            facets=dice.choice(((), ("kind", "subject", "tags"))),
            has_unfinished_word=dice.random() < 0.3,
            offset=dice.choice((0, 0, 10)),
            limit=dice.choice((5, 20, 100)),
            now=NOW,
        )


def fuzz(folder: Path, count: int, seed: int) -> tuple[int, list[str]]:
    """Ask random searches of a random index; returns how many results there were, and the forbidden among them."""
    index, shown = filled(folder, documents(400, seed)), 0
    wrong: list[str] = []
    for search in searches(count, seed):
        hits = [*index.search(search).hits, *(index.suggest(search) if search.text else ())]
        wrong += forbidden(search, hits)
        shown += len(hits)
    index.close()
    return shown, wrong


def forbidden(search: Search, hits: list[Hit]) -> list[str]:
    """Name what was found and is not for the caller, or not yet for anybody."""
    return [
        hit.key
        for hit in hits
        if not set(hit.document["seen_by"]) & set(search.grants) or hit.document["hidden_until"] > search.now
    ]


def _misspelt(dice: random.Random, word: str) -> str:
    place = dice.randrange(len(word))
    return word if dice.random() < 0.7 else word[:place] + dice.choice("abcde") + word[place + 1 :]


def _filter(dice: random.Random, depth: int) -> Filter:
    kind = dice.randrange(6 if depth else 3)
    if kind == 0:
        return OneOf(dice.choice(("subject", "tags")), (dice.choice((*_SUBJECTS, *_WORDS)),))
    if kind == 1:
        low = dice.randrange(1995, 2030)
        return Between("year", low, low + dice.randrange(10), dice.random() < 0.5, dice.random() < 0.5)
    if kind == 2:
        return Exists(dice.choice(("year", "rating", "subject")))
    if kind == 3:
        return Not(_filter(dice, depth - 1))
    parts = tuple(_filter(dice, depth - 1) for _ in range(dice.randrange(1, 4)))
    return AllOf(parts) if kind == 4 else AnyOf(parts)
