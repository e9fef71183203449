"""Ticks; runs each due job in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.calendar import TOKYO
from bot.context import Context, Job, SlowJob
from bot.conversation.message import Post
from bot.database.engine import Database, DatabaseError, Transaction
from bot.delivery import outbox
from bot.log import get_log

log = get_log()


class Clockwork:
    """One a process, and all alike: the database decides what is still to be done.

    The scheduler is an alarm clock and no more: its own job stores, shared by processes, run
    nearly everything twice. Every replica ticks, and a job that another has done finds nothing.
    """

    def __init__(
        self,
        database: Database,
        context: Context,
        jobs: Sequence[Job | SlowJob],
        on_posts: Callable[[], None],
    ) -> None:
        self._database = database
        self._context = context
        self._jobs = tuple(jobs)
        self._on_posts = on_posts
        self._scheduler = BackgroundScheduler(
            timezone=TOKYO,
            # A tick that is late is run once, whenever the process comes to it.
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def start(self) -> None:
        for job in self._jobs:
            self._scheduler.add_job(self._tick, make_trigger(job.cron), args=(job,), id=job.name)
        self._scheduler.start()

    def stop(self) -> None:
        """Let the job that runs end, and start no other."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def run(self, job: Job | SlowJob) -> int:
        """Do what is due; how many posts that led to. Raises DatabaseError."""
        act = job.prepare(self._context)
        if act is None:
            return 0
        with self._database.lease() if job.claims else self._database.write() as tx:
            outcome, now = act(tx), self._database.now(tx)
            kept = [key for post in outcome.posts for key in _put(tx, post, now)]
            outbox.withdraw(tx, outcome.withdrawn, now)
        self._on_posts()
        return len(kept)

    def _tick(self, job: Job | SlowJob) -> None:
        try:
            posts = self.run(job)
        except DatabaseError as error:
            # A conflict means that another replica was quicker; what is left is due next time.
            log.warning("job_waits_for_database", job=job.name, reason=str(error))
        except Exception:
            log.exception("job_broke", job=job.name)
        else:
            # Most find nothing to do, some every few seconds.
            (log.info if posts else log.debug)("job_done", job=job.name, posts=posts)


def make_trigger(cron: str) -> CronTrigger:
    """When a job is run: five fields as in a crontab, or six with the seconds before them."""
    fields = cron.split()
    names = ("second", "minute", "hour", "day", "month", "day_of_week")[-len(fields) :]
    return CronTrigger(**dict(zip(names, fields, strict=True)), timezone=TOKYO)


def _put(tx: Transaction, post: Post, now: datetime) -> tuple[str, ...]:
    """Keep a job's post. Its own key is all that tells one run's from another's."""
    if post.key is None:
        raise ValueError("a post of a job needs a key of its own")
    return outbox.put_posts(tx, (post,), post.key, now)
