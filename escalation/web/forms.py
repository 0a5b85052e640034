"""The base of every form: fields that strip text, and sentences that say how to correct it.

A form checks shape; the rules check whether it is right. Every refusal names its field and keeps what was typed.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from flask import request
from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import (  # type: ignore[attr-defined] # the stubs do not know SelectChoice yet
    BooleanField,
    DateField,
    Field,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, StopValidation, ValidationError

from escalation.documents import file_types
from escalation.documents.file_types import CheckedFile, FileRefused
from escalation.documents.files import check as check_file
from escalation.rules import privacy

LOG = logging.getLogger("escalation.privacy")
"""Logs each attempt to write a person's identity number: the field and the page, never the number."""

LARGEST = 2**31 - 1
"""The largest whole number that an integer column holds on both databases."""

Validator = Callable[[Any, Any], None]

Words: TypeAlias = "str | LazyString"
"""A sentence of the program. Forms are made when the module is read, so theirs are lazy: ``_l("Rubrik")``."""

THE_TEXT = _l("Texten")
IT = _l("den")
REASONS = _l("Skäl")
WRITE_REASONS = _l("Skriv skälen.")

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that no keyboard types: control characters, changes of the direction of text, broken code points."""


class Form(FlaskForm):  # type: ignore[misc]
    """A form. The CSRF token is no field of it: the application asks every POST for one."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False

    def validate(self, extra_validators: Any = None) -> bool:
        """Judge every field. Where one is refused, chosen files have to be chosen again, and the page says so."""
        is_right = bool(super().validate(extra_validators))
        if not is_right:
            self._ask_for_files_again()
        return is_right

    def refuse(self, field: str, sentence: Words) -> None:
        """Put a sentence beside a field after validation, when only the rules can know that it is wrong."""
        self[field].errors = [*self[field].errors, str(sentence)]
        self._ask_for_files_again()

    def _ask_for_files_again(self) -> None:
        for field in self:
            if isinstance(field, Files):
                field.ask_again()


def tidy(value: object) -> object:
    """Text without outer blanks, with one kind of line break, in composed form. Else the value itself."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()


def needed(sentence: Words) -> Validator:
    """The field must be filled in; the sentence says with what: "Skriv en rubrik."."""

    def check(_form: object, field: Any) -> None:
        value = field.data
        if value is None or value == [] or (isinstance(value, str) and not value.strip()) or value is False:
            # A broken date or number has its own sentence already.
            raise StopValidation("" if field.errors else str(sentence))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


def length(subject: Words, *, least: int = 0, most: int, it: Words) -> Validator:
    """How long a text may be. ``subject`` is the thing in definite form, ``it`` its pronoun ("den", "det").

    "Rubriken är 132 tecken. Korta den med minst 12." and "Skriv minst 62 tecken till."
    """

    def check(_form: object, field: Any) -> None:
        size = len(field.data or "")
        if size > most:
            raise StopValidation(
                _(
                    "%(subject)s är %(size)s tecken. Korta %(it)s med minst %(over)s.",
                    subject=subject,
                    size=size,
                    it=it,
                    over=size - most,
                )
            )
        if 0 < size < least:
            raise StopValidation(_("Skriv minst %(missing)s tecken till.", missing=least - size))

    return check


def printable(_form: object, field: Any) -> None:
    """No character that cannot be seen: it would lie in logs, mails and file names."""
    found = CONTROL.search(field.data or "")
    if found:
        line = field.data.count("\n", 0, found.start()) + 1
        raise StopValidation(
            _("Texten innehåller ett tecken som inte går att visa, på rad %(line)s. Ta bort det.", line=line)
        )


def one_line(_form: object, field: Any) -> None:
    """No line break: titles stand in lists and in the subjects of mails."""
    if field.data and "\n" in field.data:
        raise StopValidation(_("Skriv texten på en rad."))


def no_identity_number(_form: object, field: Any) -> None:
    """No personal identity number. The text stays in the field and is not stored."""
    certain = [hit for hit in privacy.scan(field.data or "") if hit.kind is privacy.HitKind.CERTAIN]
    if certain:
        LOG.warning("an identity number was stopped: field %s of %s", field.name, request.endpoint)
        raise StopValidation(
            _(
                "Texten innehåller ett personnummer på rad %(line)s. Beskriv frågan utan enskilda personer. "
                "Numret har inte sparats.",
                line=certain[0].line,
            )
        )


def text(
    label: Words,
    *,
    subject: Words = THE_TEXT,
    it: Words = IT,
    most: int = 200,
    least: int = 0,
    need: Words | None = None,
    hint: Words = "",
    **more: Any,
) -> StringField:
    """One line of text. ``need`` is the sentence when it is empty; without it the field may be."""
    return StringField(label, _checks(subject, it, least, most, need, one_line), [tidy], hint, **more)


def long_text(
    label: Words,
    *,
    subject: Words = THE_TEXT,
    it: Words = IT,
    most: int = 4000,
    least: int = 0,
    need: Words | None = None,
    hint: Words = "",
    **more: Any,
) -> TextAreaField:
    """A text of several lines."""
    return TextAreaField(label, _checks(subject, it, least, most, need), [tidy], hint, **more)


def reasons(
    label: Words = REASONS, *, most: int, need: Words | None = WRITE_REASONS, hint: Words = ""
) -> TextAreaField:
    """Why something is done, in the writer's words."""
    return long_text(label, subject=_l("Skälen"), it=_l("dem"), most=most, need=need, hint=hint)


