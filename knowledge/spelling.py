"""Words typed in kana, misheard or mistyped, as the library writes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.text import Word, WordReader

SHORTEST = 4
"""Kana of a reading that is recognised, and katakana of a word that is repaired: shorter ones stand
inside others by chance, and have too many neighbours."""
LONGEST_SOUND = 16
"""Kana of a reading beyond which no one types it by ear."""
SIMILAR_FROM = 0.75
"""Least part of a word that is right in a misspelt one: one wrong letter of four."""

_KANA_RUN = re.compile(f"[\u3041-\u3096\u30fc]{{{SHORTEST},}}")
_KATAKANA_RUN = re.compile(f"[\u30a1-\u30fa\u30fc]{{{SHORTEST},}}")
_KANJI_RUN = re.compile("[\u3005\u4e00-\u9fff]{2,}")
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}

Repair = tuple[str, str]
"""What was typed, and the library's word that was taken for it."""


class Vocabulary:
    """The words of a library, gathered text by text."""

    def __init__(self) -> None:
        self.forms: set[str] = set()
        self.nouns: Counter[tuple[str, str]] = Counter()
        """How often a noun of a reading is written so."""
        self.compounds: set[str] = set()
        """Runs of katakana or kanji."""
        self.kana: set[str] = set()
        """Runs of hiragana."""

    def add(self, text: str, words: Iterable[Word]) -> None:
        """A normalised text and its words."""
        for word in words:
            self.forms.add(word.form)
            if word.is_noun and SHORTEST <= len(word.reading) <= LONGEST_SOUND:
                self.nouns[word.reading, word.written] += 1
        self.compounds.update(_KATAKANA_RUN.findall(text), _KANJI_RUN.findall(text))
        self.kana.update(_KANA_RUN.findall(text))


@dataclass(frozen=True, slots=True)
class Corrected:
    """A text as it was most likely meant."""

    text: str
    """With its kana words written out and its misspelt words repaired."""
    repairs: tuple[Repair, ...] = ()
    """Words that stand nowhere, and what replaced them."""
    homophones: tuple[Repair, ...] = ()
    """Words that the library lacks, and those of the same sound that it has.

    They join the unknown words instead of replacing them: 強要 is no slip for 共用, and its absence
    from the library must go on counting.
    """


class Spelling:
    """The words of a library by their sound and their look; immutable.

    Most misspellings in Japanese keep the sound: いんたーばる, or 証人 where 承認 was meant. Those
    that do not are slips in katakana words, or a wrong kanji within a compound.
    """

    def __init__(self, vocabulary: Vocabulary, reader: WordReader) -> None:
        self._reader = reader
        self._known = frozenset(vocabulary.forms)
        self._compounds = frozenset(vocabulary.compounds)
        self._katakana = sorted(filter(_KATAKANA_RUN.fullmatch, self._compounds))
        self._kanji = sorted(filter(_KANJI_RUN.fullmatch, self._compounds))
        self._written = _written_by_sound(vocabulary)
        self._longest = max(map(len, self._written), default=0)

    def correct(self, text: str) -> Corrected:
        """A normalised text as it was most likely meant."""
        text = _KANA_RUN.sub(lambda run: "".join(self._write_out(run.group())), text)
        words = self._reader.read(text)
        if all(word.form in self._known for word in words):
            return Corrected(text)
        repairs = tuple(self._repairs(text))
        for typed, meant in repairs:
            text = text.replace(typed, meant)
        return Corrected(text, repairs, tuple(self._homophones(words)))

    def _write_out(self, kana: str) -> Iterator[str]:
        """The pieces of a run of kana: at each place the longest known word, or else one kana."""
        sound = kana.translate(_TO_KATAKANA)
        place = 0
        while place < len(kana):
            lengths = range(min(self._longest, len(kana) - place), SHORTEST - 1, -1)
            length = next((n for n in lengths if sound[place : place + n] in self._written), 0)
            yield self._written[sound[place : place + length]] if length else kana[place]
            place += length or 1

    def _homophones(self, words: Iterable[Word]) -> Iterator[Repair]:
        for word in words:
            if word.is_noun and word.form not in self._known and word.reading in self._written:
                yield word.written, self._written[word.reading]

    def _repairs(self, text: str) -> Iterator[Repair]:
        for run in dict.fromkeys(_KATAKANA_RUN.findall(text)):
            yield from self._repair(run, self._katakana)
        for run in dict.fromkeys(_KANJI_RUN.findall(text)):
            yield from self._repair(run, self._kanji)

    def _repair(self, run: str, known: Sequence[str]) -> Iterator[Repair]:
        if run in self._compounds:
            return
        words = self._reader.read(run)
        if not self._is_broken(words):
            return
        meant = self._written.get("".join(word.reading for word in words))
        if meant is None and len(run) >= SHORTEST:
            found = process.extractOne(
                run, known, scorer=OSA.normalized_similarity, score_cutoff=SIMILAR_FROM
            )
            meant = found[0] if found else None
        if meant is not None and meant != run:
            yield run, meant

    def _is_broken(self, words: Sequence[Word]) -> bool:
        """Whether a run is no word: one that no dictionary has, or single kanji left over.

        A word of the dictionary is left alone, known here or not: 休業 is no slip for 休暇.
        """
        unknown = [word for word in words if word.form not in self._known]
        return any(not word.is_listed or len(word.written) == 1 for word in unknown)


def _written_by_sound(vocabulary: Vocabulary) -> Mapping[str, str]:
    """How the nouns of each reading are written most often.

    A reading that the library's own kana contain is left out, because it is grammar there and will
    be grammar in questions: ないようにする is no 内容.
    """
    grammar = {
        run.translate(_TO_KATAKANA)[start : start + length]
        for run in vocabulary.kana
        for length in range(SHORTEST, min(len(run), LONGEST_SOUND) + 1)
        for start in range(len(run) - length + 1)
    }
    # The most frequent comes last and stays; of equals, the later in the alphabet.
    rarest_first = sorted(vocabulary.nouns.items(), key=lambda item: (item[1], item[0]))
    return {reading: written for (reading, written), _ in rarest_first if reading not in grammar}
