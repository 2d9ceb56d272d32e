#!/usr/bin/env python3
"""audit_compare.py LOG <AUDIT: compares what -o audit writes with what an API server logged, field by field, joined by auditID.

LOG is the log, NAME.audit.jsonl with {"event": ...} a line, or a capture's NAME.truth.json, as far as it has the log's fields. For each
field: how often both say the same, how often they differ, and how often only the log has it (left out) or only the wire (besides).
Fails on a difference that cannot be right, on one besides, and on an event that the log has and the wire has not."""
import collections
import datetime
import json
import os
import re
import sys

SHOWN = 10
SECONDS = 0.25  # between the capture's clock and the server's, and on the way
USER = ('user', 'user.username', 'user.groups')
TIMES = ('requestReceivedTimestamp', 'stageTimestamp')
REFERENCE = ('resource', 'namespace', 'name', 'apiGroup', 'apiVersion', 'subresource')
FIELDS = ('requestURI', 'verb', *USER, 'sourceIPs', 'userAgent',
          *('objectRef.' + name for name in REFERENCE),
          'responseStatus.code', 'responseStatus.reason', 'responseStatus.status', 'kind', 'apiVersion', 'level', 'stage', *TIMES)
# The wire is not asked for these where the truth of a capture is the log: it does not have them.
NOT_IN_TRUTH = {'user.groups', 'sourceIPs', 'responseStatus.reason', 'responseStatus.status', 'kind', 'apiVersion', 'level', 'stage', *TIMES}
USERS = {'anonymous': {'username': 'system:anonymous'}, 'rejected': {}}


def event_of_truth(row):
    """The log's event, as far as the truth has it. A verdict says who it was, or that it was nobody."""
    reference = {name: row[name] for name in REFERENCE if name in row}
    event = {'auditID': row['audit_id'], 'requestURI': row['url'], 'verb': row['verb'], 'userAgent': row['agent'],
             'responseStatus': {'code': row['status']}, 'stage': 'ResponseComplete'}
    if row.get('verdict') in USERS:
        event['user'] = USERS[row['verdict']]
    if reference:
        event['objectRef'] = reference
    return event


def read_log(path):
    """The last stage of each request: a watch has two."""
    log = {}
    with open(path, encoding='utf-8') as file:
        if path.endswith('.truth.json'):
            events = [event_of_truth(row) for row in json.load(file) if row.get('audit_id') and 'verb' in row]
        else:
            events = [json.loads(line)['event'] for line in file]
    for event in events:
        log[event['auditID']] = event
    return log


def not_on_the_wire(path):
    """How many requests of the log the capture does not have, as its truth says."""
    truth = path.removesuffix('.audit.jsonl') + '.truth.json'
    if not path.endswith('.audit.jsonl') or not os.path.exists(truth):
        return 0
    with open(truth, encoding='utf-8') as file:
        return json.load(file)['reconciliation']['audit_only']


def value_of(event, field):
    for part in field.split('.'):
        event = event.get(part) if isinstance(event, dict) else None
    # An empty user says that there was none; of another one its members are compared.
    return ('nobody' if event == {} else None) if field == 'user' else event


def named_by_body(field, logged):
    """What a create makes is named in its body."""
    return field in ('objectRef.name', 'objectRef.namespace') and logged['verb'] == 'create'


def same(field, theirs, ours):
    if field in TIMES and theirs and ours:
        theirs, ours = (datetime.datetime.fromisoformat(text.replace('Z', '+00:00')) for text in (theirs, ours))
        return abs((theirs - ours).total_seconds()) <= SECONDS
    return theirs == ours


def without_tokens(uri):
    return re.sub(r'((?:access_)?token=)[^&]*', r'\1***', uri)


