"""The content as a whole: read, checked to its last fault, and handed out only if it has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from knowledge.article import Article
from knowledge.article_form import ARTICLE_KEYS, ArticleForm, read_article
from knowledge.desk import Desk
from knowledge.desk_form import read_desks
from knowledge.document import read_section, read_sections
from knowledge.fault import ContentFile, Fault
from knowledge.ministry import Ministry, is_office_name
from knowledge.ministry_form import check_offices, note_unknown_office
from knowledge.out_of_scope import Boundary, OutOfScope, Pattern
from knowledge.section import Line, Section
from knowledge.synonyms import Synonyms
from knowledge.text import normalise, wording

__all__ = ["Fault", "Library", "LibraryFaults", "content_folder", "read_library"]


@dataclass(frozen=True, slots=True)
class Library:
    """Everything in the content folder, free of faults."""

    articles: tuple[Article, ...]
    """In the order of their files' names, then of their lines."""
    ministries: tuple[Ministry, ...]
    """The 22 that were surveyed in March 2017, in the survey's order."""
    other_offices: tuple[Ministry, ...]
    """Set up since then: nobody surveyed them, but people work there and practices name them."""
    desks: tuple[Desk, ...]
    """Who takes inquiries; exactly one of them serves everybody."""
    synonyms: Synonyms
    out_of_scope: tuple[OutOfScope, ...]
    facts: frozenset[str]
    """Ids of the audited facts."""