class Day(DateField):
    """A day. Refuses text that is no date, and years that no case can be about, with a sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read "2026-11-23"."""
        self.data = None
        typed = " ".join(valuelist).strip()
        if not typed:
            return
        self.raw_data = [typed]
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
                raise ValueError
            self.data = dt.date.fromisoformat(typed)
        except ValueError:
            raise ValueError(_("Datumet finns inte. Skriv det som 2026-11-23.")) from None
        if not 1990 <= self.data.year <= 2100:
            self.data = None
            raise ValueError(_("Skriv ett datum mellan 1990 och 2100."))


def day(label: Words, *, need: Words | None = None, hint: Words = "", **more: Any) -> Day:
    """A day as ``<input type="date">``."""
    return Day(label, [needed(need)] if need else [], description=hint, **more)


class Number(IntegerField):
    """A whole number that a database can hold."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read digits."""
        self.data = None
        typed = " ".join(valuelist).strip()
        if not typed:
            return
        if not re.fullmatch(r"-?[0-9]+", typed):
            raise ValueError(_("Skriv ett heltal med siffror."))
        # Compare lengths first: turning a million digits into a number takes minutes.
        if len(typed) > 11 or abs(int(typed)) > LARGEST:
            raise ValueError(_("Talet är för stort."))
        self.data = int(typed)


def number(
    label: Words,
    *,
    least: int = 0,
    most: int = LARGEST,
    need: Words | None = None,
    hint: Words = "",
    **more: Any,
) -> Number:
    """A whole number within bounds, both included."""

    def within(_form: object, field: Any) -> None:
        if field.data is not None and not least <= field.data <= most:
            raise ValidationError(
                _("Skriv ett tal från %(least)s till %(most)s.", least=least, most=most)
                if most < LARGEST
                else _("Skriv ett tal som är minst %(least)s.", least=least)
            )

    return Number(label, [*([needed(need)] if need else []), within], description=hint, **more)


class _Choosing:
    """A choice that is not on the list gets a sentence, whatever was posted instead."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the choice. A value of the wrong kind (letters for a number) is refused like one off the list."""
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]
        except ValueError:
            raise ValueError(_("Välj något av alternativen.")) from None

    def pre_validate(self, form: Any) -> None:
        if not self.data:  # type: ignore[attr-defined]
            # Nothing chosen: the field's own sentence says so, if it is needed.
            return
        try:
            super().pre_validate(form)  # type: ignore[misc]
        except ValidationError:
            raise StopValidation(_("Välj något av alternativen.")) from None


class Select(_Choosing, SelectField):
    """One of many, as a drop-down list."""


class Radios(_Choosing, RadioField):
    """One of a few, all visible."""


class Checks(_Choosing, SelectMultipleField):
    """Any number of a few, all visible."""


class Tick(BooleanField):
    """One statement to agree to."""


Choices: TypeAlias = "list[SelectChoice]"


def choices(pairs: Sequence[tuple[str, Words]], *, lang: str = "") -> Choices:
    """(value, label) pairs as the fields want them; ``lang`` where the labels are in another language than the page."""
    return [SelectChoice(value=value, label=label, render_kw={"lang": lang} if lang else {}) for value, label in pairs]


def select(label: Words, *, need: Words | None = None, hint: Words = "", **more: Any) -> Select:
    """A drop-down list. Set ``field.choices = choices([…])`` in the view when they come from the database."""
    return Select(label, [needed(need)] if need else [], description=hint, validate_choice=True, **more)


