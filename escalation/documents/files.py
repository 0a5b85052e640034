"""Whether a file may be attached. A separate process reads PDF files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import IO

from escalation.documents import file_types
from escalation.documents.file_types import CheckedFile, PdfContent

PATIENCE = 40.0
"""Seconds for one PDF: twice the processor's time that its reader has (``pdf_reader``)."""

_READER = [sys.executable, "-I", str(Path(__file__).with_name("pdf_reader.py"))]


def check(name: str, stream: IO[bytes]) -> CheckedFile:
    """The file under that name, if it may be attached. Raises ``FileRefused``."""
    return file_types.check(name, stream, read_pdf=read_pdf)


def read_pdf(content: bytes) -> PdfContent:
    """The content of the PDF. A file that the reader cannot read to its end is refused."""
    try:
        answer = subprocess.run(  # noqa: S603 (our own program)
            _READER,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            cwd="/",
            env={},
            check=True,
        ).stdout
        read = json.loads(answer)
    except (OSError, subprocess.SubprocessError, ValueError):
        return PdfContent("unread", ())
    return PdfContent(read["reason"], tuple(read["texts"]))
