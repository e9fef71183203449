"""Japanese text as searching needs it: one spelling of what is typed in many ways, then words."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sudachipy import Dictionary, Morpheme, SplitMode, Tokenizer

from knowledge.numerals import restate_numbers

READ_LIMIT = 2_000
"""Characters of a text that are read: what is longer than two pages is an attachment, no question,
and Sudachi refuses more than 49,149 bytes."""

# What shows nothing or turns the reading direction: it can only hide something from a reader.
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_HYPHENS = re.compile("[\u2010-\u2015\u2043\u2212\ufe63\uff0d]")
_WAVES = re.compile("[\u301c\u3030\u223c\u223e]")
# テレワ-ク and テレワ−ク: many keyboards offer a hyphen where the long vowel mark is meant.
_LONG_VOWEL = re.compile("(?<=[\u30a1-\u30fa\u30fc])-(?=[\u30a1-\u30fa])")


def normalise(text: str) -> str:
    """One spelling of what means the same: widths, case, dashes, spaces, numbers, years of an era;
    nothing invisible.

    Normalising twice changes nothing more.
    """
    text = unicodedata.normalize("NFKC", without_invisible(text)).lower()
    # Lower-casing can leave a letter and its accent apart (U+0130): compose once more.
    text = unicodedata.normalize("NFKC", text)
    text = _WAVES.sub("~", _HYPHENS.sub("-", text))
    return restate_numbers(" ".join(_LONG_VOWEL.sub("\u30fc", text).split()))


def wording(text: str) -> str:
    """What a text says letter by letter: two that differ in punctuation alone are one wording."""
    return "".join(character for character in normalise(text) if character.isalnum())


def without_invisible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in _INVISIBLE)


Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of a text."""

    written: str
    form: str
    """As the dictionary normalises it: 取組み and 取り組み are 取り組み, 見て is 見る."""
    reading: str
    """In katakana."""
    is_noun: bool
    is_verb: bool
    is_numeral: bool
    is_listed: bool
    """Whether the dictionary has it; what it has not is a name, or misspelt."""
    synonyms: tuple[int, ...]
    """The dictionary's groups of words with the same meaning that it belongs to."""


class WordReader:
    """Splits normalised texts into their content words.

    The shortest units (mode A) find best (FINDINGS §1; over this library's 149 articles the longer
    ones are no better). The dictionary is opened at the first text. One reader serves every thread:
    a Sudachi tokenizer refuses to be used by two at once, so each thread has its own over the
    shared dictionary.
    """

    def __init__(self) -> None:
        self._opening = threading.Lock()
        self._dictionary: Dictionary | None = None
        self._own = threading.local()

    def read(self, text: str) -> list[Word]:
        """The content words in their order, of up to READ_LIMIT characters."""
        morphemes = self._tokenizer().tokenize(text[:READ_LIMIT])
        return [_word(morpheme) for morpheme in morphemes if _is_content(morpheme)]

    def forms(self, text: str) -> Words:
        """The normalised forms of a text's words."""
        return forms_of(self.read(text))

    def _tokenizer(self) -> Tokenizer:
        tokenizer: Tokenizer | None = getattr(self._own, "tokenizer", None)
        if tokenizer is None:
            tokenizer = self._own.tokenizer = self._open().tokenizer(mode=SplitMode.A)
        return tokenizer

    def _open(self) -> Dictionary:
        with self._opening:
            if self._dictionary is None:
                self._dictionary = Dictionary(dict="core")
            return self._dictionary


def forms_of(words: Sequence[Word]) -> Words:
    """The normalised forms of words; none if all are numerals, which alone ask nothing."""
    if all(word.is_numeral for word in words):
        return ()
    return tuple(word.form for word in words)


_CONTENT = frozenset({"名詞", "代名詞", "動詞", "形容詞", "形状詞", "接尾辞"})
# よう and みたい are grammar, although Sudachi files them with the adjectives.
_GRAMMAR = "助動詞語幹"


def _is_content(morpheme: Morpheme) -> bool:
    major, minor, *_ = morpheme.part_of_speech()
    return major in _CONTENT and minor != _GRAMMAR


def _word(morpheme: Morpheme) -> Word:
    major, minor, *_ = morpheme.part_of_speech()
    return Word(
        written=morpheme.surface(),
        form=morpheme.normalized_form().lower(),
        reading=morpheme.reading_form(),
        is_noun=major == "名詞",
        is_verb=major == "動詞",
        is_numeral=minor == "数詞",
        is_listed=not morpheme.is_oov(),
        synonyms=tuple(morpheme.synonym_group_ids()),
    )
