"""The prompt: typed keys in, a recorded terminal out; what arrives stands above it."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from bot.chat.terminal.lines import Run, Style
from bot.chat.terminal.prompt import PromptScreen
from bot.chat.terminal.screen import Asked, Cancelled, Hint
from tests.terminal.stage import NEWCOMER, SEQUENCE, Stage, find_number

ESCAPE = "\x1b"
QUESTION = "コアタイムは何時間ですか"
PATIENCE = 60.0
"""Seconds after which a test that waits for nothing is interrupted."""


class Recorder(io.StringIO):
    """What a terminal was sent; somebody watches it, and acts when a text appears."""

    def __init__(self) -> None:
        super().__init__()
        self._watches: list[tuple[str, int, Callable[[], None]]] = []

    def when(self, text: str, act: Callable[[], None]) -> None:
        """Act once, when the text is sent after now."""
        self._watches.append((text, self.tell(), act))

    def press(self, label: str, keys: PipeInput) -> None:
        """Type the number of a button once it is shown."""
        self.when(label, lambda: keys.send_text(f"{find_number(self.text, label)}\n"))

    @property
    def text(self) -> str:
        """What was sent, without the sequences that place and colour it."""
        return SEQUENCE.sub("", self.getvalue())

    def write(self, sent: str) -> int:
        written = super().write(sent)
        due = [watch for watch in self._watches if watch[0] in self.getvalue()[watch[1] :]]
        self._watches = [watch for watch in self._watches if watch not in due]
        for *_, act in due:
            act()
        return written


@contextmanager
def screen_of(
    depth: ColorDepth = ColorDepth.DEPTH_4_BIT,
) -> Iterator[tuple[PromptScreen, PipeInput, Recorder]]:
    """A prompt on a terminal of 80 cells that records what it is sent."""
    sent = Recorder()
    output = Vt100_Output(
        sent, lambda: Size(rows=40, columns=80), default_color_depth=depth, enable_cpr=False
    )
    with create_pipe_input() as keys, create_app_session(input=keys, output=output):
        late = threading.Timer(PATIENCE, lambda: keys.send_text("\x03\x03"))
        late.start()
        try:
            yield PromptScreen(), keys, sent
        finally:
            late.cancel()


def test_a_line_is_typed_and_edited() -> None:
    """Keys make a line, with the editing that a shell has."""
    with screen_of() as (screen, keys, _):
        keys.send_text("コアタイムx\x7f\n")

        assert screen.ask(Asked("> ")) == "コアタイム"


@pytest.mark.parametrize(("key", "left"), [("\x03", KeyboardInterrupt), ("\x04", EOFError)])
def test_control_keys_leave(key: str, left: type[BaseException]) -> None:
    """Ctrl+C and Ctrl+D end the asking."""
    with screen_of() as (screen, keys, _):
        keys.send_text(key)

        with pytest.raises(left):
            screen.ask(Asked("> "))


def test_escape_cancels_a_form_alone() -> None:
    """Esc cancels where that is offered; elsewhere it does nothing."""
    with screen_of() as (screen, keys, _):
        keys.send_text(ESCAPE)
        with pytest.raises(Cancelled):
            screen.ask(Asked("> ", cancels=True))
    with screen_of() as (screen, keys, _):
        keys.send_text(f"{ESCAPE}[Dはい\n")

        assert screen.ask(Asked("> ")) == "はい"


def test_tab_completes() -> None:
    """What could be typed is offered, and taken with Tab."""
    with screen_of() as (screen, keys, sent):
        keys.send_text("環")
        sent.when("境省の職員", lambda: keys.send_text("\t\n"))
        asked = Asked("> ", hints=lambda typed: [Hint("環境省の職員", "職員", len(typed))])

        assert screen.ask(asked) == "環境省の職員"


def test_what_was_typed_comes_back() -> None:
    """The arrow key brings the last question again, but not what was typed into a form."""
    with screen_of() as (screen, keys, sent):
        keys.send_text("質問\n内密\n")

        assert screen.ask(Asked("> ")) == "質問"
        assert screen.ask(Asked("> ", cancels=True)) == "内密"
        sent.when("> ", lambda: keys.send_text("\x1b[A"))
        sent.when("質問", lambda: keys.send_text("\n"))
        assert screen.ask(Asked("> ")) == "質問"


def test_news_is_shown_while_something_is_asked() -> None:
    """What another thread brings is shown above the prompt, which stays for what is typed."""
    with screen_of() as (screen, keys, sent):
        arrived: list[str] = []
        screen.on_news(lambda: screen.show([(Run(arrived.pop()),)]), lambda: bool(arrived))

        def bring() -> None:
            arrived.append("届きました")
            screen.wake()

        keys.send_text("書きかけ")
        sent.when("書きかけ", lambda: threading.Thread(target=bring).start())
        sent.when("届きました", lambda: keys.send_text("\n"))

        assert screen.ask(Asked("> ")) == "書きかけ"


def test_news_between_two_prompts_waits_for_the_next() -> None:
    """A wake while nothing is asked is not lost: the next prompt shows what came."""
    with screen_of() as (screen, keys, sent):
        arrived = ["届きました"]
        screen.on_news(lambda: screen.show([(Run(arrived.pop()),)]), lambda: bool(arrived))
        screen.wake()
        sent.when("届きました", lambda: keys.send_text("\n"))

        assert screen.ask(Asked("> ")) == ""


def test_no_text_becomes_a_sequence() -> None:
    """A text with escape sequences, in the middle of colours of ours, sends none of its own."""
    with screen_of() as (screen, _, sent):
        screen.show([(Run("\x1b]0;owned\x07\x1b[2J\x9b5mあ", Style.CAUTION),)])

        assert "\x1b]0" not in sent.getvalue()
        assert "\x1b[2J" not in sent.getvalue()
        assert "\x9b" not in sent.getvalue()
        assert "\x07" not in sent.getvalue()


def test_without_colour_nothing_is_coloured() -> None:
    """NO_COLOR leaves weight and underline, and no colour."""
    line = [tuple(Run("あ", style) for style in Style)]
    with screen_of(ColorDepth.DEPTH_1_BIT) as (screen, _, sent):
        screen.show(line)
        plain = sent.getvalue()
    with screen_of() as (screen, _, sent):
        screen.show(line)

        assert ";3" in sent.getvalue()
    assert ";3" not in plain
    assert ";9" not in plain


def test_a_question_is_answered_at_the_prompt(stage: Stage) -> None:
    """Typed, answered and pressed through the whole bot."""
    with screen_of() as (screen, keys, sent):
        keys.send_text(f"{QUESTION}\n")
        sent.press("担当者に照会する", keys)
        sent.when("受付番号は", lambda: keys.send_text("/quit\n"))
        stage.run(screen)

        assert "2時間以上4時間以下" in sent.getvalue()
        assert "2026-00001" in sent.getvalue()


def test_a_form_is_filled_at_the_prompt(stage: Stage) -> None:
    """A form opened by a number is filled with completion, or left with Esc."""
    with screen_of() as (screen, keys, sent):
        keys.send_text(f"{QUESTION}\n")
        sent.press("所属府省を選ぶ", keys)
        sent.when("(1/1)", lambda: keys.send_text("国土\n/quit\n"))
        stage.run(screen, NEWCOMER)

        assert "「国土交通省」として登録しました" in sent.getvalue()


def test_a_form_is_left_at_the_prompt(stage: Stage) -> None:
    """Esc in a form sends nothing, and the conversation goes on."""
    with screen_of() as (screen, keys, sent):
        keys.send_text(f"{QUESTION}\n")
        sent.press("所属府省を選ぶ", keys)
        sent.when("(1/1)", lambda: keys.send_text(ESCAPE))
        sent.when("中止しました", lambda: keys.send_text("/quit\n"))
        stage.run(screen, NEWCOMER)

        assert "何も送信していません" in sent.getvalue()
