"""Which files may be attached: by name, size, extension and content (``trust.md`` § Web, P13, P16).

An allow-list: a file that is not certainly of one of five types is refused, with the reason. Only ``check`` makes a
``CheckedFile``, so a verb that takes one need not check again. Nothing is unpacked to disk and no XML is parsed:
Office files are read with regular expressions, within limits, to find identity numbers and parts that run or fetch
something by themselves. ``check`` takes the function that reads PDF files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from escalation.documents.content import MEBIBYTE, Budget, FileType, WrongContent, refuse_identity_number
from escalation.documents.office import judge_office
from escalation.documents.pictures import judge_jpeg, judge_png
from escalation.rules import privacy
from escalation.rules.glossary import GLOSSARY, say

MOST_FILES = 5
MOST_BYTES = 10 * MEBIBYTE
MOST_TOGETHER = 25 * MEBIBYTE
LONGEST_NAME = 150
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class TypeFacts:
    """The content type under which a type is served, and its file extensions."""

    content_type: str
    extensions: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES: dict[FileType, TypeFacts] = {
    FileType.PDF: TypeFacts("application/pdf", ("pdf",)),
    FileType.DOCX: TypeFacts(f"{_OFFICE}wordprocessingml.document", ("docx",)),
    FileType.XLSX: TypeFacts(f"{_OFFICE}spreadsheetml.sheet", ("xlsx",)),
    FileType.PNG: TypeFacts("image/png", ("png",)),
    FileType.JPEG: TypeFacts("image/jpeg", ("jpg", "jpeg")),
}
BY_EXTENSION = {extension: kind for kind, facts in TYPES.items() for extension in facts.extensions}
ACCEPTED = tuple(f".{extension}" for extension in BY_EXTENSION)

REFUSALS: dict[str, str] = {
    # why a file is refused; %(name)s is the file's name as it can be shown
    "no_name": say("En fil saknar namn. Ge den ett namn och välj den igen."),
    "name_too_long": say("Filnamnet %(name)s är %(size)s tecken. Korta det till högst %(most)s."),
    "name_unprintable": say(
        "Filnamnet %(name)s innehåller ett tecken som inte går att visa. Byt namn på filen och välj den igen."
    ),
    "name_identity_number": say(
        "Ett filnamn innehåller ett personnummer. Byt namn på filen och välj den igen. Namnet har inte sparats."
    ),
    "extension": say(
        "Filen %(name)s är av en typ som inte kan bifogas. Spara den som PDF, DOCX, XLSX, PNG eller JPEG."
    ),
    "empty": say("Filen %(name)s är tom. Välj en annan fil."),
    "too_big": say("Filen %(name)s är %(size)s MB. Högst %(most)s MB per fil tas emot. Dela eller förminska den."),
    "too_many": say("Ni har valt %(size)s filer. Högst %(most)s kan bifogas åt gången."),
    "too_big_together": say("Filerna är tillsammans %(size)s MB. Högst %(most)s MB kan bifogas åt gången."),
    "other_content": say(
        "Filen %(name)s heter som %(type)s men innehåller något annat. Öppna den i sitt program och spara den som "
        "%(type)s."
    ),
    "protected": say("Filen %(name)s är lösenordsskyddad. Spara den utan lösenord och välj den igen."),
    "old_format": say(
        "Filen %(name)s är lösenordsskyddad eller sparad i ett äldre format. Öppna den och spara den som %(type)s utan "
        "lösenord."
    ),
    "macros": say("Filen %(name)s innehåller makron. Spara den utan makron, eller som PDF."),
    "embedded": say("Filen %(name)s innehåller inbäddade objekt från andra program. Spara den som PDF."),
    "dde": say(
        "Filen %(name)s hämtar uppgifter från andra program när den öppnas (DDE). Ta bort de fälten eller formlerna, "
        "eller spara filen som PDF."
    ),
    "remote": say(
        "Filen %(name)s hämtar innehåll från andra filer eller från nätet, till exempel en mall, en bild eller en "
        "annan arbetsbok. Bryt länkarna, eller spara filen som PDF."
    ),
    "pdf_script": say(
        "Filen %(name)s innehåller ett program (JavaScript). Skriv ut den till en ny PDF och välj den i stället."
    ),
    "pdf_opens": say(
        "Filen %(name)s kan starta program eller öppna andra filer. Skriv ut den till en ny PDF och välj den i stället."
    ),
    "pdf_attached": say(
        "Filen %(name)s innehåller andra filer, ljud eller film. Bifoga dem var för sig, eller skriv ut den till en ny "
        "PDF."
    ),
    "unread": say(
        "Filen %(name)s går inte att läsa igenom helt, och det som inte kan läsas tas inte emot. Dela den, eller skriv "
        "ut den till en ny PDF och välj den i stället."
    ),
    "bomb": say("Filen %(name)s blir för stor när den packas upp. Dela den, eller spara den som PDF."),
    "damaged": say("Filen %(name)s är skadad och går inte att läsa. Öppna den i sitt program och spara den på nytt."),
    "pixels": say("Bilden %(name)s har för många bildpunkter. Förminska den och välj den igen."),
    "identity_number": say(
        "Filen %(name)s innehåller ett personnummer. Ta bort allt som gäller enskilda personer. Filen har inte sparats."
    ),
}


class FileRefused(ValueError):
    """The file is refused. ``reason`` is a key of ``REFUSALS``, ``values`` the values in its sentence."""

    def __init__(self, reason: str, **values: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be attached: its name without a path, its type by name and content, its bytes and their hash."""

    name: str
    type: FileType
    content: bytes
    sha256: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)


