"""Keys for every second connection: half_keys.py CORPUS PROGRAM RULES CAPTURE.

The connections with keys tell the same requests as with all keys; the others tell what is inferred of them, and no request; and
both stand in one finding of their source and cluster. Exit status 1: they do not, or the capture has too little of either.
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

SEALED = 'Scan of API servers inferred from sealed connections'
TOGETHER_LEAST = 3


def run(program, rules, capture, *options):
    done = subprocess.run([program, '-q', '-R', rules, '-r', capture, *options], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 10), done.stderr
    return done.stdout


def events(*arguments):
    told = [json.loads(line) for line in run(*arguments, '-o', 'json').splitlines()]
    requests = collections.defaultdict(list)
    for e in told:
        if e['event_type'] == 'http':
            requests[e['flow_id']].append((e['http'].get('http_method'), e['http'].get('url'), e['http'].get('status'), e['auth']['state']))
    return requests, {e['flow_id']: e for e in told if e['event_type'] == 'flow'}


def halve(lines):
    """The lines of every second connection."""
    names = list(dict.fromkeys(line.split()[1] for line in lines))
    chosen = set(names[::2])
    return [line for line in lines if line.split()[1] in chosen]


def write_map(path, truth):
    """What the truth says of them, as a user writes it."""
    with open(path, 'w', encoding='utf-8') as file:
        file.write('clusters:\n')
        for name, cluster in truth['clusters'].items():
            file.write(f'  {name}:\n    endpoints:\n')
            for address in cluster['endpoints']:
                file.write(f'      - address: "{address}"\n        port: {cluster["port"]}\n')


def main():
    corpus, program, rules, name = sys.argv[1:5]
    capture = os.path.join(corpus, name + '.pcap')
    with open(os.path.join(corpus, name + '.keys'), encoding='ascii') as file:
        keys = [line for line in file if len(line.split()) == 3]
    with open(os.path.join(corpus, name + '.truth.json'), encoding='utf-8') as file:
        truth = json.load(file)
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/all', 'w', encoding='ascii') as file:
            file.writelines(keys)
        with open(f'{folder}/half', 'w', encoding='ascii') as file:
            file.writelines(halve(keys))
        write_map(f'{folder}/clusters.yaml', truth)
        full, _ = events(program, rules, capture, '-k', f'{folder}/all')
        requests, flows = events(program, rules, capture, '-k', f'{folder}/half')
        report = run(program, rules, capture, '-k', f'{folder}/half', '-C', f'{folder}/clusters.yaml')
    for flow in full:
        if flow in requests and sorted(map(str, requests[flow])) != sorted(map(str, full[flow])):
            wrong.append(f'flow {flow}: {requests[flow]}, with all keys {full[flow]}')
        if flow not in requests and flows[flow].get('auth', {}).get('basis') != 'inferred':
            wrong.append(f'flow {flow}: nothing is said of it')
    opened, sealed = len(requests.keys() & full.keys()), len(full.keys() - requests.keys())
    blocks = re.split(r'\n(?=(?:HIGH|MEDIUM|LOW)  )', report)
    together = [b.split('\n')[1].strip() for b in blocks if SEALED in b and re.search(r'^  \d+ requests?,', b, re.M)]
    print(f'{opened} opened, {sealed} sealed, {len(together)} findings of both: {", ".join(together)}')
    if len(together) < TOGETHER_LEAST or min(opened, sealed) < len(full) / 4:
        wrong.append('too little of either')
    print(*wrong[:20], sep='\n')
    sys.exit(bool(wrong))


if __name__ == '__main__':
    main()