def reason_to_differ(field, logged, told):
    theirs, ours = value_of(logged, field), value_of(told, field)
    reference = logged.get('objectRef', {})
    if field == 'requestURI' and ours == without_tokens(theirs):
        return 'a token in a query is never written'
    if field in ('responseStatus.reason', 'responseStatus.status') and theirs is None and set(logged['responseStatus']) <= {'metadata', 'code'}:
        return 'the log has nothing but the code of what a backend answered, and of what was asked for in no form that there is'
    # Who takes the connection over writes no Audit-Id.
    if field == 'responseStatus.code' and theirs == 200 and logged['verb'] == 'watch' and 'auditID' not in told:
        return 'a watch over WebSocket is logged before its handshake'
    if field == 'responseStatus.code' and theirs == 101 and ours == 401 and reference.get('subresource') == 'proxy':
        return "an upgrade that a backend refused is logged as one"
    if ours is None:
        return 'named in the body' if named_by_body(field, logged) else None
    if field == 'stage' and theirs == 'ResponseStarted':
        return 'one event a request: the log has no later stage of a 401, or of what goes on'
    if field == 'stageTimestamp' and logged['verb'] == 'watch':
        return 'a watch is told when nothing can change the verdict, not when it ends'
    if ours in ('system:anonymous', ['system:unauthenticated']) and told['annotations']['kapiwatch/confidence'] != '100':
        return 'whoever stands behind this hop adds a credential, and the path is open to all'
    endpoint = told['annotations']['kapiwatch/endpoint'].rpartition(':')[0].strip('[]')
    if field == 'sourceIPs' and theirs in (ours + [endpoint], ours[:-1] + [endpoint]):
        return "the capture is of the hop before: the API server's peer is what is the endpoint there"
    return None


def join(log, lines):
    """(logged, told) by auditID; where an answer has none (watches of older servers, upgrades), by what was asked."""
    told = {event['auditID']: event for event in lines if 'auditID' in event}
    left = [event for event in lines if 'auditID' not in event]
    for key, logged in log.items():
        alike = [event for event in left if all(
            value_of(event, field) == value_of(logged, field) for field in ('requestURI', 'verb', 'userAgent'))]
        alike.sort(key=lambda event: event['sourceIPs'] != logged['sourceIPs'])
        found = told.get(key) or next(iter(alike), None)
        if found in left:
            left.remove(found)
        yield logged, found


def compare(pairs, fields):
    counts, explained, wrong = collections.Counter(), collections.Counter(), []
    for logged, told in pairs:
        for field in fields:
            theirs, ours = value_of(logged, field), value_of(told, field)
            if theirs is None and ours is None or field in USER and 'user' not in logged:
                continue
            kind = 'equal' if same(field, theirs, ours) else 'left out' if ours is None else 'besides' if theirs is None else 'differ'
            counts[field, kind] += 1
            why = reason_to_differ(field, logged, told) if kind != 'equal' else None
            if why:
                explained[f'{field}, {kind}: {why}'] += 1
            elif kind in ('differ', 'besides'):
                wrong.append(f'{field} of {logged["requestURI"]} is {ours}, logged {theirs}')
    return counts, explained, wrong


def main():
    log = read_log(sys.argv[1])
    lines = [json.loads(line) for line in sys.stdin]
    joined = list(join(log, lines))
    pairs = [(logged, told) for logged, told in joined if told]
    fields = [field for field in FIELDS if not (sys.argv[1].endswith('.truth.json') and field in NOT_IN_TRUTH)]
    counts, explained, wrong = compare(pairs, fields)
    missing = [f'not told: {logged["verb"]} {logged["requestURI"]}' for logged, told in joined if not told]
    if len(missing) > not_on_the_wire(sys.argv[1]):
        wrong += missing
    elif missing:
        explained['not told: not in the capture'] = len(missing)
    print(f'{len(lines)} told, {len(log)} logged, {len(pairs)} joined, {len(wrong)} wrong')
    for field in fields:
        row = [f'{counts[field, kind]} {kind}' for kind in ('equal', 'differ', 'left out', 'besides') if counts[field, kind]]
        if row:
            print(f'{field}: ' + ', '.join(row))
    for text, number in sorted(explained.items()):
        print(f'{number} {text}')
    for text in wrong[:SHOWN]:
        print(text)
    return 1 if wrong or not log else 0


sys.exit(main())
