"""The beginning of a new article: every field, with what belongs into it."""

from __future__ import annotations

from datetime import date

from knowledge.article import Kind

_PRACTICE = """\
  ministry: （実施した府省の正式名）
  blockers: [働き方の見直しが不十分]    # この事例が役立つ、調査で挙がった理由
"""


def render_scaffold(article_id: str, kind: Kind, review_by: date) -> str:
    """An article as YAML that `madoguchi check` names the gaps of, ready to be filled in."""
    return f"""\
- id: {article_id}
  kind: {kind.value}
  title: （何についての記事か、20字ほどで）
  questions: []             # 聞かれ方を6〜10通り。丁寧な文も、短い文も、くだけた文も
                            # 例：[〜について教えてください。, 〜って何時間？]
  applies_to: （対象になる職員）
  in_force: {{from: {review_by.year - 1}-04-01}}   # 施行日。分からないときは、この行を消す
  answer: >-                # 結論を先に。400字以内。です・ます
    （答え）
  detail: >-                # くわしい内容。要らなければ、この2行を消す
    （補足）
  sources:
    - title: （法令・通知・資料の名前）
      issuer: （出したところ）
      date: （日付）
      where: （条・項・ページ）
      url: https://www.example.go.jp/
  facts: []                 # facts.yaml の番号
  confidence: primary       # primary 本文を確認 / secondary 報道・解説 / unseen 確認できず
  caution: 府省の規程によります。
  owner: （この記事に責任を持つ担当）
  review_by: {review_by.isoformat()}
  scope: common             # common、または [府省の正式名]
{_PRACTICE if kind is Kind.PRACTICE else ""}"""
