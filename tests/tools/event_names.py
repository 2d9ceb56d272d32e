#!/usr/bin/env python3
"""event_names.py PAGE <EVENTS: compares the members of JSON events with what kapiwatch-events(5) says of them: each is there, under the
events that have it, and what is said to be in all events that have fields was seen."""
import json
import re
import sys

SECTIONS = {'alert': 'ALERTS', 'source': 'SOURCES', 'stats': 'STATISTICS'}


def names(line):
    """Of a line of a page: names, and the words in parentheses behind them."""
    words, *behind = line.split(' Pq ')
    return [word for word in words.split() if word not in (',', '.', ':')], behind


def members(event, before=''):
    for name, value in event.items():
        if isinstance(value, dict):
            yield from members(value, f'{before}{name}.')
        elif not name.endswith('_left_out'):
            yield before + name


with open(sys.argv[1], encoding='utf-8') as file:
    page = dict(re.findall(r'^\.Sh (.*)\n((?:(?!\.Sh).*\n)*)', file.read(), re.M))
fields = {}
for line in re.findall(r'^\.It Va (.*)$', page['FIELDS'], re.M):
    found, where = names(line)
    fields.update({name: where for name in found})
told = {kind: {name for line in re.findall(r'^(?:\.It )?\.?Va (.*)$', page[section], re.M) for name in names(line)[0]} |
        {'event_type'} for kind, section in SECTIONS.items()}
seen, wrong = set(), set()
for line in sys.stdin:
    event = json.loads(line)
    kind = event['event_type']
    for name in members(event):
        if kind in SECTIONS:
            right = name.removeprefix('stats.') in told[kind]
        else:
            right = name in fields and (not fields[name] or kind in fields[name])
            seen.add(name)
        if not right:
            wrong.add(f'{kind}: the page does not have {name}')
wrong |= {f'in all, but not seen: {name}' for name, where in fields.items() if not where and name not in seen}
if len(seen) < 100:
    wrong.add(f'only {len(seen)} members were seen')
print('\n'.join(sorted(wrong)) or 'the page has all members')
