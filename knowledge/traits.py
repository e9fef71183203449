"""What texts are compared by, apart from their meaning as a whole: words, letters, relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from knowledge.synonyms import Thesaurus
from knowledge.text import Word, Words


@dataclass(frozen=True, slots=True)
class Traits:
    """A text taken apart in four ways."""

    words: Words = ()
    """Its terms: content words, each group of synonyms.yaml as one."""
    letters: Words = ()
    """Its pairs of letters: they meet where compounds are cut differently, or misspelt."""
    meanings: Words = ()
    """The dictionary's synonym groups of its words."""
    pairs: Words = ()
    """Its nouns and verbs, each with the next: 手当 before 減る is not 手当 before 請求."""


KINDS = tuple(field.name for field in fields(Traits))

# Pairs of hiragana are grammar (です, から): left out, they cost nothing and mislead nobody.
_GRAMMAR = re.compile("[\u3041-\u3096\u30fc]+")


def traits_of(text: str, words: Sequence[Word], thesaurus: Thesaurus) -> Traits:
    """The traits of a restated text and its words; of a text without a term, none at all."""
    terms = thesaurus.terms_of(words)
    if not terms:
        return Traits()
    return Traits(
        words=terms,
        letters=tuple(_letters(text)),
        meanings=tuple(str(group) for word in words for group in word.synonyms),
        pairs=tuple(_pairs(words)),
    )


def _letters(text: str) -> Iterator[str]:
    letters = "".join(character for character in text if character.isalnum())
    pairs = (one + other for one, other in pairwise(letters))
    return (pair for pair in pairs if not _GRAMMAR.fullmatch(pair))


def _pairs(words: Sequence[Word]) -> Iterator[str]:
    forms = [word.form for word in words if word.is_noun or word.is_verb]
    return (f"{one} {other}" for one, other in pairwise(forms))
