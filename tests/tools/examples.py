#!/usr/bin/env python3
"""examples.py PAGE: runs each line of a manual page that begins with "$ kapiwatch", as printed, and tells of those that fail.
What listens on an interface is left out: it wants rights and does not end by itself."""
import re
import subprocess
import sys

with open(sys.argv[1], encoding='utf-8') as file:
    page = file.read()
page = page[page.index('.Sh EXAMPLES'):]
page = page[:page.index('.Sh', 3)] if '.Sh' in page[3:] else page
commands = []
for line in page.splitlines():
    text = line.replace('\\-', '-').replace('\\(aq', "'").replace('\\(dq', '"').replace('\\e', '\\').replace('\\&', '')
    if found := re.match(r'(?:\.Dl )?\$ (kapiwatch .*|.*\| kapiwatch .*)', text):
        commands.append(found.group(1))
for command in commands:
    if re.search(r' (-i|--interface) ', command):
        continue
    done = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    if done.returncode:
        print(f'{command}: exit {done.returncode}: {done.stderr}')
if len(commands) < 3:
    print(f'only {len(commands)} examples found')
