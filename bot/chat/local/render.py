"""Neutral messages as HTML: pure, every text escaped; there is no element it cannot show."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from markupsafe import Markup

from bot.chat import messages as wording
from bot.chat.answers import list_options, write_quarter
from bot.chat.local import messages
from bot.chat.local.hear import FIELD, Raw
from bot.chat.sheet import find_figures
from bot.conversation.message import (
    Bullets,
    Button,
    Buttons,
    DateField,
    Element,
    Fields,
    File,
    FileContent,
    FileField,
    Fold,
    Form,
    FormField,
    Heading,
    Image,
    Link,
    Message,
    Note,
    NumberField,
    OneOfField,
    Option,
    Paragraph,
    QuarterField,
    Quote,
    SeveralOfField,
    Span,
    Strong,
    Table,
    TextField,
)

FEW = 7
"""Up to so many options stand open as radio buttons; more fold into a list."""

_ADDRESS = re.compile(r"https?://[!#-&(-;=?-~]+", re.ASCII)
"""An address in typed text: printable ASCII without quotes and angle brackets, so that Japanese
words may follow without a space."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every control of a shown message brings back when somebody uses it."""

    persona: str
    csrf: str
    message: str
    """The id of the message that it stands in, or of the conversation that a dialog belongs to."""
    nonce: Callable[[], str]
    """A new one for each control: it makes a double press known."""
    sealed: str = ""
    """A form that stands in no message, as the page signed it when it was opened."""
    level: int = 3
    """Of its headings: one below what they stand under, for those who hear the page's outline."""


def render_message(message: Message, frame: Frame) -> Markup:
    """All elements of a message in order."""
    parts = (
        _render_element(element, frame, f"m{frame.message}-{number}")
        for number, element in enumerate(message.elements)
    )
    return _join(parts, "\n")


def render_text(text: str) -> Markup:
    """What a person typed, as it stands; addresses of the web become links."""
    parts: list[str | Markup] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        # A full stop or a bracket at the end belongs to the sentence, not to the address.
        url = found[0].rstrip(".,:;!?)]}'")
        parts += [Markup.escape(text[end : found.start()]), _render_address(url)]
        end = found.start() + len(url)
    parts.append(Markup.escape(text[end:]))
    return _html('<p class="m-text">{}</p>', _join(map(Markup, parts)))


def _render_address(url: str) -> Markup:
    # No hidden words as beside other links: what was typed is also what is copied.
    pattern = (
        '<a href="{}" target="_blank" rel="noopener noreferrer" title="新しいタブで開きます">{}</a>'
    )
    return _html(pattern, url, url)


def _render_link(text: str, url: str) -> Markup:
    # A new tab, because what is being typed here should stay; screen readers are told.
    return _html(
        '<a href="{}" target="_blank" rel="noopener noreferrer">{}'
        '<span class="hidden">(新しいタブで開きます)</span></a>',
        url,
        text,
    )


def render_form(
    form: Form,
    frame: Frame,
    prefix: str,
    raw: Raw | None = None,
    errors: Mapping[str, str] | None = None,
) -> Markup:
    """A form, with what was entered and what is wrong with it where it was refused.

    Prefix keeps the ids of its inputs apart from those of other forms of the page.
    """
    fields = (
        _render_field(field, f"{prefix}-{number}", raw, (errors or {}).get(field.name))
        for number, field in enumerate(form.fields)
    )
    return _html(
        '<form class="m-form" method="post" action="/submit" enctype="multipart/form-data"'
        ' data-send data-draft="{}" aria-labelledby="{}-title" novalidate>\n'
        '{}<h{} class="m-form-title" id="{}-title">{}</h{}>{}\n'
        '<p class="m-form-fault" role="alert" tabindex="-1"{}>{}</p>\n{}\n'
        '<div class="m-form-end"><button class="button primary">{}</button></div></form>',
        f"{frame.persona}/{form.control}",
        prefix,
        _render_hidden(frame, str(form.control)),
        frame.level,
        prefix,
        form.title,
        frame.level,
        _html('<p class="m-form-intro">{}</p>', form.intro) if form.intro else "",
        "" if errors else Markup(" hidden"),
        messages.FORM_FAULTS if errors else "",
        _join(fields, "\n"),
        form.submit,
    )


