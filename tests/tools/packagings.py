#!/usr/bin/env python3
"""One conversation in many packagings: what a span port, a tunnel or a capture may make of the same packets.

    packagings.py FOLDER CAPTURE:PORT...           writes a capture for each link type, and all.pcapng
    packagings.py --table FOLDER CAPTURE:PORT...   says beside that what tshark reads of each packaging

A packaging has its own client port and its own time, so that all of them can be read in one run. It is made in steps: the
IP datagrams of the conversation are changed (fragments, order, duplicates, sizes), wrapped (tunnels), changed again (fragments
outside), and framed (link layer and tags)."""
import collections
import itertools
import random
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass, replace

import pcap
from pcap import checksum
from wrappings import FRAMES, WRAPS, Wrapping, fragments4, fragments6, ip4, ip6, tcp_of, with_tcp

FIRST_PORT, APART = 10000, 1000 * 10**9
PART = 64  # a fragment's size
IDENTIFICATIONS = itertools.count(1)  # each datagram in pieces has its own: tshark's memory of them never ends


@dataclass
class Datagram:
    time: int
    up: bool      # from the client
    data: bytes   # from its IP header on
    number: int   # in the conversation


def conversation(path, port):
    """The datagrams of the connection from this client port: IPv4 and TCP, nothing else."""
    link, packets = pcap.read(path)
    assert link == pcap.ETHERNET
    found = []
    for p in packets:
        ends = pcap.ports_of(p)
        if ends and port in (ends[0][1], ends[1][1]):
            size = struct.unpack('!H', p.data[16:18])[0]
            found.append(Datagram(p.time, ends[0][1] == port, p.data[14:14 + size], len(found)))
    return found


# Changes: a list of datagrams becomes another one.

def each(change):
    return lambda datagrams: [replace(d, data=data) for d in datagrams for data in change(d)]


def order(change):
    """Of the pieces of a datagram."""
    def changed(pieces):
        def of_all(datagrams):
            return [replace(d, data=data) for d in datagrams for data in change(pieces(d))]
        return of_all
    return changed


def pieces4(d):
    return fragments4(d.data, PART, next(IDENTIFICATIONS) % 2**16)


def pieces6(d):
    return fragments6(d.data, PART, next(IDENTIFICATIONS))


def shuffled(pieces):
    random.Random(len(pieces)).shuffle(pieces)
    return pieces


def overlapping(pieces):
    """The first piece once more behind the second, with other bytes: those seen first count."""
    if len(pieces) < 2:
        return pieces
    other = pieces[0][:20] + bytes(b ^ 0x55 for b in pieces[0][20:])
    return [pieces[0], other] + pieces[1:]


in_order, reversed_order, mixed = order(list), order(lambda p: p[::-1]), order(shuffled)
twice, overlapped = order(lambda p: [x for piece in p for x in (piece, piece)]), order(overlapping)


def doubled(datagrams):
    return [d for d in datagrams for _ in range(2)]


def other_ttl(datagrams):
    """A router on the way, both sides of which are mirrored."""
    def lower(data):
        head = data[:8] + bytes([data[8] - 1]) + data[9:10] + b'\0\0' + data[12:20]
        return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + data[20:]
    return [replace(d, data=data) for d in datagrams for data in (d.data, lower(d.data))]


def small(size):
    """Segments of at most `size` bytes."""
    def change(datagrams):
        out = []
        for d in datagrams:
            head, payload = tcp_of(d.data)
            for at in range(0, max(len(payload), 1), size):
                out.append(replace(d, data=with_tcp(d.data, head, payload[at:at + size], at)))
        return out
    return change


def swapped(datagrams):
    """Neighbours of one side that carry data change places, as with two paths into the mirror."""
    out, at = list(datagrams), 0
    while at + 1 < len(out):
        pair = out[at:at + 2]
        if pair[0].up == pair[1].up and all(tcp_of(d.data)[1] for d in pair):
            out[at].data, out[at + 1].data = pair[1].data, pair[0].data
            at += 1
        at += 1
    return out


