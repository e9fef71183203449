"""The words of the kill harness for the rules of this fake, so that it can drive either fake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LENIENT = {"strict": False, "any_channel": True, "any_thread": True, "any_token": True}
"""A harness names channels as it likes, and its engines know nothing of our house."""
HISTORY = ("conversations.history", "conversations.replies")


def read_rules(given: Mapping[str, Any]) -> dict[str, Any]:
    """The rules that a harness asks for; what is not in its words is one of our rules."""
    ours = {key: value for key, value in given.items() if not key.isupper()}
    if len(ours) == len(given) and given:
        return ours
    theirs = {"CHANNEL_S": 1.0, **{k: v for k, v in given.items() if k.isupper()}}
    rules: dict[str, Any] = dict(LENIENT)
    for key, value in theirs.items():
        rules |= _translate(key, float(value))
    return rules | ours


def _translate(key: str, value: float) -> dict[str, Any]:
    match key:
        case "CHANNEL_S":
            return {"channel_pause": value}
        case "CH_TOL":
            return {"channel_tolerance": value}
        case "WS_PER_S":
            return {"workspace_per_second": value}
        case "WS_BURST":
            return {"workspace_burst": int(value)}
        case "HIST_PER_MIN":
            return {"per_minute": dict.fromkeys(HISTORY, int(value)) if value else {}}
        case "LAT_MS":
            return {"latency_spread": value / 1000}
        case "P_DROP":
            return {"drop": value}
        case "P_500A":
            return {"fail_after": value}
        case "P_500B":
            return {"fail_before": value}
        case "HIST_LAG_MS":
            return {"history_lag": value / 1000}
        case _:
            raise ValueError(f"no such rule: {key}")
