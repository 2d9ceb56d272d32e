"""A 401's size that is learnt: learned_401.py CORPUS PROGRAM RULES LEAST CAPTURE.

The sizes of a 401 are taken out of the rules, and there are keys for every second connection. Of the others some are called
rejected by what was read of their endpoint, and these were; without a key none is. Exit status 1: it is not so, or fewer are than
LEAST.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import half_keys
import keyless

SIZES = re.compile(r"(- tool: (?:http2-401-body|http1-401)\n    value: )\[[^]]*\]")


def rejected(program, rules, capture, keys):
    out = subprocess.run([program, "-q", "-R", rules, "-o", "json", "-k", keys, "-r", capture], capture_output=True, text=True)
    assert out.returncode in (0, 10), out.stderr
    told = [json.loads(line) for line in out.stdout.splitlines()]
    return {e["flow_id"] for e in told if e["event_type"] == "flow" and e.get("auth", {}).get("state") == "rejected"}


def main():
    corpus, program, rules, least, name = sys.argv[1:6]
    capture = os.path.join(corpus, name + ".pcap")
    first = keyless.streams(capture)
    with open(capture[:-5] + ".truth.json") as file:
        truth = json.load(file)
    were = {first[r["tcp_stream"]] for s in truth["per_source"] for r in s["list"]
            if r.get("tcp_stream") is not None and r["class"] == "rejected"}
    with tempfile.TemporaryDirectory() as folder:
        less, half, none = (os.path.join(folder, n) for n in ("rules", "half", "none"))
        shutil.copytree(rules, less)
        shapes = os.path.join(less, "list-tls-shapes.yaml")
        with open(shapes) as file:
            text, taken = SIZES.subn(r"\g<1>1", file.read())
        assert taken == 2
        with open(shapes, "w") as file:
            file.write(text)
        with open(capture[:-5] + ".keys") as file:
            lines = [line for line in file if not line.startswith("#") and line.strip()]
        with open(half, "w") as file:
            file.writelines(half_keys.halve(lines))
        open(none, "w").close()
        learned, unlearned = (rejected(program, less, capture, keys) for keys in (half, none))
    print("%s: rejected by a learnt size %d, of these wrong %d, without keys %d"
          % (name, len(learned), len(learned - were), len(unlearned)))
    sys.exit(bool(learned - were or unlearned or len(learned) < int(least)))


if __name__ == "__main__":
    main()
