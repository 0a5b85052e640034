"""What may be attached, by name, size and content; and what is found inside Office files."""

from __future__ import annotations

import ast
import sys
from io import BytesIO
from pathlib import Path

import pytest

from escalation.documents import content, file_types, office, pdf_reader, pictures
from escalation.documents.content import MEBIBYTE, FileType
from escalation.documents.file_types import (
    REFUSALS,
    TYPES,
    CheckedFile,
    FileRefused,
    PdfContent,
    check,
    check_together,
    shown,
)
from tests.support import sample_files


def read_pdf(content: bytes) -> PdfContent:
    """The reader as it is, without the process of its own that makes it take its time."""
    read = pdf_reader.read(content)
    return PdfContent(read["reason"], tuple(read["texts"]))


def checked(name: str, content: bytes) -> CheckedFile:
    return check(name, BytesIO(content), read_pdf=read_pdf)


def refused(name: str, content: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        checked(name, content)
    return caught.value


@pytest.mark.parametrize("name", sample_files.GOOD)
def test_a_good_file_is_taken_as_it_is(name: str) -> None:
    file = checked(name, sample_files.GOOD[name])
    assert (file.name, file.content, file.size) == (name, sample_files.GOOD[name], len(sample_files.GOOD[name]))
    assert name.rpartition(".")[2].lower() in TYPES[file.type].extensions


@pytest.mark.parametrize("what", sample_files.HOSTILE)
def test_a_hostile_file_is_refused_for_what_is_wrong_with_it(what: str) -> None:
    name, content, reason = sample_files.HOSTILE[what]
    assert refused(name, content).reason == reason


@pytest.mark.parametrize("what", sample_files.HOSTILE)
def test_every_refusal_has_a_sentence_that_says_what_to_do(what: str) -> None:
    name, content, _reason = sample_files.HOSTILE[what]
    problem = refused(name, content)
    sentence = REFUSALS[problem.reason] % problem.values
    assert sentence.endswith(".")
    assert sentence.count(".") >= 2
    assert sample_files.PERSON not in sentence
    assert not any(sign in sentence for sign in "\u202e\r\n\x00")


def test_every_reason_is_met_by_some_file() -> None:
    met = {reason for _name, _content, reason in sample_files.HOSTILE.values()}
    assert met | {"too_many", "too_big_together"} == set(REFUSALS)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\anna\\Underlag.pdf", "Underlag.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("/etc/rutin.pdf", "rutin.pdf"),
        ("  rutin.pdf . ", "rutin.pdf"),
        ("ra\u030att.pdf", "rått.pdf"),
        ("rapport.v2.docx.pdf", "rapport.v2.docx.pdf"),
        ("<img src=x>.pdf", "<img src=x>.pdf"),
        ("a" * 146 + ".pdf", "a" * 146 + ".pdf"),
    ],
)
def test_a_name_is_kept_as_data_and_never_as_a_path(sent: str, kept: str) -> None:
    assert checked(sent, sample_files.pdf()).name == kept


def test_a_long_name_is_quoted_without_its_middle() -> None:
    assert shown("a" * 100 + ".pdf") == "a" * 30 + "…" + "a" * 26 + ".pdf"


def test_a_file_of_exactly_ten_mebibytes_is_taken_and_one_byte_more_is_not() -> None:
    nearly = 10 * MEBIBYTE - 900
    filled = sample_files.pdf(extra=b"%" * (nearly + 10 * MEBIBYTE - len(sample_files.pdf(extra=b"%" * nearly))))
    assert checked("a.pdf", filled).size == 10 * MEBIBYTE
    problem = refused("a.pdf", filled + b"\n")
    assert (problem.reason, problem.values["size"]) == ("too_big", "10,1")


