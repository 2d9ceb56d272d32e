#!/usr/bin/env python3
"""rule_table.py PAGE FOLDER: compares the rules that a manual page lists (".It Em TITLE Pq Cm LEVEL", then text, then ".Pa FILE") and the
lists (".It Cm NAME , NAME", then ".Pa FILE .") with the files of a folder."""
import os
import re
import sys

page = open(sys.argv[1], encoding='utf-8').read()
told = {(found[0], found[1], found[2]) for found in
        re.findall(r'^\.It Em (.+) Pq Cm (\w+)\n(?:(?!\.).*\n)+\.Pa (\S+\.yaml)$', page, re.M)}
lists = {(name, file) for names, file in re.findall(r'^\.It Cm (\w+(?: , \w+)*)\n(?:(?!\.).*\n)+\.Pa (\S+\.yaml) \.$', page, re.M)
         for name in names.split(' , ')}
there, lists_there = set(), set()
for name in sorted(os.listdir(sys.argv[2])):
    if not name.endswith('.yaml'):
        continue
    with open(os.path.join(sys.argv[2], name), encoding='utf-8') as file:
        for document in file.read().split('\n---\n'):
            one = dict(re.findall(r'^(title|level|list): (.*)$', document, re.M))
            if 'list' in one:
                lists_there.add((one['list'], name))
            else:
                there.add((one['title'], one['level'], name))
for what in sorted(there | lists_there):
    if what not in told | lists:
        print('not in the page:', *what)
for what in sorted(told | lists):
    if what not in there | lists_there:
        print('only in the page:', *what)
print('the page tells of rules and lists' if told and lists else 'the page tells of none')
