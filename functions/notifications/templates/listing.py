"""Every template that there is, as administrators see it: the tenant's own words, or the product's."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast, get_args

from lyceum.kit.errors import NotFound
from lyceum.kit.http import Page
from lyceum.kit.table import find, find_all
from lyceum.kit.table.reading import cut
from lyceum.messages.catalogue import LANGUAGES, Wording, pattern
from lyceum.model.notifications.templates import NotificationTemplate, TemplateVersion

from functions.notifications.kinds import KINDS
from functions.notifications.templates import placeholders
from functions.notifications.templates.schemas import TemplateChannel, TemplateQuery, TemplateVersionView, TemplateView

CHANNELS: tuple[TemplateChannel, ...] = get_args(TemplateChannel)
_MOST_VERSIONS = 50


class TemplateName(NamedTuple):
    """What a template is for."""

    kind: str
    channel: TemplateChannel
    language: str

    @property
    def template_id(self) -> str:
        """The id, `<type>.<channel>.<language>`."""
        return ".".join(self)

    @property
    def product_words(self) -> Wording:
        """The words that the product has for it."""
        return Wording(*(pattern(self.language, f"notification.{self.kind}.{part}") for part in Wording._fields))


def named(template_id: str) -> TemplateName:
    """Read the id of a template; raises NotFound for one that there is not."""
    kind, _, rest = template_id.rpartition(".")[0].rpartition(".")
    name = TemplateName(kind, cast(TemplateChannel, rest), template_id.rpartition(".")[2])
    if kind not in KINDS or rest not in CHANNELS or name.language not in LANGUAGES:
        raise NotFound("There is no such template.")
    return name


def page(query: TemplateQuery) -> Page[TemplateView]:
    """Return a page of the templates that a query asks for (1 storage request, of one alone 2)."""
    names = list(_asked(query))
    own = {str(each.template_id): each for each in find_all(NotificationTemplate)}
    found = cut(names, lambda name: name.template_id, limit=query.limit, after=query.start_key())
    shown = query.page(found, lambda name: view(name, own), total=len(names))
    if query.type and query.channel and query.language:
        for each in shown.items:
            each.versions = _versions(each.template_id)
    return shown


def view(name: TemplateName, own: Mapping[str, NotificationTemplate]) -> TemplateView:
    """Show a template; a channel without words of its own says what the inbox says."""
    stored = own.get(name.template_id) or NotificationTemplate(template_id=name.template_id)
    inbox = own.get(name._replace(channel="inbox").template_id)
    words = next(
        (Wording(str(each.title), str(each.body)) for each in (stored, inbox) if each is not None and each.is_own),
        name.product_words,
    )
    return TemplateView(
        template_id=name.template_id,
        type=name.kind,
        channel=name.channel,
        language=name.language,
        title=words.title,
        body=words.body,
        is_own=bool(stored.is_own),
        is_mandatory=KINDS[name.kind].is_mandatory,
        placeholders=sorted(placeholders.of_kind(name.kind)),
        number=int(stored.number),
        version=int(stored.version),
        updated_at=stored.updated_at,
        updated_by=stored.updated_by,
    )


def _asked(query: TemplateQuery) -> Iterator[TemplateName]:
    for kind in KINDS:
        for channel in CHANNELS:
            for language in LANGUAGES:
                wanted = zip((query.type, query.channel, query.language), (kind, channel, language), strict=True)
                if all(asked in {None, found} for asked, found in wanted):
                    yield TemplateName(kind, channel, language)


def _versions(template_id: str) -> list[TemplateVersionView]:
    found = find(TemplateVersion, template_id=template_id, limit=_MOST_VERSIONS, descending=True).items
    return [
        TemplateVersionView(
            number=int(each.place),
            title=each.title,
            body=each.body,
            is_own=bool(each.is_own),
            saved_at=each.created_at,
            saved_by=each.created_by,
        )
        for each in found
    ]
