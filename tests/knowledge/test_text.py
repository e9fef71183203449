"""Text before it is searched: one spelling, nothing invisible, words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.spelling import Spelling, Vocabulary
from knowledge.synonyms import Synonyms, Thesaurus
from knowledge.text import READ_LIMIT, WordReader, normalise
from tests.left_out import examples


@pytest.fixture(scope="module")
def reader() -> WordReader:
    return WordReader()


@settings(max_examples=examples(2_000), deadline=None)
@given(text=st.text(st.characters()))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    """What is normalised is normal."""
    once = normalise(text)

    assert normalise(once) == once


@settings(max_examples=examples(2_000), deadline=None)
@given(
    text=st.text(st.sampled_from("0123456789,.〇一三十百千万億円年月日時間分令和平成元rhs週か ヶ"))
)
def test_normalising_numbers_twice_changes_nothing_more(text: str) -> None:
    """What numbers are restated as is not restated again."""
    once = normalise(text)

    assert normalise(once) == once


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("ﾃﾚﾜｰｸ ﾊﾟｿｺﾝ", "テレワーク パソコン"),
        ("ＷＥＢ会議", "web会議"),
        ("テレワ−ク", "テレワーク"),
        ("規則15‐14", "規則15-14"),
        ("9時〜16時", "9時~16時"),
        ("9時～16時", "9時~16時"),
        ("  在宅　勤務\n手当  ", "在宅 勤務 手当"),
        ("中\u200b抜け\u202e\x07", "中抜け"),
        ("か\u3099", "が"),
        ("３千円", "3000円"),
        ("三千円", "3000円"),
        ("3,000円", "3000円"),
        ("1万5千円", "15000円"),
        ("1,000万円", "10000000円"),
        ("二十四時間", "24時間"),
        ("週三で在宅", "週3で在宅"),
        ("３ヶ月", "3か月"),
        ("三箇月", "3か月"),
        ("令和7年", "2025年"),
        ("令和七年四月一日", "2025年4月1日"),
        ("R7.4.1", "2025年4月1日"),
        ("Ｒ７年度", "2025年度"),
        ("平成元年", "1989年"),
        ("H29の調査", "2017年の調査"),
        ("S3", "s3"),
        ("三六協定", "三六協定"),
        ("第三者", "第三者"),
        ("一時離席", "一時離席"),
        ("十分な休憩", "十分な休憩"),
        ("数万円", "数万円"),
        ("", ""),
    ],
)
def test_what_means_the_same_is_spelt_the_same(typed: str, normal: str) -> None:
    """Widths, dashes, spaces, case and invisible characters make no difference."""
    assert normalise(typed) == normal


@settings(deadline=None)
@given(text=st.text(st.characters()))
def test_any_text_can_be_read(reader: WordReader, text: str) -> None:
    """No text makes the tokenizer fail, lone surrogates and controls included."""
    reader.forms(normalise(text))


def test_words_are_content_in_its_dictionary_form(reader: WordReader) -> None:
    """Particles and endings go, inflected and variant forms become one."""
    assert reader.forms("休憩の取組みを申請しました。") == ("休憩", "取り組み", "申請", "為る")


def test_numerals_alone_are_no_words(reader: WordReader) -> None:
    """A number names a rule only beside a word."""
    assert reader.forms("1+1は?") == ()
    assert reader.forms("第15条") == ("15", "条")


def test_a_long_text_is_read_up_to_its_limit(reader: WordReader) -> None:
    """Sudachi would refuse what is longer than 49,149 bytes."""
    assert len(reader.forms("休憩、" * READ_LIMIT)) == READ_LIMIT // 3 + 1


def test_one_reader_serves_many_threads() -> None:
    """Threads that share a reader, from its first use on, get the words they would get alone."""
    reader = WordReader()
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = list(pool.map(reader.forms, ["在宅勤務等手当の期間は何月からですか。"] * 200))

    assert set(found) == {reader.forms("在宅勤務等手当の期間は何月からですか。")}


def test_expressions_of_a_group_are_one_term(reader: WordReader) -> None:
    """Whatever word of a group is used, the group's first one stands for it."""
    thesaurus = Thesaurus(Synonyms(groups=(("超過勤務", "残業", "時間外勤務"),)), reader)

    assert thesaurus.terms("残業 時間外勤務 超過勤務") == ("超過勤務",) * 3