def copies(change):
    """Those that change datagrams in place get their own."""
    return lambda datagrams: change([replace(d) for d in datagrams])


def merged(datagrams):
    """As receive offload hands them over: neighbours of one side are one segment."""
    out = []
    for d in datagrams:
        head, payload = tcp_of(d.data)
        if out and payload and out[-1].up == d.up:
            last_head, last = tcp_of(out[-1].data)
            if last and struct.unpack('!I', last_head[4:8])[0] + len(last) == struct.unpack('!I', head[4:8])[0]:
                out[-1] = replace(d, data=with_tcp(out[-1].data, last_head, last + payload, 0))
                continue
        out.append(d)
    return out


def no_length(datagrams):
    """BIG TCP: IPv4 without a total length."""
    def change(data):
        head = data[:2] + b'\0\0' + data[4:10] + b'\0\0' + data[12:20]
        return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + data[20:]
    return [replace(d, data=change(d.data)) for d in datagrams]


def options4(datagrams):
    """No operation, router alert, end."""
    def change(data):
        head = bytes([0x47]) + data[1:2] + struct.pack('!H', len(data) + 8) + data[4:10] + b'\0\0' + data[12:20]
        head += b'\1\x94\4\0\0\0\0\0'
        return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + data[20:]
    return [replace(d, data=change(d.data)) for d in datagrams]


def six(extensions=(), length=None):
    """The same segments over IPv6; extensions are (number, bytes without the next header)."""
    return each(lambda d: [ip6_of(d.data, extensions, length)])


def ip6_of(data, extensions=(), length=None):
    ends = [b'\x20\1\x0d\xb8' + bytes(8) + data[at:at + 4] for at in (12, 16)]
    head, payload = tcp_of(data)
    return ip6(ends[0], ends[1], 6, with_tcp(None, head, payload, 0, ends), extensions, length)


def client_alone(datagrams):
    return [d for d in datagrams if d.up]


def server_alone(datagrams):
    return [d for d in datagrams if not d.up]


@dataclass
class Packaging:
    name: str
    frame: str = 'ethernet'
    changes: tuple = ()  # of the conversation's datagrams
    wraps: tuple = ()    # from the inside out
    outside: tuple = ()  # changes of the outermost datagrams
    snap: int = 0        # 0: all was kept
    loose: bool = False  # not all bytes are there: nothing but less may be told


HOP, ROUTING = (0, b'\0\5\2\0\0\1\0'), (43, b'\0\0\0\0\0\0\0')
DESTINATION, ATOMIC = (60, b'\0\1\4\0\0\0\0'), (44, b'\0\0\0\0\0\0\7')
AUTHENTICATION = (51, b'\4\0\0\0\0\0\1\0\0\0\2' + bytes(12))


def plain_ones():
    yield Packaging('plain')
    for name in FRAMES:
        yield Packaging(name, frame=name)
    for name, (_, needs) in WRAPS.items():
        yield Packaging(name, wraps=(name,), changes=(six(),) if needs == 6 else ())
    for name in ('raw', 'sll2', 'mpls', 'pppoe', 'vlan', 'radiotap'):
        yield Packaging(f'{name}-vxlan', frame=name, wraps=('vxlan',))
        yield Packaging(f'{name}-v6', frame=name, changes=(six(),))


def nested_ones():
    for wraps in (('vxlan', 'erspan2'), ('vxlan', 'gre'), ('ip-in-ip', 'gre-key'), ('ip-in-ip', 'vxlan'), ('gtp', 'vxlan'),
                  ('geneve', 'ip-in-ip'), ('nvgre', 'tzsp'), ('vxlan', 'vxlan-8472'), ('gre', 'gre', 'gre'),
                  ('ip-in-ip', 'gtp-extended', 'mpls-udp'), ('geneve-options', 'erspan3-sub', 'vxlan-v6')):
        yield Packaging(' in '.join(wraps), wraps=wraps)


