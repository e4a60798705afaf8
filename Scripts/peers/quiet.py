"""How much of the processors others use while something is measured.

Two threads that wait for each other at every step, as OpenMP's do, fall to a small part of their speed when a third
wants a core: on a busy machine a ratio says who suffers more, and not who is faster.
"""

import os
import resource
import time

most_others = 0.1  # cores, over a case; system services on an idle machine stay far below


class Watch:
    """Started when made; `others()` is how many cores others kept busy since, None where the system does not tell."""

    def __init__(self):
        self.start = self.now()

    def others(self):
        if self.start is None:
            return None
        seconds, busy, own = (new - old for new, old in zip(self.now(), self.start))
        return max(0.0, busy - own) / seconds

    @staticmethod
    def now():
        try:
            with open("/proc/stat") as file:
                rows = {row[0]: row[1:] for row in map(str.split, file)}
        except OSError:
            return None
        busy = 0
        for core in os.sched_getaffinity(0):
            user, nice, system, _, _, interrupts, soft, steal = map(int, rows[f"cpu{core}"][:8])
            busy += user + nice + system + interrupts + soft + steal
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        own = sum(usage.ru_utime + usage.ru_stime for usage in usages)
        return time.monotonic(), busy / os.sysconf("SC_CLK_TCK"), own