def get_address(content: FileContent) -> str:
    """Where the page serves a file that a message holds."""
    return f"/files/{get_digest(content)}"


def get_digest(content: FileContent) -> str:
    return sha256(content.data).hexdigest()


def list_files(shown: Iterable[Message]) -> tuple[FileContent, ...]:
    """The contents of all images and files that stand in messages."""
    elements = (element for message in shown for element in message.elements)
    return tuple(element.content for element in elements if isinstance(element, Image | File))


# ---------------------------------------------------------------- elements


def _render_element(element: Element, frame: Frame, prefix: str) -> Markup:
    match element:
        case Heading(text):
            return _html('<h{} class="m-heading">{}</h{}>', frame.level, text, frame.level)
        case Paragraph() | Quote() | Bullets() | Note() | Fold():
            return _render_prose(element)
        case Fields():
            return _render_fields(element)
        case Table():
            return _render_table(element, frame, prefix)
        case Image():
            return _render_image(element)
        case File():
            return _render_file(element)
        case Buttons(buttons):
            each = (_render_button(button, frame) for button in buttons)
            return _html('<div class="m-buttons">{}</div>', _join(each))
        case Form():
            return render_form(element, frame, prefix)


def _render_prose(element: Paragraph | Quote | Bullets | Note | Fold) -> Markup:
    match element:
        case Paragraph(spans):
            return _html("<p>{}</p>", _render_spans(spans))
        case Quote(text):
            return _html("<blockquote>{}</blockquote>", text)
        case Bullets(items):
            lines = (_html("<li>{}</li>", _render_spans(item)) for item in items)
            return _html("<ul>{}</ul>", _join(lines))
        case Note():
            return _render_note(element)
        case Fold(summary, spans):
            pattern = '<details class="m-fold"><summary>{}</summary><p>{}</p></details>'
            return _html(pattern, summary, _render_spans(spans))


def _render_spans(spans: Iterable[Span]) -> Markup:
    return _join(_render_span(span) for span in spans)


def _render_span(span: Span) -> Markup:
    match span:
        case Strong(text):
            return _html("<strong>{}</strong>", text)
        case Link(text, url):
            return _render_link(text, url)
        case str():
            return Markup.escape(span)


def _render_note(note: Note) -> Markup:
    return _html(
        '<div class="m-note {}" role="note"><p class="m-note-tone">{}</p><p>{}</p></div>',
        note.tone.value,
        wording.tone(note.tone),
        _render_spans(note.spans),
    )


def _render_fields(fields: Fields) -> Markup:
    pairs = (
        _html("<div><dt>{}</dt><dd>{}</dd></div>", label, _render_spans(spans))
        for label, spans in fields.pairs
    )
    return _html('<dl class="m-fields">{}</dl>', _join(pairs))


def _render_table(table: Table, frame: Frame, prefix: str) -> Markup:
    right = find_figures(table)
    rows = _join((_render_row(row, right) for row in table.rows), "\n")
    # It scrolls by itself, so the keyboard has to reach it and a reader has to know its name.
    return _html(
        '<div class="m-table" role="region" tabindex="0" aria-labelledby="{}-caption"><table>'
        '<caption id="{}-caption">{}</caption>\n<thead><tr>{}</tr></thead>\n'
        "<tbody>{}</tbody></table></div>"
        '<p class="m-table-end"><a href="/tables/{}?as={}" download>この表をCSVで保存</a></p>',
        prefix,
        prefix,
        table.caption,
        _join(
            _html('<th scope="col"{}>{}</th>', _figure(right[number]), text)
            for number, text in enumerate(table.head)
        ),
        rows,
        prefix,
        frame.persona,
    )


def _render_row(row: tuple[str, ...], right: tuple[bool, ...]) -> Markup:
    first = _html('<th scope="row"{}>{}</th>', _figure(right[0]), row[0]) if row else Markup("")
    rest = (
        _html("<td{}>{}</td>", _figure(right[number]), text)
        for number, text in enumerate(row[1:], start=1)
    )
    return _html("<tr>{}{}</tr>", first, _join(rest))


def _figure(right: bool) -> Markup:
    return Markup(' class="figure"') if right else Markup("")