def fragment_ones():
    for name, change in (('in order', in_order), ('reversed', reversed_order), ('mixed', mixed), ('twice', twice)):
        yield Packaging(f'fragments {name}', changes=(change(pieces4),))
        yield Packaging(f'v6 fragments {name}', changes=(six(), change(pieces6)))
        yield Packaging(f'vxlan in fragments {name}', wraps=('vxlan',), outside=(change(pieces4),))
        yield Packaging(f'fragments {name} in geneve', changes=(change(pieces4),), wraps=('geneve',))
    yield Packaging('fragments overlapping', changes=(overlapped(pieces4),))
    yield Packaging('gre in v6 fragments', wraps=('gre-v6',), outside=(mixed(pieces6),))
    yield Packaging('fragments in fragments', changes=(mixed(pieces4),), wraps=('vxlan',), outside=(mixed(pieces4),))
    yield Packaging('fragments on two VLANs', frame='vlan-alternating', changes=(twice(pieces4),))
    yield Packaging('fragments, wireless', frame='qos', changes=(in_order(pieces4),))
    yield Packaging('atomic fragments', changes=(six((ATOMIC,)),))


def size_ones():
    yield Packaging('options', changes=(options4,))
    yield Packaging('extensions', changes=(six((HOP, DESTINATION, ROUTING)),))
    yield Packaging('authentication', changes=(six((AUTHENTICATION,)),))
    yield Packaging('merged', changes=(merged,))
    yield Packaging('merged, no length', changes=(merged, no_length))
    yield Packaging('merged v6', changes=(merged, six()))
    yield Packaging('merged v6, no length', changes=(merged, six(length=0)))
    yield Packaging('no length', frame='raw', changes=(no_length,))
    yield Packaging('no length in vxlan', changes=(no_length,), wraps=('vxlan',))
    for size in (1, 7, 100):
        yield Packaging(f'segments of {size}', changes=(small(size),))
    yield Packaging('segments of 40 in fragments', changes=(small(40), in_order(pieces4)))
    yield Packaging('padded', frame='padded')
    yield Packaging('padded fragments', frame='padded', changes=(in_order(pieces4),))


def mirror_ones():
    yield Packaging('doubled', changes=(doubled,))
    yield Packaging('doubled on two VLANs', frame='vlan-alternating', changes=(doubled,))
    yield Packaging('doubled with another TTL', changes=(other_ttl,))
    yield Packaging('doubled in vxlan', changes=(doubled,), wraps=('vxlan',))
    yield Packaging('doubled in gtp', changes=(doubled,), wraps=('gtp',))
    yield Packaging('swapped', changes=(small(60), copies(swapped)))
    yield Packaging('swapped in geneve', changes=(small(60), copies(swapped)), wraps=('geneve',))
    yield Packaging('swapped fragments', changes=(small(100), copies(swapped), mixed(pieces4)))
    for name, change in (('client', client_alone), ('server', server_alone)):
        yield Packaging(f'{name} alone', changes=(change,), loose=True)
        yield Packaging(f'{name} alone in gtp', changes=(change,), wraps=('gtp',), loose=True)
    for snap in (60, 96, 128, 200):
        yield Packaging(f'kept {snap}', snap=snap, loose=True)
        yield Packaging(f'kept {snap} of vxlan', snap=snap + 50, wraps=('vxlan',), loose=True)
    yield Packaging('kept 80 of fragments', snap=80, changes=(in_order(pieces4),), loose=True)
    yield Packaging('kept 100 of fragments', snap=100, changes=(in_order(pieces4),))


def all_packagings():
    return [p for ones in (plain_ones, nested_ones, fragment_ones, size_ones, mirror_ones) for p in ones()]


def renumber(datagrams, port, start):
    """The same conversation from another client port, at another time."""
    out = []
    for d in datagrams:
        head, payload = tcp_of(d.data)
        at = 0 if d.up else 2
        head = head[:at] + struct.pack('!H', port) + head[at + 2:]
        time = start + d.time - datagrams[0].time
        out.append(replace(d, time=time, data=with_tcp(d.data, head, payload, 0)))
    return out


