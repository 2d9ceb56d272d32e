#!/usr/bin/env python3
"""h2_table.py KAPIWATCH CAPTURE...: what is found of a conversation of thirty requests when packets are missing, doubled or
late, beside what tshark finds where it is installed. CAPTURE is one of the made ones, with its truth beside it: the conversation
is that of the first client.

A request is known by the number of its stream, which is known whatever else was lost."""
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import h2_tshark
import pcap

PREFACE, DATA, HEADERS, PORT = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 0, 1, 8080
NEAR = 10 * 10**6  # nanoseconds


def payload(packet):
    """(from the server?, sequence number, bytes) of an IPv4 packet without tags."""
    ip = packet.data[14:]
    tcp = ip[(ip[0] & 15) * 4:int.from_bytes(ip[2:4], 'big')]
    return int(tcp[:2] == PORT.to_bytes(2, 'big')), int.from_bytes(tcp[4:8], 'big'), tcp[tcp[12] >> 4 << 2:]


class Conversation:
    def __init__(self, capture):
        with open(capture.removesuffix('.pcap') + '.truth.json', encoding='utf-8') as file:
            truth = json.load(file)
        client = truth[0]['src']
        self.link, packets = pcap.read(capture)
        self.packets = [p for p in packets if client in [address for address, _ in pcap.ports_of(p)]]
        self.truth = {row['stream']: row for row in truth if row['src'] == client}
        walks = [self.walk(side) for side in (0, 1)]
        self.heads = [heads for heads, _ in walks]    # by side {packet: the streams of whose HEADERS it has a part}
        self.inside = [inside for _, inside in walks]  # by side: the packets that are the middle of one DATA frame

    def walk(self, side):
        said, owner = b'', []
        for i, packet in enumerate(self.packets):
            from_, _, part = payload(packet)
            if from_ == side:
                said += part
                owner += [i] * len(part)
        at, heads, others = len(PREFACE) if side == 0 else 0, collections.defaultdict(set), set(owner[:len(PREFACE)])
        while at < len(said):
            end = at + 9 + int.from_bytes(said[at:at + 3], 'big')
            if said[at + 3] == HEADERS:
                for i in set(owner[at:end]):
                    heads[i].add(int.from_bytes(said[at + 5:at + 9], 'big'))
            others |= set(owner[at:end if said[at + 3] != DATA else at + 9])
            at = end
        return heads, set(owner) - others

    def said(self, side):
        """The packets of that side that carry anything."""
        return [i for i, packet in enumerate(self.packets) if payload(packet)[0] == side and payload(packet)[2]]

    def without(self, i):
        return self.packets[:i] + self.packets[i + 1:]

    def reordered(self):
        """Every third packet comes two places later, at the time of the one that is there; none across a pause."""
        order = list(range(len(self.packets)))
        for i in range(3, len(order) - 2, 3):
            if self.packets[i + 2].time - self.packets[i].time < NEAR:
                order[i:i + 3] = [order[i + 1], order[i + 2], order[i]]
        return [pcap.Packet(at.time, self.packets[i].data) for at, i in zip(self.packets, order)]

    def variants(self):
        """name: captures, each a list of packets."""
        third = len(self.packets) // 3
        return {'whole': [self.packets],
                'one client segment lost': [self.without(i) for i in self.said(0)],
                'one server segment lost': [self.without(i) for i in self.said(1)],
                'client side only': [[p for p in self.packets if payload(p)[0] == 0]],
                'server side only': [[p for p in self.packets if payload(p)[0] == 1]],
                'each packet twice': [[p for p in self.packets for _ in range(2)]],
                'reordered': [self.reordered()],
                'joined at one third': [self.packets[third:]]}


@dataclass
class Found:
    requests: int = 0   # of the truth's streams, told of once
    named: int = 0      # method and URL known
    known: int = 0      # the verdict
    unknown: int = 0
    anonymous: int = 0  # that were not
    wrong: int = 0      # another verdict, method, URL or status than the truth's; told twice; not in the truth

    def add(self, other):
        for name, number in vars(other).items():
            setattr(self, name, getattr(self, name) + number)


def events_of(kapiwatch, packets, link, folder):
    path = os.path.join(folder, 'variant.pcap')
    pcap.write(path, packets, link)
    done = subprocess.run([kapiwatch, '-q', '-r', path, '-o', 'json+http'], stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def found_in(truth, events):
    f, seen = Found(), set()
    for event in events:
        http, state = event['http'], event['auth']['state']
        row = truth.get(http.get('http2', {}).get('stream_id'))
        if not row or row['stream'] in seen:
            f.wrong += 1
            continue
        seen.add(row['stream'])
        f.requests += 1
        f.named += 'http_method' in http and 'url' in http
        f.known += state != 'unknown'
        f.unknown += state == 'unknown'
        f.anonymous += state == 'anonymous' != row['verdict']
        f.wrong += state not in ('unknown', 'anonymous', row['verdict'])
        f.wrong += any(http.get(name, row[key]) != row[key]
                       for name, key in (('http_method', 'method'), ('url', 'url'), ('status', 'status')))
    return f


def tshark_finds(truth, packets, link, folder):
    """How many requests it names rightly, and how many wrongly."""
    path = os.path.join(folder, 'tshark.pcap')
    pcap.write(path, packets, link)
    rows = [(truth[int(stream)], method, url) for (_, stream), (_, method, url, _) in h2_tshark.streams(path, 'http2').items()
            if int(stream) in truth]
    right = sum((method, url) == (row['method'], row['url']) for row, method, url in rows)
    wrong = sum(method not in (None, row['method']) or url not in (None, row['url']) for row, method, url in rows)
    return right, wrong


def main():
    columns = [9, 26, 6, 7, 7, 7, 9, 17, 7, 16, 16]
    peer = shutil.which('tshark')

    def line(*cells):
        print(''.join(f'{cell:{"<" if i < 2 else ">"}{width}}' for i, (cell, width) in enumerate(zip(cells, columns))), flush=True)
    line('', '', 'of', 'found', 'named', 'known', 'unknown', 'false anonymous', 'wrong', 'tshark: named', 'named wrongly')
    for capture in sys.argv[2:]:
        talk = Conversation(capture)
        for variant, captures in talk.variants().items():
            total, right, wrong = Found(), 0, 0
            with tempfile.TemporaryDirectory() as folder:
                for packets in captures:
                    total.add(found_in(talk.truth, events_of(sys.argv[1], packets, talk.link, folder)))
                    theirs = tshark_finds(talk.truth, packets, talk.link, folder) if peer else (0, 0)
                    right, wrong = right + theirs[0], wrong + theirs[1]
            line(os.path.basename(capture).split('-')[0], variant, len(talk.truth) * len(captures), *vars(total).values(),
                 *((right, wrong) if peer else '--'))


if __name__ == '__main__':
    main()
