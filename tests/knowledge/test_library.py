"""Reading the content: all of it where it has no fault, every fault with its place where it has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.article import Confidence, Kind, Period
from knowledge.library import (
    LibraryFaults,
    check_article,
    content_folder,
    parse_article,
    read_library,
    read_offices,
)
from tests.knowledge.content import ARTICLE, SOURCES, Content
from tests.left_out import examples


def test_a_folder_without_faults_is_read_whole(content: Content) -> None:
    """Articles, ministries, synonyms, categories and fact ids come out as they were written."""
    library = content.read()

    assert [article.id for article in library.articles] == ["core-time", "overtime-cap"]
    assert [ministry.name for ministry in library.ministries] == ["総務省", "環境省"]
    assert [office.name for office in library.other_offices] == ["デジタル庁"]
    assert library.synonyms.spoken == (("テレワ", "テレワーク"),)
    assert [category.category for category in library.out_of_scope] == ["tax"]
    assert {"F001", "F002"} == library.facts


def test_an_article_is_read_field_by_field(content: Content) -> None:
    """An article without versions has one, in force for the period that it names."""
    article = content.read().articles[0]

    assert (article.kind, article.confidence, article.scope) == (Kind.RULE, Confidence.PRIMARY, ())
    assert date(2027, 3, 31) == article.review_by
    assert [Period(date(2023, 4, 1), None)] == [version.in_force for version in article.versions]
    assert article.sources[0].issuer == "人事院"


@pytest.mark.parametrize(("written", "read"), [("true", True), ("false", False)])
def test_an_article_may_hand_its_question_over(content: Content, written: str, read: bool) -> None:
    """An article tells what is known and leaves the decision to a person, if it says so."""
    assert content.read().articles[0].hand_over is False

    content.spoil("kind: rule", f"kind: rule\n  hand_over: {written}")

    assert content.read().articles[0].hand_over is read


def test_versions_are_told_apart_by_the_day(content: Content) -> None:
    """The version in force and the one that comes next are found by a day."""
    article = content.read().articles[1]

    assert article.version_on(date(2019, 3, 31)) is None
    assert article.version_on(date(2026, 3, 31)) == article.versions[0]
    assert article.version_on(date(2026, 4, 1)) == article.versions[1]
    assert article.version_after(date(2026, 3, 31)) == article.versions[1]


def test_a_folded_line_break_is_no_space(content: Content) -> None:
    """A text written over several lines reads as one Japanese sentence."""
    content.spoil(
        "answer: コアタイムは9時から16時までの間の2時間から4時間です。",
        "answer: >-\n    コアタイムは9時から\n    16時までです。\n    GSS Web\n    A の順です。",
    )

    assert (
        content.read().articles[0].versions[0].answer
        == "コアタイムは9時から16時までです。GSS Web Aの順です。"
    )


def test_what_notepad_does_to_a_file_is_no_fault(content: Content) -> None:
    """A byte order mark at the beginning and Windows line ends are read past."""
    text = (content.folder / "articles/a.yaml").read_bytes()
    content.write("articles/a.yaml", b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))

    assert content.faults() == ()


def test_an_article_may_stand_alone_in_its_file(content: Content) -> None:
    """A file holds a list of articles or just one."""
    text = (content.folder / "articles/a.yaml").read_text("utf-8")
    content.write("articles/a.yaml", "".join(line[2:] for line in text.splitlines(keepends=True)))

    assert content.read().articles[0].id == "core-time"


def test_an_unsettled_article_needs_no_source(content: Content) -> None:
    """What nobody could confirm has no source, and says so by its confidence."""
    content.spoil("confidence: primary", "confidence: unseen")
    content.spoil(
        SOURCES,
        "sources: []\n",
    )

    assert content.faults() == ()


PRACTICE = "kind: practice\n  ministry: 環境省\n  blockers: [セキュリティ上の課題]"

FAULTS = {
    "unknown key": ("  owner: ", "  ownr: ", 20, "もしかして owner ですか"),
    "unknown key unlike any": (
        "  owner: 人事院",
        "  owner: 人事院\n  zzz: 1",
        21,
        "使えるのは id、",
    ),
    "missing key": ("  applies_to: 一般職の国家公務員\n", "", 1, "applies_to がありません"),
    "no answer": (
        "  answer: コアタイムは9時から16時までの間の2時間から4時間です。\n",
        "",
        1,
        "answer がありません",
    ),
    "empty value": ("title: コアタイム", "title:", 3, "title が空です"),
    "null value": ("title: コアタイム", "title: null", 3, "title が空です"),
    "list for text": ("title: コアタイム", "title: [コアタイム]", 3, "文を書いてください"),
    "text for list": ("facts: [F001]", "facts: F001", 18, "1件を1行に"),
    "mapping in a list": ("- コアタイム 何時", "- コアタイム: 何時", 7, "1件が文ではありません"),
    "text for mapping": ("in_force: {from: 2023-04-01}", "in_force: 今年", 12, "「項目: 値」"),
    "impossible day": ("from: 2023-04-01", "from: 2023-02-29", 12, "「2023-02-29」は日付として"),
    "wide day": ("review_by: 2027-03-31", "review_by: ２０２７-03-31", 21, "日付として読めません"),
    "ordinal day": ("review_by: 2027-03-31", "review_by: 20270331", 21, "日付として読めません"),
    "from after to": ("{from: 2023-04-01}", "{from: 2023-04-01, to: 2022-01-01}", 12, "より後です"),
    "kind": ("kind: rule", "kind: law", 2, "rule か practice にしてください"),
    "confidence": ("confidence: primary", "confidence: sure", 19, "「sure」は使えません"),
    "flag": ("kind: rule", "kind: rule\n  hand_over: maybe", 3, "true か false にしてください"),
    "id": ("id: core-time", "id: Core_Time", 1, "半角の英小文字"),
    "few questions": ("    - コアタイム 何時\n", "", 4, "5件です"),
    "many questions": (
        "    - コアタイム 何時\n",
        "".join(f"    - コアタイム {n}時から\n" for n in range(6)),
        4,
        "11件です",
    ),
    "repeated question": (
        "- コアタイム 何時",
        "- ｺｱﾀｲﾑって何時間?",
        7,
        "a.yaml の6行目 にもあります",
    ),
    "long answer": ("2時間から4時間です。", "あ" * 400, 13, "字あります"),
    "no source": (
        SOURCES,
        "sources: []\n",
        14,
        "sources に1件もありません",
    ),
    "source without issuer": ("      issuer: 人事院\n", "", 15, "issuer がありません"),
    "address": (
        "      issuer: 人事院",
        "      issuer: 人事院\n      url: www.jinji.go.jp",
        17,
        "url は",
    ),
    "unknown fact": ("facts: [F001]", "facts: [F001, F999]", 18, "「F999」は facts.yaml に"),
    "unknown ministry": ("scope: common", "scope: [環境庁]", 22, "もしかして 環境省 ですか"),
    "short ministry": ("kind: rule", PRACTICE.replace("環境省", "環境"), 3, "もしかして 環境省"),
    "common with others": ("scope: common", "scope: [common, 環境省]", 22, "common だけにするか"),
    "unknown blocker": ("kind: rule", PRACTICE.replace("上の課題", ""), 4, "選択肢にありません"),
    "practice of nobody": ("kind: rule", "kind: practice", 2, "ministry に書いてください"),
    "rule with blockers": (
        "kind: rule",
        "kind: rule\n  blockers: [その他]",
        3,
        "practice のときだけ",
    ),
    "tab": ("title: コアタイム", "title: コア\tタイム", 3, "タブがあります"),
    "control character": ("title: コアタイム", "title: コア\x07タイム", 3, "U+0007"),
    "direction mark": ("title: コアタイム", "title: コア\u202eタイム", 3, "U+202E"),
    "wide space": ("  title: コアタイム", "\u3000title: コアタイム", 3, "全角の空白"),
    "repeated key": ("  owner: 人事院", "  owner: 人事院\n  kind: rule", 21, "1回目は2行目"),
    "reference": ("title: コアタイム", "title: &a コアタイム", 3, "「&」「*」"),
    "type": ("title: コアタイム", "title: !!python/name:os.system コアタイム", 3, "「!」"),
    "nesting": ("title: コアタイム", "title: " + "[" * 20 + "]" * 20, 3, "入れ子が深すぎます"),
    "documents": ("- id: core-time", "- a\n---\n- id: core-time", 2, "「---」"),
    "wide colon": ("title: コアタイム", "title：コアタイム", 4, "全角の「：」"),
    "two colons": ("title: コアタイム", "title: コア: タイム", 3, "「: 」が2つ"),
    "open quote": ("scope: common", 'scope: "common', 23, "引用符"),
    "open bracket": ("facts: [F001]", "facts: [F001", 19, "[ ] や { }"),
    "sign at the beginning": ("title: コアタイム", "title: @コアタイム", 3, "使えない記号"),
    "indentation": ("  kind: rule", "   kind: rule", 2, "字下げ"),
    "out of scope": ("- コアタイム 何時", "- 確定申告とコアタイム", 7, "tax に当てはまり"),
}


@pytest.mark.parametrize(("before", "after", "line", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_with_its_file_and_line(
    content: Content, before: str, after: str, line: int, told: str
) -> None:
    """What is wrong is named where it stands, in words that tell how to mend it."""
    content.spoil(before, after)

    mine = [fault for fault in content.faults() if told in fault.message]

    assert [("articles/a.yaml", line)] == [(fault.file, fault.line) for fault in mine]


SEVERAL = {"mapping in a list"}
"""A phrasing that cannot be read also leaves one too few."""


@pytest.mark.parametrize("kind", sorted(FAULTS.keys() - SEVERAL))
def test_one_mistake_is_one_fault(content: Content, kind: str) -> None:
    """A mistake is not followed by others that are only its consequences."""
    before, after, *_ = FAULTS[kind]
    content.spoil(before, after)

    assert len(content.faults()) == 1


def test_every_fault_is_found_in_one_run(content: Content) -> None:
    """Faults of several files and kinds are told together, in the order of files and lines."""
    content.spoil("title: コアタイム", "titel: コアタイム")
    content.spoil("facts: [F001]", "facts: [F007]")
    content.spoil("title: 超過勤務の上限", "title: @", name="articles/b.yaml")
    content.spoil("[超過勤務, 残業, 超勤]", "[超過勤務, 残業, 残業]", name="synonyms.yaml")

    assert [(fault.file, fault.line) for fault in content.faults()] == [
        ("articles/a.yaml", 3),
        ("articles/a.yaml", 18),
        ("articles/b.yaml", 3),
        ("synonyms.yaml", 4),
    ]


def test_a_fault_prints_as_editors_and_tools_expect(content: Content) -> None:
    """One line a fault, file and line first, so that an editor program can jump there."""
    content.spoil("owner: 人事院", "owner:")

    with pytest.raises(LibraryFaults, match=r"^articles/a\.yaml:20: owner が空です。"):
        content.read()


def test_an_id_belongs_to_one_article(content: Content) -> None:
    """A repeated id is told with the place of the first."""
    content.spoil("id: overtime-cap", "id: core-time", name="articles/b.yaml")

    fault = content.only_fault()

    assert (fault.file, fault.line) == ("articles/b.yaml", 1)
    assert "articles/a.yaml の1行目" in fault.message


def test_a_phrasing_belongs_to_one_article(content: Content) -> None:
    """A phrasing that two articles hold is told with the place of the first."""
    content.spoil("- 超勤 上限", "- コアタイム  何時", name="articles/b.yaml")

    fault = content.only_fault()

    assert (fault.file, fault.line) == ("articles/b.yaml", 7)
    assert "articles/a.yaml の7行目" in fault.message


@pytest.mark.parametrize(
    "period", ["{from: 2026-03-31}", "{to: 2027-01-01}", "{from: 2018-01-01, to: 2018-12-31}"]
)
def test_versions_do_not_overlap(content: Content, period: str) -> None:
    """A version begins after the one before it has ended."""
    content.spoil("in_force: {from: 2026-04-01}", f"in_force: {period}", name="articles/b.yaml")

    fault = content.only_fault()

    assert (fault.file, fault.line) == ("articles/b.yaml", 15)
    assert "重なっています" in fault.message


def test_an_article_has_an_answer_or_versions(content: Content) -> None:
    """What stands beside versions would never be shown."""
    content.spoil("  versions:", "  answer: 月45時間です。\n  versions:", name="articles/b.yaml")

    fault = content.only_fault()

    assert (fault.file, fault.line) == ("articles/b.yaml", 12)
    assert "versions の中だけに" in fault.message


def test_a_company_may_be_whose_practice_it_is(content: Content) -> None:
    """Firms set good examples too, and no list can hold them all."""
    content.spoil("kind: rule", PRACTICE.replace("環境省", "味の素"))

    assert content.read().articles[0].ministry == "味の素"


def test_a_file_in_another_encoding_is_told(content: Content) -> None:
    """Shift_JIS is told with the first line that is not UTF-8."""
    content.write("articles/a.yaml", b"# ascii\n" + "題名".encode("cp932"))

    fault = content.only_fault()

    assert (fault.file, fault.line) == ("articles/a.yaml", 2)
    assert "UTF-8" in fault.message


@pytest.mark.parametrize("text", ["", "# あとで書く\n"])
def test_an_empty_file_is_told(content: Content, text: str) -> None:
    """A file without content was saved too early."""
    content.write("articles/a.yaml", text)

    assert "何も書かれていません" in content.only_fault().message


def test_a_file_that_would_not_be_read_is_told(content: Content) -> None:
    """An article saved under another ending would be missing from the desk unseen."""
    content.write("articles/new.yml", "- id: new\n")

    assert content.only_fault().file == "articles/new.yml"


def test_missing_files_are_told(tmp_path: Path) -> None:
    """An empty folder lacks everything, and says so file by file."""
    with pytest.raises(LibraryFaults) as refused:
        read_library(tmp_path)

    assert [fault.file for fault in refused.value.faults] == [
        "articles",
        "desks.yaml",
        "facts.yaml",
        "ministries.yaml",
        "out_of_scope.yaml",
        "synonyms.yaml",
    ]


OTHER_FAULTS = {
    "ministry twice": ("ministries.yaml", "[環境]", "[総務]", 3, "2回あります"),
    "ministry without reading": ("ministries.yaml", ", reading: でじたるちょう", "", 5, "reading"),
    "day off that is none": (
        "ministries.yaml",
        "reading: でじ",
        "days_off: [2026-06-31], reading: でじ",
        5,
        "06-31",
    ),
    "synonym in two groups": ("synonyms.yaml", "ignored", "- [残業, 居残り]\nignored", 5, "残業"),
    "spoken as a list": ("synonyms.yaml", "テレワ: テレワーク", "テレワ: [テ]", 2, "文を書いて"),
    "pattern without words": ("out_of_scope.yaml", "[[確定申告, 年末調整]]", "[]", 4, "words には"),
    "pattern with an empty list": (
        "out_of_scope.yaml",
        "[[確定申告, 年末調整]]",
        "[[]]",
        4,
        "words",
    ),
    "pattern of one level": ("out_of_scope.yaml", "[[確定申告, 年末調整]]", "[税]", 4, "並べて"),
}


@pytest.mark.parametrize(
    ("name", "before", "after", "line", "told"), OTHER_FAULTS.values(), ids=OTHER_FAULTS
)
def test_faults_of_the_other_files_are_told(
    content: Content, name: str, before: str, after: str, line: int, told: str
) -> None:
    """Ministries, synonyms and categories are checked like articles."""
    content.spoil(before, after, name=name)

    mine = [fault for fault in content.faults() if told in fault.message]

    assert [(name, line)] == [(fault.file, fault.line) for fault in mine]


def test_a_ministry_has_days_off_of_its_own(content: Content) -> None:
    """Days on which one office is closed should be read as days, and none where none are named."""
    content.spoil(
        "reading: そうむ", "days_off: [2026-06-01], reading: そうむ", name="ministries.yaml"
    )
    first, second, *_ = content.read().ministries

    assert first.days_off == {date(2026, 6, 1)}
    assert second.days_off == frozenset()


def test_nesting_that_would_crash_the_parser_is_told(content: Content) -> None:
    """A hundred thousand brackets end in a fault, where libyaml alone would end the process."""
    content.write("articles/a.yaml", "[" * 100_000)

    assert content.only_fault().file == "articles/a.yaml"


YAML_LIKE = st.lists(
    st.sampled_from(
        [*"a日-:?,[]{}#&*!|>'\"%@` \n\t\r\x00\u2028\u3000：。01", "\n  ", "\n- ", "id: ", "<<: "]
    )
).map("".join)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(300),
    deadline=None,
)
@given(text=YAML_LIKE | st.binary())
def test_whatever_is_written_ends_in_faults_at_worst(content: Content, text: str | bytes) -> None:
    """No text in any file raises anything but LibraryFaults."""
    for name in ("articles/a.yaml", "ministries.yaml", "synonyms.yaml", "out_of_scope.yaml"):
        content.write(name, text)

    for fault in content.faults():
        assert fault.line >= 1


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=examples(300),
    deadline=None,
)
@given(start=st.integers(0, 600), length=st.integers(0, 30), text=YAML_LIKE)
def test_a_damaged_article_ends_in_faults_at_worst(
    content: Content, start: int, length: int, text: str
) -> None:
    """An article with a piece torn out and another put in raises nothing but LibraryFaults."""
    whole = (content.folder / "articles/b.yaml").read_text("utf-8")

    content.write("articles/a.yaml", whole[:start] + text + whole[start + length :])

    for fault in content.faults():
        assert fault.line >= 1


def test_the_shipped_content_has_no_faults() -> None:
    """What comes with the package can be handed out, and names the 22 surveyed organisations."""
    library = read_library(content_folder())

    assert len(library.ministries) == 22
    assert library.articles
    assert read_offices(content_folder()) == library.ministries + library.other_offices


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("id: core-time", "id: Core_Time"),
        ("コアタイムって何時間？", "残業って月何時間まで？"),
        ("コアタイムって何時間？", "コアタイムは何時から何時までですか"),
        ("コアタイムって何時間？", "確定申告のコアタイムは何時間ですか"),
        ("facts: [F001]", "facts: [F999]"),
        ("scope: common", "scope: [無省]"),
        ("answer: コアタイム", "answer: " + "長" * 401 + " # "),
        ("title: コアタイム", "title: [コアタイム"),
    ],
)
def test_an_article_is_checked_alone_as_it_is_among_all(
    before: str, after: str, content: Content
) -> None:
    """What cannot be published should be the same, whether all is read again or only that."""
    library = content.read()
    sound, spoilt = ARTICLE, ARTICLE.replace(before, after)
    check_article(sound, library)

    with pytest.raises(LibraryFaults) as alone:
        check_article(spoilt, library)
    with pytest.raises(LibraryFaults) as among:
        read_library(content.folder, {"article": spoilt})
    assert len(alone.value.faults) == len(among.value.faults)


def test_a_published_article_is_read_by_itself(content: Content) -> None:
    """What was published should be read as it stands in the library."""
    assert parse_article(ARTICLE) == content.read().articles[0]
    with pytest.raises(LibraryFaults):
        parse_article("- id: [")
