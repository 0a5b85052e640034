"""Attaching files in a browser, without a script, and having them back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support import sample_files
from tests.support.browser.people import Person

pytestmark = pytest.mark.browser

CASE = "/cases/ESK-2026-0033"
STAND = "Vi bokar om avbokade besök inom fem arbetsdagar."


def test_a_file_is_refused_chosen_again_and_downloaded_as_it_was(person: Callable[..., Person], tmp_path: Path) -> None:
    good, bad = tmp_path / "Rutin för ombokning.docx", tmp_path / "underlag.pdf"
    good.write_bytes(sample_files.docx())
    bad.write_bytes(sample_files.HTML)
    region = person("Region Stockholm, beslutsfattare", javascript=False)
    page = region.opens(f"{CASE}/state_position")
    page.get_by_label("Er ståndpunkt").fill(STAND)
    page.get_by_label("Bilagor").set_input_files([good, bad])
    region.press("Lämna ståndpunkt")
    expect(page.get_by_role("alert")).to_contain_text("Filen underlag.pdf heter som PDF men innehåller något annat")
    expect(page.get_by_label("Er ståndpunkt")).to_have_value(STAND)
    page.get_by_label("Bilagor").set_input_files(good)
    region.press("Lämna ståndpunkt")
    page.wait_for_url(f"**{CASE}")
    with page.expect_download() as started:
        page.get_by_role("link", name=good.name, exact=True).click()
    assert started.value.suggested_filename == good.name
    assert Path(started.value.path()).read_bytes() == sample_files.docx()


def test_far_too_much_is_answered_with_a_page(person: Callable[..., Person], tmp_path: Path) -> None:
    huge = tmp_path / "film.pdf"
    huge.write_bytes(b"%PDF-1.7" + b"%" * 60 * 2**20)
    region = person("Region Stockholm, beslutsfattare")
    page = region.opens(f"{CASE}/state_position")
    page.get_by_label("Er ståndpunkt").fill(STAND)
    page.get_by_label("Bilagor").set_input_files(huge)
    region.press("Lämna ståndpunkt")
    expect(page.get_by_role("heading", level=1)).to_have_text("Det är för stort")