def radios(label: Words, *, need: Words | None = None, hint: Words = "", **more: Any) -> Radios:
    """Radio buttons."""
    return Radios(label, [needed(need)] if need else [], description=hint, validate_choice=True, **more)


def checks(label: Words, *, need: Words | None = None, hint: Words = "", **more: Any) -> Checks:
    """Check boxes."""
    return Checks(label, [needed(need)] if need else [], description=hint, validate_choice=True, **more)


def tick(label: Words, *, need: Words | None = None, hint: Words = "", **more: Any) -> Tick:
    """One check box; with ``need`` it must be ticked."""
    return Tick(label, [needed(need)] if need else [], description=hint, **more)


def judged(file: FileStorage) -> CheckedFile | FileRefused:
    """The checked file, or why it is refused. Each file that was sent is checked once."""
    known: CheckedFile | FileRefused | None = vars(file).get("judged")
    if known is None:
        try:
            known = check_file(file.filename or "", file.stream)
        except FileRefused as refused:
            known = refused
        vars(file)["judged"] = known
    return known


class Files(Field):
    """Any number of files within the limits of an act. ``data`` holds those that may be attached."""

    errors: list[str]
    data: list[CheckedFile]
    chosen: list[FileStorage]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take only files. Without a choice, a browser sends a file without name and content."""
        self.data = []
        self.chosen = [file for file in valuelist if isinstance(file, FileStorage) and (file.filename or _size(file))]

    def process_data(self, value: object) -> None:
        """A form that has not been sent has no files."""
        self.data, self.chosen = [], []

    def pre_validate(self, form: object) -> None:
        """One sentence for each file that is not taken."""
        try:
            file_types.check_together([_size(file) for file in self.chosen])
        except FileRefused as refused:
            self.errors.append(refusal(refused))
            return
        for answer in map(judged, self.chosen):
            if isinstance(answer, FileRefused):
                self.errors.append(refusal(answer))
            else:
                self.data.append(answer)

    def ask_again(self) -> None:
        """Say once that no browser keeps chosen files when a page comes back."""
        if not self.chosen or (self.errors and len(self.chosen) == 1):
            return
        if self.errors:
            sentence = _("Välj därefter alla filer på nytt, även dem som gick bra.")
        else:
            names = ", ".join(file_types.shown(file.name) for file in self.data)
            sentence = _("Välj filerna på nytt: %(names)s. De följde inte med när sidan kom tillbaka.", names=names)
        if sentence not in self.errors:
            self.errors = [*self.errors, sentence]


def _size(file: FileStorage) -> int:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    return size


def refusal(refused: FileRefused) -> str:
    """Why a file is not taken, in the reader's language."""
    return str(_(file_types.REFUSALS[refused.reason], **refused.values))


FILES_HINT = _l(
    "PDF, DOCX, XLSX, PNG eller JPEG. Högst fem filer, 10\u00a0MB per fil och 25\u00a0MB tillsammans. "
    "Texten i dem söks igenom efter personnummer. Bilder och inskannade sidor kan inte sökas igenom, så titta själv."
)


def files(label: Words, *, hint: Words = FILES_HINT, **more: Any) -> Files:
    """Files to attach; none need be."""
    return Files(label, [], description=hint, **more)


def secret(label: Words, *, need: Words, hint: Words = "", **more: Any) -> PasswordField:
    """A password: neither stripped nor looked into, and never sent back."""
    return PasswordField(label, [InputRequired(need)], description=hint, **more)


def _checks(subject: Words, it: Words, least: int, most: int, need: Words | None, *more: Validator) -> list[Validator]:
    return [
        *([needed(need)] if need else []),
        printable,
        # Before the length: it should not ask for more text about a person.
        no_identity_number,
        *more,
        length(subject, least=least, most=most, it=it),
    ]


def summary_heading(count: int) -> str:
    """The heading of the error summary: "Tre saker behöver rättas"."""
    words = {
        2: _("Två"),
        3: _("Tre"),
        4: _("Fyra"),
        5: _("Fem"),
        6: _("Sex"),
        7: _("Sju"),
        8: _("Åtta"),
        9: _("Nio"),
        10: _("Tio"),
    }
    return str(
        ngettext(
            "En sak behöver rättas",
            "%(count)s saker behöver rättas",
            count,
            count=words.get(count, str(count)),
        )
    )


def status_of(form: Form) -> int:
    """422 for a form that comes back with sentences, else 200."""
    return 422 if form.errors else 200
