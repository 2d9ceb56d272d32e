"""Captures with packets missing at random: random_loss.py PROGRAM RULES ROUNDS PERCENT[,PERCENT] CAPTURE ...

Each answer's Audit-Id says which exchange it is. What is told of an exchange although packets are missing has to be what the whole
capture tells of it, or unknown: an answer on the wrong request, a credential that is somebody else's, a wrong name show here. So does
what is missing without being named as unknown, whatever else is. Of each capture with such answers a line, at the end the sum. The
key log of NAME.pcap is NAME.keys. Exit status 1: something was told otherwise."""
import collections
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pcap

# What the capture's other connections decide too, or when it was told, may be another.
COMPARED = ['http.http_method', 'http.url', 'http.hostname', 'http.http_user_agent', 'http.status', 'http.protocol', 'http.length',
            'http.plaintext', 'http.http2.stream_id', 'http.http2.protocol', 'http.http2.error', 'http.http2.reset_by', 'kube.verb',
            'kube.api_group', 'kube.api_version', 'kube.resource', 'kube.subresource', 'kube.namespace', 'kube.name', 'kube.path_kind',
            'kube.reason', 'kube.message_user', 'kube.agent', 'auth.state', 'auth.outcome', 'auth.user', 'auth.groups', 'auth.kind',
            'auth.issuer', 'auth.impersonation_refused', 'forwarded.for', 'forwarded.via', 'tls.version', 'tls.sni', 'tls.alpn',
            'tls.ja3.hash', 'tls.ja3s.hash', 'tls.ja4', 'tls.subject', 'tls.fingerprint', 'tls.client.certificate', 'tls.client.subject',
            'tls.resumed']

# Names of values that say that nothing is known.
UNKNOWN = {'auth.state': 'unknown', 'auth.outcome': 'unseen'}


def value(event, name):
    event = event or {}
    for part in name.split('.'):
        event = event.get(part) if isinstance(event, dict) else None
    return event


def exchanges(program, rules, capture, keys):
    """{(Audit-Id, connection): event or, of several with one Audit-Id, None}, and how many events have no Audit-Id."""
    command = [program, '-q', '-R', rules, '-o', 'json+http', '-r', capture] + (['-k', keys] if os.path.exists(keys) else [])
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, 10), f'{capture}: exit {done.returncode}: {done.stderr}'
    told, without = {}, 0
    for event in map(json.loads, done.stdout.splitlines()):
        key = value(event, 'kube.audit_id'), event['src_ip'], event['src_port'], event['dest_ip']
        if key[0] is None or value(event, 'kube.audit_id_basis'):
            without += 1
        else:
            told[key] = None if key in told else event
    return told, without


def differences(key, event, whole):
    if key not in whole:
        return [f'{key[0]}: no such exchange in the whole capture']
    wrong = []
    if event is None or whole[key] is None:
        return []
    for name in COMPARED:
        now, then = value(event, name), value(whole[key], name)
        unknown = name in event.get('unknown', []) or now == UNKNOWN.get(name, '')
        if now != then and not unknown and name not in whole[key].get('unknown', []):
            wrong.append(f'{key[0]}: {name} is {now!r}, in the whole capture {then!r}')
    return wrong


def main():
    program, rules, rounds, rates = sys.argv[1], sys.argv[2], int(sys.argv[3]), [float(r) for r in sys.argv[4].split(',')]
    total, failed = collections.Counter(), False
    with tempfile.TemporaryDirectory() as folder:
        for capture in sys.argv[5:]:
            keys = os.path.splitext(capture)[0] + '.keys'
            whole, _ = exchanges(program, rules, capture, keys)
            if not whole:
                continue
            link, packets = pcap.read(capture)
            count, wrong = collections.Counter(), []
            for turn in range(rounds * len(rates)):
                chance = random.Random(f'{os.path.basename(capture)} {turn}')
                left = [p for p in packets if chance.random() * 100 >= rates[turn % len(rates)]]
                lossy = os.path.join(folder, 'lossy.pcap')
                pcap.write(lossy, left, link)
                told, without = exchanges(program, rules, lossy, keys)
                count.update(captures=1, exchanges=len(told), unnamed=without,
                             known=sum(value(e, 'auth.state') not in (None, 'unknown') for e in told.values()),
                             recovered=sum('table_recovered' in (value(e, 'auth.evidence') or []) for e in told.values()))
                wrong += [f'round {turn}: {line}' for key, event in told.items() for line in differences(key, event, whole)]
            print(f'{os.path.basename(capture)}: {count["captures"]} times, {count["exchanges"]} exchanges of {len(whole) * count["captures"]}, '
                  f'{count["known"]} verdicts known, {count["recovered"]} of a table found again, {count["unnamed"]} without an Audit-Id, '
                  f'{len(wrong)} told otherwise')
            print(*[f'  {line}' for line in wrong[:20]], sep='\n', end='\n' if wrong else '')
            total.update(count)
            failed |= bool(wrong)
    print(f'all: {total["captures"]} times, {total["exchanges"]} exchanges, {total["known"]} verdicts known')
    sys.exit(1 if failed or not total['known'] else 0)


if __name__ == '__main__':
    main()
