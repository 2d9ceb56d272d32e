"""The Test Anything Protocol, as the drivers of automake read it."""
import sys


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, good, name, why=()):
        """One test; `why` is told line by line when it failed."""
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}".replace('#', '\\#'))
        if not good:
            for line in [why] if isinstance(why, str) else why:
                self.say(line)
        sys.stdout.flush()
        return good

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}", flush=True)

    def say(self, text):
        for line in str(text).splitlines():
            print(f"# {line}")

    def end(self):
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)
