#!/usr/bin/env python3
"""truth.py TRUTH.json <EVENTS: compares the http events on standard input with a capture's truth: each request found once, nothing
besides; where the truth has them, status, verdict, the stream's number, and what the API server's audit log calls verb and object too.

The name of an object that is created stands in the body and is not asked for. A verdict null means: any but anonymous."""
import collections
import json
import sys

SHOWN = 5
AUDIT = {'verb': 'verb', 'apiGroup': 'api_group', 'apiVersion': 'api_version', 'resource': 'resource',
         'subresource': 'subresource', 'namespace': 'namespace', 'name': 'name'}


def key_of_truth(row):
    return row['src'], row['endpoint'], row['method'], row['url'], row['agent'], row['status'], row.get('audit_id')


def key_of_event(event, with_audit_id):
    http, kube = event['http'], event.get('kube', {})
    return (event['src_ip'], event['cluster']['endpoint'], http.get('http_method'), http.get('url'), http.get('http_user_agent'),
            http.get('status'), kube.get('audit_id') if with_audit_id else None)


def differences(row, event):
    kube, state = event.get('kube', {}), event['auth'].get('state')
    verdict = row.get('verdict')
    if state != verdict and not (verdict is None and state != 'anonymous'):
        yield f"verdict is {state}, should be {verdict or 'any but anonymous'}"
    stream = event['http'].get('http2', {}).get('stream_id')
    if row.get('stream', stream) != stream:
        yield f"stream is {stream}, should be {row['stream']}"
    for audit, name in AUDIT.items():
        wanted, got = row.get(audit), kube.get(name)
        if 'verb' not in row or (audit == 'name' and row['verb'] == 'create' and got is None) or wanted == got:
            continue
        if audit == 'apiVersion' and wanted is None:
            continue  # the audit log leaves it out where there is no object
        yield f'kube.{name} is {got}, should be {wanted}'


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        truth = json.load(file)
    events = [event for line in sys.stdin if (event := json.loads(line))['event_type'] == 'http']
    with_audit_id = any('audit_id' in row for row in truth)
    by_key = collections.defaultdict(list)
    for event in events:
        by_key[key_of_event(event, with_audit_id)].append(event)
    found, wrong = 0, []
    for row in truth:
        same = by_key[key_of_truth(row)]
        if not same:
            wrong.append(f'missing: {row}')
            continue
        found += 1
        # Equal requests are told apart by what is wrong least.
        best = min(same, key=lambda event: sum(1 for _ in differences(row, event)))
        same.remove(best)
        wrong += [f"{row['method']} {row['url']}: {text}" for text in differences(row, best)]
    besides = [key for key, left in by_key.items() for _ in left]
    print(f'{len(truth)} requests, {found} found, {len(besides)} besides, {len(wrong)} wrong')
    for text in (wrong + [f'besides: {key}' for key in besides])[:SHOWN]:
        print(text)


main()
