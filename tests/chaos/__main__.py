"""Kills bots at random while they post and answer: `python -m tests.chaos --database sqlite`.

Prints a line of JSON. Ends with 0 if nothing was lost and nothing done twice; with --no-look-up,
where that must fail, if something was.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, fields

from tests.chaos.run import Plan, run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for field in fields(Plan):
        name = f"--{field.name.replace('_', '-')}"
        if field.name == "look_up":
            parser.add_argument("--no-look-up", dest="look_up", action="store_false")
        elif isinstance(field.default, bool):
            parser.add_argument(name, action="store_true")
        else:
            parser.add_argument(name, type=type(field.default), default=field.default)
    plan = Plan(**vars(parser.parse_args()))
    if plan.crashes and plan.database != "postgresql":
        parser.error("--crashes: only a server can crash apart from the bot; use postgresql")
    verdict = run(plan)
    sys.stdout.write(json.dumps({**asdict(plan), **asdict(verdict)}) + "\n")
    if plan.look_up:
        return 0 if verdict.clean else 1
    return 0 if verdict.posts_twice else 1


if __name__ == "__main__":
    sys.exit(main())
