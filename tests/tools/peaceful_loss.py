#!/usr/bin/env python3
"""Who is accused because packets are missing: peaceful_loss.py CORPUS PROGRAM RULES ROUNDS PERCENT[,PERCENT].

Of each capture of the corpus packets are lost at random, and it is read with its keys, without, and with a cluster map that names
its fronts. Sources that are legitimate, health checks, load balancers or servers must not be named by a complete finding above
informational, but where one names them in the whole capture, too; nor must fronts that the map names. Without it nobody can know
that they are, where the header is lost that says whom they ask for. Exit status 1: somebody is accused."""
import collections
import glob
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pcap
from keyless import address, kinds_of

PEACEFUL = {'legitimate', 'health-check', 'api-server', 'load-balancer', 'joining-node'}


def kinds_in_notes(corpus):
    """The sources of a capture that has notes of its own stand there, as a table."""
    kinds = {}
    for path in glob.glob(os.path.join(corpus, '*.notes.md')):
        with open(path) as file:
            rows = [[cell.strip() for cell in line.split('|')] for line in file if line.startswith('| 1')]
        kinds.update({address(row[1].split(',')[0]): row[3] for row in rows if len(row) > 3})
    return kinds


def write_map(path, kinds):
    fronts = [source for source, kind in kinds.items() if kind == 'front']
    with open(path, 'w') as file:
        file.write('fronts:\n' + ''.join(f'  - {{address: "{source}", says: x-forwarded-for}}\n' for source in fronts))


def accused(program, rules, capture, options, kinds, peaceful):
    command = [program, '-q', '-R', rules, '-o', 'json+alert', '-r', capture, *options]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 10), f'{capture}: exit {done.returncode}: {done.stderr}'
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    told = {(address(a['src_ip']), a['rule']['title']) for a in alerts
            if a['finding']['complete'] and a['finding']['subject'] == 'source' and a['rule']['level'] != 'informational'}
    return {(source, title) for source, title in told if kinds.get(source) in peaceful}, len(told)


def main():
    corpus, program, rules, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    rates = [float(r) for r in sys.argv[5].split(',')]
    kinds = {**kinds_of(corpus), **kinds_in_notes(corpus)}
    total, wrong = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        lossy, clusters = os.path.join(folder, 'lossy.pcap'), os.path.join(folder, 'clusters.yaml')
        write_map(clusters, kinds)
        for capture in sorted(glob.glob(os.path.join(corpus, 'd??_*.pcap'))):
            name = os.path.basename(capture)[:-5]
            if '.' in name:
                continue
            link, packets = pcap.read(capture)
            keys = ['-k', os.path.join(corpus, name + '.keys')]
            for how, options, peaceful in (('with keys', keys, PEACEFUL), ('without', [], PEACEFUL),
                                           ('with a map', [*keys, '-C', clusters], PEACEFUL | {'front'})):
                whole, _ = accused(program, rules, capture, options, kinds, peaceful)
                for turn in range(rounds * len(rates)):
                    chance = random.Random(f'{name} {turn}')
                    pcap.write(lossy, [p for p in packets if chance.random() * 100 >= rates[turn % len(rates)]], link)
                    now, findings = accused(program, rules, lossy, options, kinds, peaceful)
                    total.update(captures=1, findings=findings)
                    wrong.update((name, how, *who) for who in now - whole)
    for (name, how, source, title), times in sorted(wrong.items()):
        print(f'{name} {how}: {source}: {title}, {times} times')
    print(f'{total["captures"]} captures, {total["findings"]} findings about sources, {sum(wrong.values())} accuse the peaceful')
    sys.exit(1 if wrong or not total['findings'] else 0)


if __name__ == '__main__':
    main()
