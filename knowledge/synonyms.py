"""Words of this field that mean the same, and words that say nothing about what is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.text import Word, WordReader, Words, forms_of, normalise


@dataclass(frozen=True, slots=True)
class Synonyms:
    """What `synonyms.yaml` holds, as an editor writes it."""

    spoken: tuple[tuple[str, str], ...] = ()
    """Written forms that the dictionary would split badly, each with what is read instead."""
    groups: tuple[tuple[str, ...], ...] = ()
    """Expressions that mean the same; the first names the group."""
    ignored: tuple[str, ...] = ()
    """Words without which a question still asks the same."""


class Thesaurus:
    """Synonyms made ready for use on texts; immutable.

    An expression of several words is found where its words follow one another, whatever particles
    stand between them.
    """

    def __init__(self, synonyms: Synonyms, reader: WordReader) -> None:
        self._reader = reader
        self._spoken = {normalise(said): normalise(meant) for said, meant in synonyms.spoken}
        longest_first = sorted(self._spoken, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_whole, longest_first)) or _NOTHING)
        self._phrases = self._phrases_of(synonyms.groups)
        self._longest = max(map(len, self._phrases), default=1)
        self._ignored = frozenset(word for text in synonyms.ignored for word in self._words(text))

    def restate(self, text: str) -> str:
        """A text normalised, its spoken forms replaced by what they mean."""
        return self._pattern.sub(self._meant, normalise(text))

    def terms(self, text: str) -> Words:
        """What a text is about: its content words, each group's expressions as one term."""
        return self.terms_of(self._reader.read(self.restate(text)))

    def terms_of(self, words: Sequence[Word]) -> Words:
        """What the words of a restated text are about."""
        forms = forms_of(words)
        found: list[str] = []
        position = 0
        while position < len(forms):
            length, term = self._phrase_at(forms, position)
            found.append(term)
            position += length
        return tuple(term for term in found if term not in self._ignored)

    def _words(self, text: str) -> Words:
        return self._reader.forms(self.restate(text))

    def _meant(self, said: re.Match[str]) -> str:
        return self._spoken[said.group()]

    def _phrases_of(self, groups: Sequence[Sequence[str]]) -> Mapping[Words, str]:
        phrases = {self._words(said): normalise(group[0]) for group in groups for said in group}
        phrases.pop((), None)
        return phrases

    def _phrase_at(self, words: Words, start: int) -> tuple[int, str]:
        for length in range(min(self._longest, len(words) - start), 0, -1):
            term = self._phrases.get(words[start : start + length])
            if term is not None:
                return length, term
        return 1, words[start]


_NOTHING = r"(?!)"
_KATAKANA, _LATIN = "\u30a1-\u30fa\u30fc", "a-z"


def _whole(form: str) -> str:
    """Finds a form of katakana or Latin letters only as a whole word: no フレ in リフレッシュ."""
    for letters in (_KATAKANA, _LATIN):
        if re.fullmatch(f"[{letters}]+", form):
            return f"(?<![{letters}]){re.escape(form)}(?![{letters}])"
    return re.escape(form)
