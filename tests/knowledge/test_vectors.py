"""Sentence vectors: cached by content, whole or not at all, and never missed where absent."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge import vectors
from knowledge.base import KnowledgeBase
from knowledge.library import Library
from knowledge.vectors import encode_all, find_encoder
from tests.conftest import VECTORS
from tests.knowledge.content import Content

ASKED = (
    "テレワ中の中抜け",
    "在宅手当 期間",
    "フレのコアタイム",
    "証人は誰",
    "残業は月に何時間まで",
)


class CountingEncoder:
    """Vectors that tell texts apart, and how many were asked for."""

    name, size = "counting", 4

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        rows = np.array([[len(text), *map(ord, (text + "   ")[:3])] for text in texts], np.float32)
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture(scope="module", params=[True, False], ids=["vectors", "words"])
def build(request: pytest.FixtureRequest) -> Callable[[Library], KnowledgeBase]:
    """Makes bases that search by meaning too, or by words alone."""
    return lambda library: KnowledgeBase(library, vectors=request.param, cache=VECTORS)


@pytest.fixture(scope="module")
def base(knowledge: KnowledgeBase, build: Callable[[Library], KnowledgeBase]) -> KnowledgeBase:
    """The shipped articles, in the order of their files."""
    return build(knowledge.library)


def test_a_text_is_encoded_once_for_all_time(encoder: CountingEncoder, tmp_path: Path) -> None:
    """What stands in the cache is not encoded again, and is the same to the last bit."""
    first = encode_all(["休憩", "手当", "休憩"], encoder, tmp_path)
    again = encode_all(["手当", "休憩", "残業"], encoder, tmp_path)

    assert encoder.encoded == ["休憩", "手当", "残業"]
    assert np.array_equal(first[:2], again[1::-1])


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 500, None])
def test_a_damaged_cache_is_made_anew(
    encoder: CountingEncoder, tmp_path: Path, damage: bytes | None
) -> None:
    """Emptied, overwritten or with one bit turned: nothing of it is believed."""
    whole = encode_all(["休憩", "手当"], encoder, tmp_path)
    (file,) = tmp_path.iterdir()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content) if damage is None else damage)

    assert np.array_equal(encode_all(["休憩", "手当"], encoder, tmp_path), whole)
    assert len(encoder.encoded) == 4
    assert [path.suffix for path in tmp_path.iterdir()] == [".vectors"]


def test_without_a_cache_nothing_is_written(
    encoder: CountingEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder was named, so no folder is touched."""
    monkeypatch.chdir(tmp_path)

    encode_all(["休憩"], encoder)

    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_done_without(
    encoder: CountingEncoder, tmp_path: Path
) -> None:
    """A folder that is a file costs time at the next start, and no answer now."""
    (tmp_path / "file").write_text("")

    assert len(encode_all(["休憩"], encoder, tmp_path / "file")) == 1


def test_progress_is_told_to_the_end(encoder: CountingEncoder) -> None:
    """Whoever waits sees how far it is, and that it is done."""
    told: list[tuple[int, int]] = []

    encode_all([str(n) for n in range(600)], encoder, progress=lambda *now: told.append(now))

    assert told == [(256, 600), (512, 600), (600, 600)]


def test_without_its_wheel_the_encoder_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the wheel has no encoder, and no error."""

    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(vectors.importlib, "import_module", refuse)

    assert find_encoder.__wrapped__() is None


def test_without_vectors_the_interface_is_the_same(content: Content) -> None:
    """By words alone the same article comes first, with every signal on its scale."""
    by_words = KnowledgeBase(content.read(), vectors=False).search("残業の上限は")

    assert by_words.matches[0].article.id == "overtime-cap"
    assert by_words.matches[0].question == "超勤 上限"
    assert by_words.matches[0].parts.question == 0.0
    assert by_words.signals.agreement == 1.0
    assert 0 < by_words.signals.confidence < 1


def test_a_question_in_other_words_is_found_by_its_meaning(content: Content) -> None:
    """A question that shares no word with its article is found by its vector alone."""
    question = "遅くまで働ける限度"
    by_meaning = KnowledgeBase(content.read()).search(question)

    assert by_meaning.matches[0].article.id == "overtime-cap"
    assert by_meaning.matches[0].parts.question > by_meaning.matches[1].parts.question


def test_the_order_of_the_articles_changes_no_ranking(
    base: KnowledgeBase, build: Callable[[Library], KnowledgeBase]
) -> None:
    """Articles may stand in any file: ranks, scores and signals stay, ties and all."""
    shuffled = list(base.library.articles)
    random.Random(1).shuffle(shuffled)
    other = build(replace(base.library, articles=tuple(shuffled)))

    for text in ASKED:
        expected, found = base.search(text), other.search(text)
        assert [m.article.id for m in found.matches] == [m.article.id for m in expected.matches]
        assert [m.score for m in found.matches] == [m.score for m in expected.matches]
        assert astuple(found.signals) == pytest.approx(astuple(expected.signals))