def frames_of(packaging, datagrams):
    """(link type, packets)."""
    for change in packaging.changes:
        datagrams = change(datagrams)
    for name in packaging.wraps:
        datagrams = [replace(d, data=WRAPS[name][0](Wrapping(d.up, n), d.data)) for n, d in enumerate(datagrams)]
    for change in packaging.outside:
        datagrams = change([replace(d, number=n) for n, d in enumerate(datagrams)])
    link, frame = FRAMES[packaging.frame]
    packets = []
    for n, d in enumerate(datagrams):
        data = frame(Wrapping(d.up, n), d.data)
        kept = data[:packaging.snap or len(data)]
        packets.append(pcap.Packet(d.time + n * 1000, kept, len(data)))
    return link, packets


@dataclass
class Made:
    packaging: Packaging
    source: str
    port: int
    link: int
    packets: list


def make(sources):
    """All packagings of each (capture, client port): as `Made`, in the order of time."""
    made = []
    for path, port in sources:
        original = conversation(path, port)
        for packaging in all_packagings():
            number = len(made)
            there = renumber(original, FIRST_PORT + number, pcap.START + number * APART)
            link, packets = frames_of(packaging, there)
            packets.sort(key=lambda p: p.time)
            made.append(Made(packaging, path, FIRST_PORT + number, link, packets))
    return made


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)


def write_pcapng(path, packets):
    """`packets` are (link type, packet): an interface for each link type."""
    links = sorted({link for link, _ in packets})
    with open(path, 'wb') as file:
        file.write(block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)))
        for link in links:
            file.write(block(1, struct.pack('<HHI', link, 0, 0) + struct.pack('<HHB3xHH', 9, 1, 9, 0, 0)))
        for link, p in packets:
            head = struct.pack('<IIIII', links.index(link), p.time >> 32, p.time & 0xffffffff, len(p.data), p.wire)
            file.write(block(6, head + p.data))


def write(folder, made):
    """A capture for each link type: paths in the order of link types; and all in one, in the same order."""
    by_link = collections.defaultdict(list)
    for m in made:
        by_link[m.link] += m.packets
    paths = []
    for link, packets in sorted(by_link.items()):
        paths.append(f'{folder}/link{link}.pcap')
        pcap.write(paths[-1], packets, link=link, nano=True)
    write_pcapng(f'{folder}/all.pcapng', [(link, p) for link, packets in sorted(by_link.items()) for p in packets])
    return paths


def table(folder, made):
    """What tshark reads: of each packaging the frames, those in which it finds TCP between the right ports, and layers."""
    command = ['tshark', '-n', '-r', f'{folder}/all.pcapng', '-d', 'udp.port==8472,vxlan', '-o', 'ip.defragment:TRUE', '-T', 'fields']
    for field in ('frame.number', 'tcp.srcport', 'tcp.dstport', 'frame.protocols'):
        command += ['-e', field]
    rows = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode().splitlines()
    at = 0
    print(f'{"packaging":44} {"link":>4} {"frames":>6} {"TCP":>6}  layers')
    for link in sorted({m.link for m in made}):
        for m in [m for m in made if m.link == link]:
            mine = [row.split('\t') for row in rows[at:at + len(m.packets)]]
            at += len(m.packets)
            read = [row for row in mine if str(m.port) in ','.join(row[1:3]).split(',')]
            layers = collections.Counter(row[3].split(':tcp')[0] for row in read).most_common(1)
            print(f'{m.packaging.name[:44]:44} {link:4} {len(mine):6} {len(read):6}  {layers[0][0] if layers else "-"}')


def main(arguments):
    wants_table = arguments[:1] == ['--table']
    arguments = arguments[wants_table:]
    if len(arguments) < 2:
        sys.exit(__doc__)
    sources = [(path, int(port)) for path, _, port in (a.rpartition(':') for a in arguments[1:])]
    made = make(sources)
    write(arguments[0], made)
    if wants_table and shutil.which('tshark'):
        table(arguments[0], made)


if __name__ == '__main__':
    main(sys.argv[1:])
