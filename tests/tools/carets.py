#!/usr/bin/env python3
"""carets.py FILE: compares complaints on standard input ("FILE:LINE:COLUMN: error: TEXT") with what the file itself says is wrong
with it. Below a line that is wrong stands a comment with a caret at the column, and a part of the text; "#< " is column 1; "!"
before the text stands for a warning. Each has to be complained of, and nothing else."""
import re
import sys

path, marked, line = sys.argv[1], [], 0
with open(path, encoding='utf-8') as file:
    for number, text in enumerate(file, 1):
        if found := re.match(r'#(<| *\^) (!?)(.*)', text):
            marked.append((line, 1 if found.group(1) == '<' else text.index('^') + 1, 'warning' if found.group(2) else 'error',
                           found.group(3).strip()))
        elif not text.startswith('#'):
            line = number
told = [found.groups() for found in re.finditer(r'^(.*):(\d+):(\d+): (error|warning): (.*)$', sys.stdin.read(), re.M)]
left = [(int(line), int(column), kind, text) for name, line, column, kind, text in told if name == path]
for line, column, kind, part in marked:
    fits = [one for one in left if one[:3] == (line, column, kind) and part in one[3]]
    if fits:
        left.remove(fits[0])
    else:
        print(f'{path}:{line}:{column}: no {kind} with "{part}"')
for one in left:
    print('not marked:', *one)
if len(told) != sum(name == path for name, *_ in told):
    print('complaints of other files')
print(f'{len(marked)} mistakes')