def _render_image(image: Image) -> Markup:
    caption = _html("<figcaption>{}</figcaption>", image.caption) if image.caption else ""
    return _html(
        '<figure class="m-image"><img src="{}" alt="{}" loading="lazy"{}>{}</figure>',
        get_address(image.content),
        image.alt,
        _measure(image.content),
        caption,
    )


def _measure(content: FileContent) -> Markup:
    """The measures of a PNG, so that nothing jumps while it is loaded; charts are PNGs."""
    if content.data[:8] != b"\x89PNG\r\n\x1a\n" or len(content.data) < 24:
        return Markup("")
    width, height = struct.unpack(">II", content.data[16:24])
    return _html(' width="{}" height="{}"', width, height)


def _render_file(file: File) -> Markup:
    content = file.content
    return _html(
        '<p class="m-file"><a href="{}" download="{}">{}</a> '
        '<span class="m-file-kind">{}、{}</span></p>',
        get_address(content),
        content.name,
        file.title,
        wording.kinds((content.media_type,)),
        wording.size(len(content.data)),
    )


def _render_button(button: Button, frame: Frame) -> Markup:
    return _html(
        '<form method="post" action="/press" data-send>{}'
        '<button class="button {}">{}</button></form>',
        _render_hidden(frame, str(button.control)),
        button.weight.value,
        button.label,
    )


