#!/usr/bin/env python3
"""yaml_examples.py PAGE: writes each display of a manual page whose first line is "# NAME.yaml" to the file of that name in the current
folder."""
import re
import sys

with open(sys.argv[1], encoding='utf-8') as file:
    page = file.read()
for name, text in re.findall(r'^\.Bd -literal.*\n(?:# ([\w-]+\.yaml)\n)((?:(?!\.Ed).*\n)*)', page, re.M):
    with open(name, 'w', encoding='utf-8') as out:
        out.write(f'# {name}\n{text}'.replace('\\-', '-').replace('\\&', ''))
    print(name)
