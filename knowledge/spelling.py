"""Words typed in kana, or with other characters of the same sound, as the library writes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from knowledge.text import Word, WordReader

SHORTEST = 4
"""Kana of a reading that is recognised: shorter ones stand inside endings by chance, and have too
many words of the same sound."""

_KANA_RUN = re.compile(f"[\u3041-\u3096\u30fc]{{{SHORTEST},}}")
_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


class Spelling:
    """The nouns of a library by their sound; immutable.

    Most misspellings in Japanese keep the sound: いんたーばる, or 証人 where 承認 was meant.
    """

    def __init__(self, texts: Sequence[str], reader: WordReader) -> None:
        """`texts` are normalised."""
        self._reader = reader
        words = [word for text in texts for word in reader.read(text)]
        self._known = frozenset(word.form for word in words)
        self._written = _written_by_sound(words, _kana_of(texts))
        self._longest = max(map(len, self._written), default=0)

    def correct(self, text: str) -> str:
        """A normalised text with its kana words written out, and what else it may have meant."""
        text = _KANA_RUN.sub(lambda run: "".join(self._write_out(run.group())), text)
        return " ".join([text, *self._homophones(text)])

    def _write_out(self, kana: str) -> Iterator[str]:
        """The pieces of a run of kana: at each place the longest known word, or else one kana."""
        sound = kana.translate(_TO_KATAKANA)
        place = 0
        while place < len(kana):
            lengths = range(min(self._longest, len(kana) - place), SHORTEST - 1, -1)
            length = next((n for n in lengths if sound[place : place + n] in self._written), 0)
            yield self._written[sound[place : place + length]] if length else kana[place]
            place += length or 1

    def _homophones(self, text: str) -> list[str]:
        """Known words that sound like unknown ones.

        They join the unknown words instead of replacing them: 強要 is no slip for 共用, and its
        absence from the library must go on counting.
        """
        nouns = (word for word in self._reader.read(text) if word.is_noun)
        unknown = (word.reading for word in nouns if word.form not in self._known)
        return [self._written[reading] for reading in unknown if reading in self._written]


def _written_by_sound(words: Iterable[Word], kana: str) -> Mapping[str, str]:
    """How the nouns of each reading are written most often.

    A reading that the library's own kana contain is left out, because it is grammar there and will
    be grammar in questions: ないようにする is no 内容.
    """
    counted = Counter(
        (word.reading, word.written)
        for word in words
        if word.is_noun and len(word.reading) >= SHORTEST and word.reading not in kana
    )
    rarest_first = sorted(counted.items(), key=lambda item: item[1])
    return {reading: written for (reading, written), _ in rarest_first}


def _kana_of(texts: Iterable[str]) -> str:
    runs = (run for text in texts for run in _KANA_RUN.findall(text))
    return " ".join(runs).translate(_TO_KATAKANA)