# ---------------------------------------------------------------- forms


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a field stands: the id of its input, what was entered, what describes it."""

    id: str
    name: str
    entered: tuple[str, ...]
    described: Markup
    """The attributes that tie the input to its hint and its fault."""


def _render_field(field: FormField, id: str, raw: Raw | None, error: str | None) -> Markup:
    hint = " ".join(text for text in (field.hint, _limits(field)) if text)
    slot = _Slot(id, FIELD + field.name, _entered(field, raw), _described(field, id, hint, error))
    group = _is_group(field)
    # What belongs to several inputs is tied to the group, else to the input itself.
    tag = Markup("fieldset") if group else Markup("div")
    return _html(
        '<{} class="field" data-field="{}"{}>{}{}<p class="fault" id="{}-fault"{}>{}</p>{}</{}>',
        tag,
        field.name,
        slot.described if group else "",
        _render_label(field, id, group),
        _html('<p class="hint" id="{}-hint">{}</p>', id, hint) if hint else "",
        id,
        "" if error else Markup(" hidden"),
        error or "",
        _render_input(field, slot),
        tag,
    )


def _described(field: FormField, id: str, hint: str, error: str | None) -> Markup:
    hinted = f"{id}-hint " if hint else ""
    needed = Markup(' aria-required="true"') if field.required and not _is_group(field) else ""
    wrong = Markup(' aria-invalid="true"') if error else ""
    return _html(' aria-describedby="{}{}-fault"{}{}', hinted, id, needed, wrong)


def _render_label(field: FormField, id: str, group: bool) -> Markup:
    must = Markup('<span class="need must">必須</span>')
    need = must if field.required else Markup('<span class="need">任意</span>')
    if group:
        return _html("<legend>{} {}</legend>", field.label, need)
    return _html('<label for="{}">{} {}</label>', id, field.label, need)


def _is_group(field: FormField) -> bool:
    if isinstance(field, OneOfField):
        return len(field.options) <= FEW
    return isinstance(field, SeveralOfField)


def _limits(field: FormField) -> str | None:
    """What the field takes, said before somebody enters something else."""
    match field:
        case NumberField():
            return wording.range_hint(field.minimum, field.maximum, None)
        case FileField():
            return wording.file_hint(field.media_types, field.max_bytes)
        case TextField() if field.max_length < 1000:
            return wording.length_hint(field.max_length)
    return None


def _entered(field: FormField, raw: Raw | None) -> tuple[str, ...]:
    if raw is not None:
        return tuple(item for item in raw.get(FIELD + field.name, ()) if isinstance(item, str))
    match field:
        case TextField(initial=text):
            return (text,)
        case NumberField(initial=number) if number is not None:
            return (f"{number:g}" if abs(number) < 1e6 else str(number).removesuffix(".0"),)
        case DateField(initial=day) if day is not None:
            return (day.isoformat(),)
        case OneOfField(initial=value) if value is not None:
            return (value,)
        case SeveralOfField(initial=values):
            return values
        case QuarterField(initial=quarter) if quarter is not None:
            return (write_quarter(quarter),)
    return ()


def _render_input(field: FormField, slot: _Slot) -> Markup:
    match field:
        case TextField(multiline=True):
            # A browser drops one line break right after the tag: this one is meant for it.
            return _html(
                '<textarea id="{}" name="{}" rows="4"{}>\n{}</textarea>',
                slot.id,
                slot.name,
                slot.described,
                _first(slot),
            )
        case TextField():
            return _render_line(slot, Markup('type="text"'))
        case NumberField():
            return _render_number(field, slot)
        case DateField():
            return _render_line(slot, _date_attributes(field))
        case OneOfField(options=options) if len(options) > FEW:
            return _render_select(slot, options)
        case OneOfField():
            return _render_radios(field, slot)
        case SeveralOfField(options=options):
            return _render_choices(slot, "checkbox", options)
        case QuarterField():
            return _render_select(slot, list_options(field))
        case FileField():
            accept = _html('type="file" accept="{}"', ",".join(field.media_types))
            return _html(
                '<input id="{}" name="{}" {}{}>', slot.id, slot.name, accept, slot.described
            )


def _render_line(slot: _Slot, attributes: Markup) -> Markup:
    return _html(
        '<input id="{}" name="{}" {} value="{}"{}>',
        slot.id,
        slot.name,
        attributes,
        _first(slot),
        slot.described,
    )


def _render_number(field: NumberField, slot: _Slot) -> Markup:
    # Not type="number": it swallows full-width digits and changes when the wheel turns over it.
    mode = Markup('type="text" class="short" autocomplete="off" inputmode="{}"')
    line = _render_line(slot, mode.format("numeric" if field.whole else "decimal"))
    unit = _html('<span class="unit">{}</span>', field.unit) if field.unit else ""
    return _html('<div class="line">{}{}</div>', line, unit)


def _date_attributes(field: DateField) -> Markup:
    earliest = _html(' min="{}"', field.earliest.isoformat()) if field.earliest else ""
    latest = _html(' max="{}"', field.latest.isoformat()) if field.latest else ""
    return _html('type="date" class="short"{}{}', earliest, latest)


def _render_radios(field: OneOfField, slot: _Slot) -> Markup:
    options = field.options
    if not field.required:
        # A radio button cannot be taken back: one stands for no answer.
        options = (*options, Option("", "選択しない"))
    return _render_choices(slot, "radio", options)


def _render_choices(slot: _Slot, kind: str, options: Iterable[Option]) -> Markup:
    choices = (
        _html(
            '<label class="choice"><input type="{}" name="{}" value="{}"{}> {}</label>',
            kind,
            slot.name,
            option.value,
            Markup(" checked") if option.value in slot.entered else "",
            option.label,
        )
        for option in options
    )
    return _html('<div class="choices">{}</div>', _join(choices))


def _render_select(slot: _Slot, options: Iterable[Option]) -> Markup:
    choices = (
        _html(
            '<option value="{}"{}>{}</option>',
            option.value,
            Markup(" selected") if option.value in slot.entered else "",
            option.label,
        )
        for option in (Option("", "選択してください"), *options)
    )
    return _html(
        '<select id="{}" name="{}"{}>{}</select>',
        slot.id,
        slot.name,
        slot.described,
        _join(choices),
    )


def _render_hidden(frame: Frame, control: str) -> Markup:
    values = {
        "as": frame.persona,
        "csrf": frame.csrf,
        "nonce": frame.nonce(),
        "message": frame.message,
        "control": control,
    }
    if frame.sealed:
        values["sealed"] = frame.sealed
    hidden = (
        _html('<input type="hidden" name="{}" value="{}">', name, value)
        for name, value in values.items()
    )
    return _join(hidden)


def _first(slot: _Slot) -> str:
    return slot.entered[0] if slot.entered else ""


def _join(parts: Iterable[Markup], between: str = "") -> Markup:
    return Markup(between).join(parts)  # noqa: S704  # as above


def _html(pattern: str, *parts: object) -> Markup:
    """The pattern with each part in its place, escaped unless it is markup already."""
    return Markup(pattern).format(*parts)  # noqa: S704  # patterns are literals of this module