def test_the_longest_expression_is_found_first(reader: WordReader) -> None:
    """A word keeps its own meaning inside an expression of another group."""
    groups = (("テレワーク", "在宅", "在宅勤務"), ("業務", "勤務"))
    thesaurus = Thesaurus(Synonyms(groups=groups), reader)

    assert thesaurus.terms("在宅勤務の勤務") == ("テレワーク", "業務")


def test_a_spoken_form_is_replaced_only_as_a_whole_word(reader: WordReader) -> None:
    """フレ is flextime, but not in リフレッシュ, and テレワ does not spoil テレワーク."""
    spoken = (
        ("フレ", "フレックスタイム"),
        ("テレワ", "テレワーク"),
        ("wlb", "ワークライフバランス"),
    )
    thesaurus = Thesaurus(Synonyms(spoken=spoken), reader)

    assert thesaurus.terms("フレでリフレッシュ") == ("フレックスタイム", "リフレッシュ")
    assert thesaurus.terms("テレワとテレワーク") == ("テレワーク", "テレワーク")
    assert thesaurus.terms("ＷＬＢ") == thesaurus.terms("ワークライフバランス")


def test_ignored_words_are_no_terms(reader: WordReader) -> None:
    """Whoever asks politely asks the same; what is ignored is compared as words, not as letters."""
    thesaurus = Thesaurus(Synonyms(ignored=("教える", "下さる")), reader)

    assert thesaurus.terms("休憩を教えてください") == ("休憩",)


def spelling_of(*texts: str, reader: WordReader) -> Spelling:
    vocabulary = Vocabulary()
    for text in texts:
        vocabulary.add(text, reader.read(text))
    return Spelling(vocabulary, reader)


def test_kana_are_written_as_the_library_writes_them(reader: WordReader) -> None:
    """A word typed in hiragana becomes the library's word of that sound."""
    spelling = spelling_of("残業免除を請求する", "インターバル", reader=reader)

    assert spelling.correct("いんたーばるのせいきゅう").text == "インターバルの請求"


def test_kana_that_are_grammar_in_the_library_stay(reader: WordReader) -> None:
    """ないように holds the sound of 内容, and means something else."""
    spelling = spelling_of("内容を確かめる", "忘れないようにする", reader=reader)

    assert spelling.correct("見られないようにする").text == "見られないようにする"


def test_a_word_of_the_same_sound_is_told_beside_an_unknown_one(reader: WordReader) -> None:
    """証人 may be a slip for 承認: the text stays, because the unknown word goes on counting."""
    spelling = spelling_of("承認は課長が行う", reader=reader)

    assert spelling.correct("証人は誰").text == "証人は誰"
    assert spelling.correct("証人は誰").homophones == (("証人", "承認"),)
    assert spelling.correct("承認は誰").homophones == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("テレワーグの日", "テレワークの日"),
        ("インタバルの時間", "インターバルの時間"),
        ("サテライトオフイス", "サテライトオフィス"),
        ("月の上現", "月の上限"),
        ("超過勤努の命令", "超過勤務の命令"),
    ],
)
def test_a_misspelt_word_is_repaired(reader: WordReader, typed: str, meant: str) -> None:
    """What is no word becomes the library's nearest, by its look or by its sound."""
    known = "テレワーク インターバル サテライトオフィス 上限 超過勤務 の時間と日 月 命令"

    corrected = spelling_of(known, reader=reader).correct(typed)

    assert corrected.text == meant
    assert len(corrected.repairs) == 1


@pytest.mark.parametrize("typed", ["育児休業", "レシート", "地域手当", "ランチ"])
def test_a_word_of_the_language_is_no_slip(reader: WordReader, typed: str) -> None:
    """A word that the library lacks is left alone, however near to one that it has."""
    spelling = spelling_of("育児休暇", "レポート", "地域手渡", "ベンチ", reader=reader)

    assert spelling.correct(typed).repairs == ()
