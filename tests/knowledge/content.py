"""A content folder on disk, small and free of faults, that a test can spoil in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from knowledge.fault import Fault
from knowledge.library import Library, LibraryFaults, read_library

SOURCES = """\
sources:
    - title: 人事院規則15-14
      issuer: 人事院
      date: 2026-02-08時点
"""

ARTICLE = """\
- id: core-time
  kind: rule
  title: コアタイム
  questions:
    - コアタイムは何時から何時までですか。
    - コアタイムって何時間？
    - コアタイム 何時
    - フレックスでも必ずいる時間帯はありますか。
    - 全員がそろう時間帯を教えてください。
    - コアタイムに会議を入れたいのですが。
  applies_to: 一般職の国家公務員
  in_force: {from: 2023-04-01}
  answer: コアタイムは9時から16時までの間の2時間から4時間です。
  sources:
    - title: 人事院規則15-14
      issuer: 人事院
      date: 2026-02-08時点
  facts: [F001]
  confidence: primary
  owner: 人事院
  review_by: 2027-03-31
  scope: common
"""

SECOND = """\
- id: overtime-cap
  kind: rule
  title: 超過勤務の上限
  questions:
    - 超過勤務の上限は何時間ですか。
    - 残業って月何時間まで？
    - 超勤 上限
    - 月45時間を超えて残業できますか。
    - 年間の残業時間の限度を教えてください。
    - 今月もう40時間残業しているのですが。
  applies_to: 一般職の国家公務員
  versions:
    - in_force: {from: 2019-04-01, to: 2026-03-31}
      answer: 上限は月45時間、年360時間です。
    - in_force: {from: 2026-04-01}
      answer: 上限は月45時間、年360時間のままです。
      detail: 他律的業務の比重が高い部署は別です。
  sources:
    - title: 人事院規則15-14
      issuer: 人事院
      date: 2026-02-08時点
  facts: [F002]
  confidence: primary
  owner: 人事院
  review_by: 2027-03-31
  scope: common
"""

DESKS = """\
- id: cabinet
  name: 内閣人事局 照会窓口
  ministry: 総務省
  serves: all
  up: owner
  staff: [desk_officer]
- id: owner
  name: 人事院
  ministry: デジタル庁
  serves: []
  owns: [人事院]
- {id: kankyo, name: 環境省 人事担当, ministry: 環境省, up: cabinet, days: 2}
"""

OTHERS = {
    "desks.yaml": DESKS,
    "facts.yaml": "facts:\n- id: F001\n- id: F002\n",
    "ministries.yaml": (
        "surveyed:\n"
        "- {name: 総務省, short_names: [総務], reading: そうむしょう}\n"
        "- {name: 環境省, short_names: [環境], reading: かんきょうしょう}\n"
        "others:\n"
        "- {name: デジタル庁, reading: でじたるちょう}\n"
    ),
    "synonyms.yaml": (
        "spoken:\n"
        "  テレワ: テレワーク\n"
        "groups:\n"
        "- [超過勤務, 残業, 超勤]\n"
        "ignored: [教える, する, 何]\n"
    ),
    "out_of_scope.yaml": (
        "- category: tax\n  title: 税のこと\n  patterns:\n  - words: [[確定申告, 年末調整]]\n"
    ),
}


@dataclass(frozen=True)
class Content:
    """A content folder; `articles/a.yaml` holds ARTICLE and `articles/b.yaml` SECOND."""

    folder: Path

    def write(self, name: str, text: str | bytes) -> None:
        content = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(content)

    def spoil(self, before: str, after: str, name: str = "articles/a.yaml") -> None:
        """Puts `after` in the place of `before`, which must stand in the file exactly once."""
        text = (self.folder / name).read_text("utf-8")
        assert text.count(before) == 1
        self.write(name, text.replace(before, after))

    def read(self) -> Library:
        return read_library(self.folder)

    def faults(self) -> tuple[Fault, ...]:
        try:
            self.read()
        except LibraryFaults as refused:
            return refused.faults
        return ()

    def only_fault(self) -> Fault:
        faults = self.faults()
        assert len(faults) == 1, "\n".join(map(str, faults))
        return faults[0]


def make_content(folder: Path) -> Content:
    """Write a folder without a fault."""
    (folder / "articles").mkdir()
    content = Content(folder)
    for name, text in {"articles/a.yaml": ARTICLE, "articles/b.yaml": SECOND, **OTHERS}.items():
        content.write(name, text)
    return content
