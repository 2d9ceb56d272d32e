#!/usr/bin/env python3
"""syns.py FILE: writes a capture of SYN segments, a source each, as scanners and systems send them: what their captures show.
syns.py --judge FILE: reads standard input, flow events as JSON, and says which are not what tshark reads in FILE."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pcap import ACK, Capture, RST, SYN, tcp_frame

MSS, NOP, SACK, END = b'\x02\x04\x05\xb4', b'\x01', b'\x04\x02', b'\0'
SCALE, TIMES = b'\x03\x03\x07', b'\x08\x0a\0\x12\x34\x56\0\0\0\0'
LINUX = MSS + SACK + TIMES + NOP + SCALE
WINDOWS = MSS + NOP + SCALE + NOP + NOP + SACK
BSD = MSS + NOP + SCALE + SACK + TIMES
MACOS = MSS + NOP + SCALE + NOP + NOP + TIMES + SACK + END + END

# Source: window, options, time to live; first the tools, as they were captured.
SYNS = {
    '192.0.2.1': (1024, b'', 255),         # masscan 1.3.2
    '192.0.2.2': (1024, MSS, 243),         # masscan, later, twelve hops away; or nmap -6
    '192.0.2.3': (1024, MSS, 53),          # nmap 7.93
    '192.0.2.4': (65535, b'', 255),        # zmap 2.1.1
    '192.0.2.5': (65535, MSS, 236),        # zmap 3
    '2001:db8::6': (1024, MSS, 44),        # nmap as it is over IPv4
    '192.0.2.11': (64240, LINUX, 64),
    '192.0.2.12': (64240, LINUX, 255),     # one with a time to live of its own
    '192.0.2.13': (64240, WINDOWS, 128),   # Windows; zmap 4.1, but for the time to live
    '192.0.2.14': (65535, MACOS, 64),
    '192.0.2.15': (65535, BSD, 50),
    '192.0.2.16': (1024, LINUX, 55),       # a window alone is no sign
    '192.0.2.17': (1024, MSS, 62),         # MSS alone behind two routers
    '192.0.2.18': (4128, MSS, 255),        # a router
    '192.0.2.19': (8192, b'', 64),         # made by hand
    '192.0.2.20': (65535, b'', 64),
    '192.0.2.21': (1024, MSS + b'\x01\x01\x01\x03', 53),  # an option without an end
    '192.0.2.22': (1024, MSS + b'\x22\x02\x01\x01', 53),  # fast open
}
NAMES = {2: 'mss', 4: 'sackOK', 8: 'ts', 1: 'nop', 3: 'wscale', 0: 'eol'}


def make(path):
    capture = Capture()
    for number, (source, (window, options, ttl)) in enumerate(SYNS.items()):
        server = '2001:db8::100' if ':' in source else '198.51.100.1'
        ends = (source, 40000 + number), (server, 6443)
        capture.add(tcp_frame(*ends, 1000, 0, SYN, window=window, options=options, ttl=ttl))
        if number % 2:
            continue
        capture.add(tcp_frame(*reversed(ends), 5000, 1001, SYN | ACK, window=65160, options=LINUX))
        capture.add(tcp_frame(*ends, 1001, 0, RST, window=0, ttl=ttl))
    # Of this one the SYN was not captured.
    ends = ('192.0.2.30', 50000), ('198.51.100.1', 6443)
    capture.add(tcp_frame(*reversed(ends), 5000, 1001, SYN | ACK, window=65160, options=LINUX))
    capture.add(tcp_frame(*ends, 1001, 5001, ACK, window=1024, ttl=255))
    capture.write(path)


def judge(path):
    fields = ['ip.src', 'ipv6.src', 'tcp.srcport', 'tcp.window_size_value', 'ip.ttl', 'ipv6.hlim', 'tcp.option_kind']
    command = ['tshark', '-n', '-r', path, '-Y', 'tcp.flags.syn == 1 && tcp.flags.ack == 0', '-T', 'fields', '-E', 'separator=|']
    text = subprocess.run(command + [word for field in fields for word in ('-e', field)], check=True, capture_output=True, text=True).stdout
    theirs, different = {}, 0
    for four, six, port, window, ttl, limit, kinds in (line.split('|') for line in text.splitlines()):
        kinds = [int(kind) for kind in kinds.split(',') if kind]
        theirs[four or six, int(port)] = int(window), int(ttl or limit), {NAMES.get(kind, 'other') for kind in kinds}
    ours = {(e['src_ip'], e['src_port']): e['flow'] for e in map(json.loads, sys.stdin) if e['event_type'] == 'flow'}
    for source, seen in theirs.items():
        flow = ours.pop(source)
        told = flow['syn_window'], flow['syn_ttl'], set(flow.get('syn_options', [])) - {'bad'}
        if told[:2] != seen[:2] or not told[2] <= seen[2] or ('bad' not in flow.get('syn_options', []) and told[2] != seen[2]):
            different += 1
            print(f'{source}: {told}, tshark: {seen}')
    print(f'{len(theirs)} as tshark reads them' if not different else f'{different} different')


if sys.argv[1] == '--judge':
    judge(sys.argv[2])
else:
    make(sys.argv[1])