class LibraryFaults(Exception):
    """The content has faults; all that one reading can find, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


def content_folder() -> Path:
    """Where the content lies that comes with this package."""
    return Path(__file__).parent


def read_library(folder: Path, published: Mapping[str, str] | None = None) -> Library:
    """Reads and checks a folder laid out like `content_folder()`, and what was published in chat.

    `published` holds articles as YAML by the name that their faults are told under; one of them
    takes the place of the folder's article with its id. Raises LibraryFaults, and no other error
    whatever an editor has written.
    """
    faults: set[Fault] = set()
    forms = _replaced(_read_forms(folder, faults), _read_published(folder, published or {}, faults))
    ministries, others = _read_offices(ContentFile(folder, "ministries.yaml", faults))
    facts = _read_facts(ContentFile(folder, "facts.yaml", faults))
    library = Library(
        articles=tuple(form.article for form in forms),
        ministries=ministries,
        other_offices=others,
        desks=read_desks(ContentFile(folder, "desks.yaml", faults), [*ministries, *others]),
        synonyms=_read_synonyms(ContentFile(folder, "synonyms.yaml", faults)),
        out_of_scope=_read_out_of_scope(ContentFile(folder, "out_of_scope.yaml", faults)),
        facts=facts,
    )
    _check_ids(forms)
    _check_questions(forms)
    _check_facts(forms, facts)
    _check_offices(forms, [*ministries, *others])
    _check_scope(forms, library.out_of_scope)
    if faults:
        raise LibraryFaults(faults)
    return library


def read_offices(folder: Path) -> tuple[Ministry, ...]:
    """The offices alone, for who needs no article: a fraction of the time. Raises LibraryFaults."""
    faults: set[Fault] = set()
    ministries, others = _read_offices(ContentFile(folder, "ministries.yaml", faults))
    if faults:
        raise LibraryFaults(faults)
    return ministries + others


def split_articles(path: Path) -> Mapping[str, str]:
    """The articles of one YAML file, each as YAML of its own, by id.

    Raises LibraryFaults for what cannot be read as articles at all; the rest is `read_library`'s.
    """
    faults: set[Fault] = set()
    file = ContentFile(path.parent, path.name, faults)
    found = {
        section.text("id"): section.as_yaml()
        for section in read_sections(file, known=ARTICLE_KEYS, place="記事")
    }
    if faults:
        raise LibraryFaults(faults)
    return found


@lru_cache(maxsize=1000)
def parse_article(text: str) -> Article:
    """One published article by itself, as `read_library` reads it. Raises LibraryFaults."""
    faults: set[Fault] = set()
    forms = _read_published(Path(), {_ALONE: text}, faults)
    if faults:
        raise LibraryFaults(faults)
    return forms[0].article


def check_article(text: str, library: Library) -> None:
    """Whether an article can be published beside a library, or in the place of one of its articles.

    Raises LibraryFaults with all that `read_library` would find in it: in a fraction of the time.
    """
    faults: set[Fault] = set()
    forms = _read_published(Path(), {_ALONE: text}, faults)
    _check_questions(forms)
    _check_asked_elsewhere(forms, library.articles)
    _check_facts(forms, library.facts)
    _check_offices(forms, [*library.ministries, *library.other_offices])
    _check_scope(forms, library.out_of_scope)
    if faults:
        raise LibraryFaults(faults)


_ALONE = "article"
"""The name under which the faults of an article without a file are told."""


# --- the files ---


def _read_forms(folder: Path, faults: set[Fault]) -> list[ArticleForm]:
    names = sorted(path.name for path in (folder / "articles").glob("[!.]*"))
    files = [ContentFile(folder, f"articles/{name}", faults) for name in names]
    if not files:
        ContentFile(folder, "articles", faults).note(1, "記事のファイル（.yaml）がありません。")
    sections = [_open_articles(file) for file in files]
    return [read_article(section) for section in chain.from_iterable(sections)]


def _open_articles(file: ContentFile) -> list[Section]:
    if file.path.suffix == ".yaml":
        return read_sections(file, known=ARTICLE_KEYS, place="記事")
    # A file saved as .yml or .txt would be missed by nobody until its rule is asked for.
    file.note(1, "記事のファイルではありません。名前の終わりを .yaml にしてください。")
    return []


def _read_published(
    folder: Path, published: Mapping[str, str], faults: set[Fault]
) -> list[ArticleForm]:
    files = [ContentFile(folder, name, faults, text.encode()) for name, text in published.items()]
    sections = (
        section
        for file in files
        for section in read_sections(file, known=ARTICLE_KEYS, place="記事")
    )
    # A desk writes down how it was asked; confirmed wordings are added as they come.
    return [read_article(section, fewest=1) for section in sections]


def _replaced(forms: list[ArticleForm], published: list[ArticleForm]) -> list[ArticleForm]:
    newer = {form.article.id for form in published}
    return [form for form in forms if form.article.id not in newer] + published


def _read_facts(file: ContentFile) -> frozenset[str]:
    # The audited facts have their own format and their own check: only their ids are read here.
    root = read_section(file, known=None)
    facts = root.sections("facts", known=None) if root else []
    return frozenset(fact.text("id") for fact in facts)


def _read_offices(file: ContentFile) -> tuple[tuple[Ministry, ...], tuple[Ministry, ...]]:
    root = read_section(file, known=("surveyed", "others"))
    if root is None:
        return (), ()
    keys = ("name", "short_names", "reading", "days_off")
    surveyed, others = root.sections("surveyed", known=keys), root.sections("others", known=keys)
    spellings = [_line_at(s, "name") for s in (*surveyed, *others)]
    spellings += [line for s in (*surveyed, *others) for line in s.optional_texts("short_names")]
    _check_once(root, spellings, "府省の名前")
    return tuple(map(_read_ministry, surveyed)), tuple(map(_read_ministry, others))


def _read_ministry(section: Section) -> Ministry:
    short_names = tuple(line.text for line in section.optional_texts("short_names"))
    days_off = section.optional_days("days_off")
    return Ministry(section.text("name"), short_names, section.text("reading"), days_off)


def _read_synonyms(file: ContentFile) -> Synonyms:
    root = read_section(file, known=("spoken", "groups", "ignored"))
    if root is None:
        return Synonyms()
    spoken = root.section("spoken", known=None)
    groups = root.lists("groups")
    _check_once(root, [line for group in groups for line in group], "groups の言葉")
    return Synonyms(
        spoken=tuple((said, spoken.text(said)) for said in spoken) if spoken else (),
        groups=tuple(tuple(line.text for line in group) for group in groups),
        ignored=tuple(line.text for line in root.optional_texts("ignored")),
    )


def _read_out_of_scope(file: ContentFile) -> tuple[OutOfScope, ...]:
    sections = read_sections(file, known=("category", "title", "patterns"), place="区分")
    return tuple(map(_read_category, sections))


def _read_category(section: Section) -> OutOfScope:
    patterns = section.sections("patterns", known=("words", "unless"))
    return OutOfScope(
        category=section.text("category"),
        title=section.text("title"),
        patterns=tuple(map(_read_pattern, patterns)),
    )


def _read_pattern(section: Section) -> Pattern:
    words = section.lists("words")
    if not words or not all(words):
        section.note("words には、[言葉, 言葉] の並びを1つ以上書いてください。", key="words")
    return Pattern(
        words=tuple(tuple(line.text for line in alternatives) for alternatives in words),
        unless=tuple(line.text for line in section.optional_texts("unless")),
    )


# --- what shows only when the articles are seen together ---


def _check_ids(forms: Sequence[ArticleForm]) -> None:
    first: dict[str, ArticleForm] = {}
    for form in forms:
        other = first.setdefault(form.article.id, form)
        if other is not form and form.article.id:
            place = _place(other.section, other.section.line_of("id"))
            form.section.note(
                f"id の「{form.article.id}」は {place} の記事のものです。別の名にしてください。",
                key="id",
            )


def _check_questions(forms: Sequence[ArticleForm]) -> None:
    """A question in the words of a stored phrasing gets its article, so it must have but one."""
    first: dict[str, tuple[Section, Line]] = {}
    for form in forms:
        for line in form.questions:
            section, other = first.setdefault(wording(line.text), (form.section, line))
            if other is not line:
                form.section.note(
                    f"「{line.text}」は {_place(section, other.number)} にもあります。"
                    "どちらか1つの記事に残し、他方は消すか言い換えてください。",
                    line=line.number,
                )


def _check_asked_elsewhere(forms: Sequence[ArticleForm], articles: Iterable[Article]) -> None:
    """Phrasings that lead to another article of a library already."""
    own = {form.article.id for form in forms}
    others = {
        wording(question): article.title
        for article in articles
        for question in article.asked
        if article.id not in own
    }
    for form in forms:
        for line in form.questions:
            title = others.get(wording(line.text))
            if title is not None:
                form.section.note(
                    f"「{line.text}」は記事「{title}」の聞き方にもあります。"
                    "どちらか1つの記事に残し、他方は消すか言い換えてください。",
                    line=line.number,
                )


def _check_facts(forms: Sequence[ArticleForm], facts: frozenset[str]) -> None:
    for form in forms:
        for line in form.facts:
            if line.text not in facts:
                form.section.note(
                    f"facts の「{line.text}」は facts.yaml にありません。番号を確かめてください。",
                    line=line.number,
                )


def _check_offices(forms: Sequence[ArticleForm], offices: Sequence[Ministry]) -> None:
    names = {office.name for office in offices}
    for form in forms:
        check_offices(form.section, form.scope, offices)
        ministry = form.article.ministry
        # A practice may be a company's, so only what reads like a government office must be known.
        if ministry and ministry not in names and is_office_name(ministry, offices):
            note_unknown_office(form.section, _line_at(form.section, "ministry"), offices)


def _check_scope(forms: Sequence[ArticleForm], categories: Sequence[OutOfScope]) -> None:
    """Whoever asks in a phrasing that is out of scope would never get the article's answer."""
    boundary = Boundary(categories)
    for form in forms:
        for line in form.questions:
            category = boundary.find_category(line.text)
            if category is not None:
                form.section.note(
                    f"「{line.text}」は out_of_scope.yaml の {category} "
                    "に当てはまり、答えられません。言い換えるか、unless に言葉を足してください。",
                    line=line.number,
                )


def _check_once(section: Section, lines: Iterable[Line], what: str) -> None:
    first: dict[str, Line] = {}
    for line in lines:
        other = first.setdefault(normalise(line.text), line)
        if other is not line:
            section.note(
                f"{what}「{line.text}」が2回あります（1回目は{other.number}行目）。片方を消してください。",
                line=line.number,
            )


def _line_at(section: Section, key: str) -> Line:
    return Line(section.text(key), section.line_of(key))


def _place(section: Section, line: int) -> str:
    return f"{section.file.name} の{line}行目"