@dataclass(frozen=True)
class PdfContent:
    """The content of a PDF: a reason to refuse it (a key of ``REFUSALS``) or None, and its texts, page by page."""

    reason: str | None
    texts: tuple[str, ...]


ReadPdf = Callable[[bytes], PdfContent]


def check(name: str, stream: IO[bytes], *, read_pdf: ReadPdf) -> CheckedFile:
    """The file under that name, if it may be attached. Raises ``FileRefused``."""
    name = _checked_name(name)
    kind = BY_EXTENSION.get(name.rpartition(".")[2].lower())
    if kind is None:
        raise FileRefused("extension", name=shown(name))
    size = stream.seek(0, 2)
    stream.seek(0)
    if not size:
        raise FileRefused("empty", name=shown(name))
    if size > MOST_BYTES:
        raise FileRefused("too_big", name=shown(name), size=_mebibytes(size), most=MOST_BYTES // MEBIBYTE)
    content = stream.read()
    try:
        _CONTENT[kind](content)
        if kind is FileType.PDF:
            _judge_pdf(read_pdf(content))
    except WrongContent as wrong:
        raise FileRefused(wrong.reason, name=shown(name), type=GLOSSARY[kind].label) from wrong
    return CheckedFile(name, kind, content, sha256(content).hexdigest())


def check_together(sizes: Sequence[int]) -> None:
    """Whether so many files of these sizes, in bytes, may come with one act. Raises ``FileRefused``."""
    if len(sizes) > MOST_FILES:
        raise FileRefused("too_many", size=len(sizes), most=MOST_FILES)
    if sum(sizes) > MOST_TOGETHER:
        raise FileRefused("too_big_together", size=_mebibytes(sum(sizes)), most=MOST_TOGETHER // MEBIBYTE)


def _mebibytes(size: int) -> str:
    """Rounded up to a tenth, so that a file just over the limit never reads as being on it: "10,1"."""
    return f"{-(-size * 10 // MEBIBYTE) / 10:.1f}".replace(".", ",").removesuffix(",0")


# Names ------------------------------------------------------------------------------------------------------------


def bare_name(name: str) -> str:
    """The name without a path, composed, without blanks and full stops at its ends."""
    last = re.split(r"[/\\]", name)[-1]
    return unicodedata.normalize("NFC", last).strip(" \t.")


def shown(name: str) -> str:
    """A name as a sentence may quote it: no invisible character, its middle left out where it is long."""
    seen = "".join(sign for sign in bare_name(name) if not _is_invisible(sign))
    half = LONGEST_SHOWN // 2
    return seen if len(seen) <= LONGEST_SHOWN else f"{seen[:half]}…{seen[-half:]}"


def _is_invisible(sign: str) -> bool:
    """Control characters, characters that turn the direction of text, broken code points, line separators."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _checked_name(name: str) -> str:
    bare = bare_name(name)
    if any(hit.kind is privacy.HitKind.CERTAIN for hit in privacy.scan(bare)):
        raise FileRefused("name_identity_number")
    if not bare.rpartition(".")[0].strip(" ."):
        raise FileRefused("extension", name=shown(bare)) if bare else FileRefused("no_name")
    if any(_is_invisible(sign) for sign in bare):
        raise FileRefused("name_unprintable", name=shown(bare))
    if len(bare) > LONGEST_NAME:
        raise FileRefused("name_too_long", name=shown(bare), size=len(bare), most=LONGEST_NAME)
    return bare


# Content ----------------------------------------------------------------------------------------------------------

_ARCHIVE_END = b"PK\x05\x06"

_DIGITS = re.compile(r"(?:\D*\d){10}")
"""Ten digits are the fewest that an identity number has. Only texts with as many are searched, which takes time."""


def _pdf(content: bytes) -> None:
    """A header at the very beginning and an end mark at the end: a file of two kinds at once is refused."""
    if not re.match(rb"%PDF-[12]\.\d", content):
        raise WrongContent("other_content")
    end = content.rfind(b"%%EOF")
    if end < 0:
        raise WrongContent("damaged")
    after = content[end + 5 :]
    if len(after) > 1024 or _ARCHIVE_END in after:
        raise WrongContent("other_content")


def _judge_pdf(held: PdfContent) -> None:
    """A page is read as one text: a number may go on in the next line, and cells cannot be distinguished from words."""
    if held.reason:
        raise WrongContent(held.reason)
    left = Budget()
    for text in held.texts:
        if _DIGITS.search(text):
            left.digits -= sum(map(str.isdecimal, text))
            refuse_identity_number(text, left)


_CONTENT: dict[FileType, Callable[[bytes], None]] = {
    FileType.PDF: _pdf,
    FileType.DOCX: judge_office(FileType.DOCX),
    FileType.XLSX: judge_office(FileType.XLSX),
    FileType.PNG: judge_png,
    FileType.JPEG: judge_jpeg,
}