def test_five_files_and_25_mebibytes_go_with_one_act() -> None:
    check_together([5 * MEBIBYTE] * 5)
    with pytest.raises(FileRefused, match="too_many"):
        check_together([1] * 6)
    with pytest.raises(FileRefused, match="too_big_together"):
        check_together([5 * MEBIBYTE] * 4 + [5 * MEBIBYTE + 1])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            sample_files.docx(
                "<w:p><w:r><w:t>1912</w:t></w:r><w:r><w:t>1212-12</w:t></w:r><w:r><w:t>12</w:t></w:r></w:p>"
            ),
            id="split over runs",
        ),
        pytest.param(
            sample_files.docx(f"<w:p><w:del><w:delText>{sample_files.PERSON}</w:delText></w:del></w:p>"), id="deleted"
        ),
        pytest.param(sample_files.docx("<w:p><w:t>&#49;91212121212</w:t></w:p>"), id="as an entity"),
        pytest.param(sample_files.docx(f"<w:p><w:t><![CDATA[> {sample_files.PERSON}]]></w:t></w:p>"), id="as raw text"),
        pytest.param(
            sample_files.docx(f'<w:p><wp:docPr id="1" descr="{sample_files.PERSON}"/></w:p>'), id="about a picture"
        ),
        pytest.param(
            sample_files.docx(more={"word/header1.xml": f"<w:p>{sample_files.PERSON}</w:p>"}), id="in the header"
        ),
        pytest.param(
            sample_files.docx(more={"word/comments.xml": f"<w:p>{sample_files.PERSON}</w:p>"}), id="in a comment"
        ),
        pytest.param(
            sample_files.docx(more={"docProps/core.xml": f"<dc:title>{sample_files.PERSON}</dc:title>"}),
            id="in the title",
        ),
        pytest.param(
            sample_files.docx(more={"word/header1.xml": f"<w:p>{sample_files.PERSON}</w:p>".encode("utf-16")}),
            id="in UTF-16",
        ),
        pytest.param(
            sample_files.docx(
                more={"word/embeddings/a.xlsx": sample_files.xlsx(f"<si><t>{sample_files.PERSON}</t></si>")}
            ),
            id="in a table within",
        ),
    ],
)
def test_an_identity_number_is_found_wherever_word_keeps_text(content: bytes) -> None:
    assert refused("text.docx", content).reason == "identity_number"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(sample_files.xlsx(cells='<c r="A1"><v>191212121212</v></c>'), id="as a figure"),
        pytest.param(
            sample_files.xlsx(cells=f'<c r="A1" t="inlineStr"><is><t>{sample_files.PERSON}</t></is></c>'),
            id="as a text in the cell",
        ),
        pytest.param(
            sample_files.xlsx(f"<si><r><t>191212</t></r><r><t>{sample_files.PERSON[6:]}</t></r></si>"),
            id="in two colours",
        ),
        pytest.param(
            sample_files.xlsx(more={"xl/pivotCache/pivotCacheRecords1.xml": f'<r><s v="{sample_files.PERSON}"/></r>'}),
            id="behind a pivot table",
        ),
        pytest.param(
            sample_files.xlsx(more={"xl/comments1.xml": f"<comment>{sample_files.PERSON}</comment>"}), id="in a comment"
        ),
    ],
)
def test_an_identity_number_is_found_wherever_excel_keeps_text(content: bytes) -> None:
    assert refused("tabell.xlsx", content).reason == "identity_number"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            sample_files.xlsx(cells='<c r="A1"><v>191212</v></c><c r="B1"><v>1212</v></c>'),
            id="a month beside an amount",
        ),
        pytest.param(sample_files.xlsx(cells="<c><v>0.1912121212</v></c>"), id="a fraction"),
        pytest.param(sample_files.xlsx("<si><t>19121212</t></si><si><t>1212</t></si>"), id="two texts"),
        pytest.param(sample_files.xlsx(cells="<c><v>191212121213</v></c>"), id="a wrong control digit"),
    ],
)
def test_figures_side_by_side_are_no_identity_number(content: bytes) -> None:
    assert checked("tabell.xlsx", content).type is FileType.XLSX


def test_two_paragraphs_are_not_read_as_one_number() -> None:
    body = "<w:p><w:t>191212</w:t></w:p><w:p><w:t>1212</w:t></w:p>"
    assert checked("text.docx", sample_files.docx(body)).type is FileType.DOCX


def test_a_chart_with_its_table_within_is_no_hidden_object() -> None:
    content = sample_files.docx(
        more={"word/embeddings/Microsoft_Excel_Sheet.xlsx": sample_files.xlsx(), "word/media/bild.png": "x"}
    )
    assert checked("text.docx", content).type is FileType.DOCX


@pytest.mark.parametrize("name", ["text.docx", "tabell.xlsx", "a.pdf", "a.png", "a.jpg"])
def test_no_cut_or_changed_byte_makes_the_check_fall_over(name: str) -> None:
    good = {
        "docx": sample_files.docx(),
        "xlsx": sample_files.xlsx(),
        "pdf": sample_files.pdf(),
        "png": sample_files.png(),
        "jpg": sample_files.jpeg(),
    }
    content = good[name.rpartition(".")[2]]
    for at in range(1, len(content)):
        flipped = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        for hostile in (content[:at], flipped):
            try:
                checked(name, hostile)
            except FileRefused as problem:
                assert problem.reason in REFUSALS  # noqa: PT017


def test_no_file_is_unpacked_to_disk_and_no_xml_is_parsed() -> None:
    readers = (file_types, content, office, pictures)
    nodes = [node for module in readers for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text()))]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names} == {
        "escalation.rules",
        "escalation.rules.glossary",
        *(module.__name__ for module in readers[1:]),
    }
    assert not any(name.startswith("xml") or name in {"tempfile", "shutil", "os"} for name in imported)
