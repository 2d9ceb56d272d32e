#!/usr/bin/env python3
"""monitor_loss.py PROGRAM RULES ROUNDS PERCENT[,PERCENT]: packets of monitors' captures (ordinary.py) are lost at random, and they are
still no matter for a finding. Exit status 1: a finding above informational."""
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ordinary
import pcap


def found(program, rules, capture):
    done = subprocess.run([program, '-q', '-R', rules, '-o', 'json+alert', '-r', capture], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    return {(a['src_ip'], a['rule']['title']) for a in alerts if a['rule']['level'] != 'informational'}


def main():
    program, rules, rounds, rates = sys.argv[1], sys.argv[2], int(sys.argv[3]), [float(r) for r in sys.argv[4].split(',')]
    wrong, count = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'lossy.pcap')
        for name in 'monitors', 'balancers':
            ordinary.SCENES[name]().capture.write(path)
            link, packets = pcap.read(path)
            for turn in range(rounds * len(rates)):
                chance = random.Random(f'{name} {turn}')
                pcap.write(path, [p for p in packets if chance.random() * 100 >= rates[turn % len(rates)]], link)
                wrong.update(found(program, rules, path))
                count += 1
    for (source, title), times in sorted(wrong.items()):
        print(f'{source}: {title}, {times} times')
    print(f'{count} captures')
    sys.exit(1 if wrong or not count else 0)


if __name__ == '__main__':
    main()
