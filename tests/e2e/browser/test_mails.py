"""Every mail in every language, as a phone and a desk show it, by day and by night."""

import pytest

from tests.e2e.browser.conftest import MAIL, NARROW, Viewer, faults, is_cut, keep
from tools.mail_gallery import every_mail

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.enable_socket]


def test_every_mail_reads_well_narrow_and_wide_light_and_dark(viewer: Viewer) -> None:
    found = []
    for name, language, mail in every_mail():
        html = mail["Body"]["Html"]["Data"]
        for width in (NARROW, MAIL):
            for is_dark in (False, True):
                page = viewer.show(html, width, is_dark=is_dark)
                shown = f"{name}.{language}.{width}{'.dark' if is_dark else ''}"
                found += [f"{shown}: wider than the window"] * is_cut(page)
                if width == MAIL:
                    found += [f"{shown}: {fault}" for fault in faults(page, "color-contrast", "link-name", "image-alt")]
                keep(page, f"mails/{shown}")
                page.context.close()
    assert found == []
