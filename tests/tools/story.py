#!/usr/bin/env python3
"""story.py six JUDGE wire|client [CAPTURE] <EVENTS
    The six searches of the story, counts by search and source: those of the findings on standard input against the judge's.
story.py named JUDGE FRONT|- [CLUSTER] <EVENTS
    Whom findings name: with FRONT "-" those behind it whose credential is missing or was refused, each in CLUSTER, and nobody else;
    with an address that alone, called a front.
story.py sources JUDGE SOURCES <EVENTS
    Whom findings name against what each address is: all who came without a credential or with a wrong one, no monitor and no client.
story.py lent JUDGE ENDPOINT <EVENTS
    One finding, of that endpoint, that lists all its clients; nobody is accused.

JUDGE is a capture's truth (a list of requests, each with what the API server's audit log says of it; or the corpus's, by source), or,
for `six`, a file with the counts of several captures."""
import collections
import json
import os
import sys

EKS, EKS_POD = '294c4686-63dd-4fe6-93a2-ca807626704a', 'dbfca1dd-b8e5-4ba4-be0e-e565e5d62002'
GCP, GCP_POD = 'db5957ec-0144-4c56-b512-9dccbe7a2d26', '19b53215-4a16-405b-8087-9e6acf619842'
AZURE, AZURE_POD = 'c5e5bd5c-1013-4841-8b23-e7b3253c840a', '86aad3e0-732f-4f66-bbbc-70df448e461d'
SEARCHES = EKS, EKS_POD, GCP, GCP_POD, AZURE, AZURE_POD
LOOPBACK = {'127.0.0.1', '::1'}


def searches(row):
    """Those that one request is a hit of, by what the searches ask of its audit event."""
    if row['status'] == 401:
        yield from (GCP_POD, AZURE, AZURE_POD)
    if row['verdict'] != 'anonymous':
        return
    if row['agent'] and row['agent'].lower() != 'aws security scanner':
        yield EKS
    if row['verb'] == 'list' and row['url'] == '/api/v1/pods':
        yield EKS_POD
    if row['status'] == 403 and row['client'] not in LOOPBACK:
        yield GCP


def requests(judge):
    """The requests of a truth, with one name for each thing."""
    if isinstance(judge, list):
        return [dict(row, client=row.get('client', row['src'])) for row in judge]
    return [{'src': row['wire_src'], 'client': row['source_ips_claimed'][0], 'verdict': row['class'], 'status': row['code'],
             'agent': row['ua'], 'verb': row['verb'], 'url': row['uri']}
            for source in judge['per_source'] for row in source['list']]


def counts(judge, whose, capture):
    if capture:
        return {(search, source): count for search, sources in judge[capture].items() for source, count in sources.items() if count}
    return collections.Counter((search, row['src' if whose == 'wire' else 'client'])
                               for row in requests(judge) for search in searches(row))


def alerts():
    for line in sys.stdin:
        alert = json.loads(line)
        if alert['event_type'] == 'alert' and alert['finding']['complete']:
            yield alert


def known(capture):
    """(search, source): (count on the wire, count of the audit log), where these differ and it is known why."""
    rows = {}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../laws/judges_known'), encoding='utf-8') as file:
        for line in file:
            if not line.startswith('#') and (row := [part.strip() for part in line.split('|')])[0] == capture:
                rows[row[2], row[1]] = int(row[3]), int(row[4])
    return rows


def six(judge, whose, capture=None):
    wanted, got = counts(judge, whose, capture), collections.Counter()
    for (digits, source), (ours, theirs) in known(capture).items():
        search = next(s for s in SEARCHES if s.startswith(digits))
        if wanted.get((search, source), 0) != theirs:
            yield f'{search} from {source}: the judge says {wanted.get((search, source), 0)}, known was {theirs}'
        wanted = dict(wanted) | {(search, source): ours}
    for alert in alerts():
        got[alert['rule']['id'], alert.get('src_ip', 'no source')] += alert['finding']['count']
    for key in sorted(set(wanted) | set(got)):
        if wanted.get(key, 0) != got[key]:
            yield f'{key[0]} from {key[1]}: {got[key]}, should be {wanted.get(key, 0)}'
    print(f'{len(got)} counts of {len({search for search, _ in got})} searches, {sum(got.values())} hits')


def named(judge, front, cluster=None):
    guilty = {row['client'] for row in requests(judge) if row['verdict'] in ('anonymous', 'rejected')}
    others = {row['client'] for row in requests(judge)} - guilty
    accused = [alert for alert in alerts() if 'src_ip' in alert]
    names = {alert['src_ip'] for alert in accused}
    wanted = {front} if front != '-' else guilty
    yield from (f'{name} is not named' for name in sorted(wanted - names))
    yield from (f'{name} is named' for name in sorted(names - wanted))
    for alert in accused:
        title, finding = alert['rule']['title'], alert['finding']
        if alert['cluster'].get('name') != cluster:
            yield f"{title}: cluster is {alert['cluster'].get('name')}"
        if (finding['subject'] == 'front') != (front != '-'):
            yield f"{title}: subject is {finding['subject']}"
    print(f'{len(names)} named, {len(others)} others')


PEACEFUL = {'legitimate', 'health-check', 'load-balancer', 'front', 'api-server'}


def sources(judge, path):
    """Each source that is none of these and whose request, readable in the capture, had no credential or was refused, is named;
    none of these is at medium or above."""
    with open(path, encoding='utf-8') as file:
        kinds = {address: source['kind'] for source in json.load(file) for address in source['addresses']}
    levels = collections.defaultdict(list)
    for alert in alerts():
        if 'src_ip' in alert:
            levels[alert['src_ip']].append((alert['rule']['level'], alert['rule']['title']))
    unread = {row.get('audit_id') for row in judge.get('audit_only', [])}
    # A joining node is ordinary; an address that only a header claims is nobody's.
    guilty = {row.get('front_src') or source['src'] for source in judge['per_source'] for row in source['list']
              if row['class'] in ('anonymous', 'rejected') and row['audit_id'] not in unread and kinds.get(source['src']) != 'front'}
    guilty = {source for source in guilty if kinds.get(source) not in PEACEFUL | {'joining-node'}}
    yield from (f'{source} ({kinds.get(source)}) is not named' for source in sorted(guilty - set(levels)))
    for source in sorted(source for source in levels if kinds.get(source) in PEACEFUL):
        yield from (f'{source} ({kinds[source]}) is accused: {level}: {title}'
                    for level, title in levels[source] if level in ('medium', 'high', 'critical'))
    print(f'{len(guilty)} to name, {len(levels)} named')


def lent(judge, endpoint):
    clients = {row['src'] for row in requests(judge)}
    found = list(alerts())
    if len(found) != 1:
        yield f'{len(found)} findings'
    for alert in found:
        listed = {client['value'] for client in alert['finding']['clients']}
        if 'src_ip' in alert or alert['finding']['subject'] != 'endpoint' or alert['cluster']['endpoint'] != endpoint:
            yield f"{alert['rule']['title']} is about something else"
        if listed != clients:
            yield f'clients are {sorted(listed)}, should be {sorted(clients)}'
        print(f"{alert['rule']['level']}: {alert['rule']['title']}, {len(listed)} clients")


def main():
    with open(sys.argv[2], encoding='utf-8') as file:
        judge = json.load(file)
    wrong = list({'six': six, 'named': named, 'lent': lent, 'sources': sources}[sys.argv[1]](judge, *sys.argv[3:]))
    print(*wrong or ['as the judge says'], sep='\n')
    sys.exit(1 if wrong else 0)


main()
