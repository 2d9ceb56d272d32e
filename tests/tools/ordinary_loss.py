#!/usr/bin/env python3
"""ordinary_loss.py PROGRAM RULES ROUNDS PERCENT[,PERCENT]: packets of ordinary traffic (ordinary.py) are lost at random, and what is
found is still what is found in all of it. Exit status 1: another finding above informational, or none of those."""
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

LOST_ITS_CREDENTIAL = {'Client of the cluster without its credential'}
FOUND = {'monitors': set(), 'balancers': set(), 'joining': set(), 'kubelet': LOST_ITS_CREDENTIAL, 'scheduler': LOST_ITS_CREDENTIAL,
         'anonymous-off': LOST_ITS_CREDENTIAL, 'expired-token': LOST_ITS_CREDENTIAL | {'Credential sent in plaintext'},
         'no-clock': set()}
# Whom only the cluster map makes ordinary.
EXPECTED, NOBODY = {'no-clock': '192.0.2.34'}, '192.0.2.99'


def found(program, rules, capture, clusters):
    done = subprocess.run([program, '-q', '-R', rules, '-C', clusters, '-o', 'json+alert', '-r', capture], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    return {(a.get('src_ip'), a['rule']['title']) for a in alerts if a['rule']['level'] != 'informational'}


def main():
    program, rules, rounds, rates = sys.argv[1], sys.argv[2], int(sys.argv[3]), [float(r) for r in sys.argv[4].split(',')]
    wrong, count = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        path, clusters = os.path.join(folder, 'lossy.pcap'), os.path.join(folder, 'clusters.yaml')
        for name, titles in FOUND.items():
            with open(clusters, 'w') as file:
                file.write(f'expected: [{{address: {EXPECTED.get(name, NOBODY)}, reason: checks}}]\n')
            ordinary.SCENES[name]().capture.write(path)
            link, packets = pcap.read(path)
            for turn in range(rounds * len(rates)):
                chance = random.Random(f'{name} {turn}')
                pcap.write(path, [p for p in packets if chance.random() * 100 >= rates[turn % len(rates)]], link)
                now = found(program, rules, path, clusters)
                wrong.update((name, source, title) for source, title in now if title not in titles)
                wrong.update((name, 'nobody', title) for title in titles - {title for _, title in now})
                count += 1
    for (name, source, title), times in sorted(wrong.items()):
        print(f'{name}: {source}: {title}, {times} times')
    print(f'{count} captures')
    sys.exit(1 if wrong or not count else 0)


if __name__ == '__main__':
    main()
