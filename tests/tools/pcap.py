"""Classic capture files, and TCP conversations written as a script: who says what, in which order.

    capture = Capture()
    talk = capture.connect('192.0.2.1', 40000, '198.51.100.1', 8080)    # SYN, SYN-ACK, ACK
    talk.client(b'GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n')                 # a segment for each MSS, acknowledged by the next
    talk.server(b'HTTP/1.1 204 No Content\\r\\n\\r\\n')
    talk.close()
    capture.write('small.pcap')
"""
import ipaddress
import struct
from dataclasses import dataclass, replace

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ETHERNET = 1
START = 1700000000 * 10**9  # captures begin at a round time, so that nothing depends on when they were made
STEP = 10**6                # a millisecond between packets
MAGIC = {b'\xd4\xc3\xb2\xa1': ('<', 1000), b'\xa1\xb2\xc3\xd4': ('>', 1000),
         b'\x4d\x3c\xb2\xa1': ('<', 1), b'\xa1\xb2\x3c\x4d': ('>', 1)}


@dataclass
class Packet:
    time: int   # nanoseconds since 1970
    data: bytes
    wire: int = 0  # length on the wire; 0: all was kept

    def __post_init__(self):
        self.wire = self.wire or len(self.data)


def read(path):
    """(link type, packets) of a classic capture."""
    with open(path, 'rb') as file:
        head = file.read(24)
        order, unit = MAGIC[head[:4]]
        link = struct.unpack(order + '16xI', head[4:])[0]
        packets = []
        while len(record := file.read(16)) == 16:
            seconds, fraction, kept, wire = struct.unpack(order + '4I', record)
            packets.append(Packet(seconds * 10**9 + fraction * unit, file.read(kept), wire))
    return link, packets


def write(path, packets, link=ETHERNET, order='<', nano=False, snap=262144):
    with open(path, 'wb') as file:
        file.write(struct.pack(order + 'IHHIIII', 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, snap, link))
        for p in packets:
            kept = p.data[:snap]
            fraction = p.time % 10**9 if nano else p.time % 10**9 // 1000
            file.write(struct.pack(order + '4I', p.time // 10**9, fraction, len(kept), p.wire) + kept)


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def tcp_frame(source, destination, seq, ack, flags, payload=b'', window=65535, vlans=(), options=b'', ttl=64):
    """Ethernet, tags, IPv4 or IPv6, TCP; source and destination are (address, port)."""
    one, two = ipaddress.ip_address(source[0]), ipaddress.ip_address(destination[0])
    size = 20 + len(options)
    head = struct.pack('!HHIIBBHHH', source[1], destination[1], seq % 2**32, ack % 2**32 if flags & ACK else 0,
                       size // 4 << 4, flags, window, 0, 0) + options
    pseudo = one.packed + two.packed + (struct.pack('!BBH', 0, 6, size + len(payload)) if one.version == 4 else
                                        struct.pack('!IHBB', size + len(payload), 0, 0, 6))
    total = checksum(pseudo + head + payload)
    segment = head[:16] + struct.pack('!H', total) + head[18:] + payload
    if one.version == 4:
        ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(segment), 0, 0x4000, ttl, 6, 0) + one.packed + two.packed
        ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
    else:
        ip = struct.pack('!IHBB', 0x60000000, len(segment), 6, ttl) + one.packed + two.packed
    tags = b''.join(struct.pack('!HH', 0x88a8 if outer < len(vlans) - 1 else 0x8100, tag) for outer, tag in enumerate(vlans))
    kind = 0x0800 if one.version == 4 else 0x86dd
    return b'\x02\0\0\0\0\2\x02\0\0\0\0\1' + tags + struct.pack('!H', kind) + ip + segment


class Capture:
    def __init__(self, start=START):
        self.packets, self.now = [], start

    def add(self, data):
        self.packets.append(Packet(self.now, data))
        self.now += STEP

    def pause(self, seconds):
        self.now += int(seconds * 10**9)

    def connect(self, *ends, **options):
        talk = Conversation(self, *ends, **options)
        talk.open()
        return talk

    def write(self, path, **options):
        write(path, self.packets, **options)


class Conversation:
    """One TCP connection as both ends see it. What is not to be captured is said `lost=True`."""

    def __init__(self, capture, client, client_port, server, server_port, isn=(1000, 5000), mss=1460, vlans=()):
        self.capture, self.mss, self.vlans = capture, mss, vlans
        self.ends = [(client, client_port), (server, server_port)]
        self.next = list(isn)

    def segment(self, side, flags, payload=b'', seq=None, ack=None, lost=False):
        seq = self.next[side] if seq is None else seq
        ack = self.next[1 - side] if ack is None else ack
        if not lost:
            self.capture.add(tcp_frame(self.ends[side], self.ends[1 - side], seq, ack, flags, payload, vlans=self.vlans))

    def open(self):
        self.segment(0, SYN)
        self.next[0] += 1
        self.segment(1, SYN | ACK)
        self.next[1] += 1
        self.segment(0, ACK)

    def say(self, side, data, lost=False, acknowledged=True):
        for at in range(0, len(data), self.mss):
            part = data[at:at + self.mss]
            self.segment(side, PSH | ACK, part, lost=lost)
            self.next[side] += len(part)
        if acknowledged:
            self.segment(1 - side, ACK)

    def client(self, data, **options):
        self.say(0, data, **options)

    def server(self, data, **options):
        self.say(1, data, **options)

    def close(self, first=0):
        for side in first, 1 - first:
            self.segment(side, FIN | ACK)
            self.next[side] += 1
        self.segment(first, ACK)

    def reset(self, side=1):
        self.segment(side, RST | ACK)


def ports_of(packet):
    """((address, port), (address, port)) of an Ethernet TCP packet, or None."""
    data, at = packet.data, 12
    while data[at:at + 2] in (b'\x81\0', b'\x88\xa8'):
        at += 4
    kind, at = data[at:at + 2], at + 2
    if kind == b'\x08\0' and data[at + 9] == 6:
        one, two, tcp = data[at + 12:at + 16], data[at + 16:at + 20], at + (data[at] & 15) * 4
    elif kind == b'\x86\xdd' and data[at + 6] == 6:
        one, two, tcp = data[at + 8:at + 24], data[at + 24:at + 40], at + 40
    else:
        return None
    ports = struct.unpack('!HH', data[tcp:tcp + 4])
    return tuple((str(ipaddress.ip_address(address)), port) for address, port in zip((one, two), ports))


def without(packets, ports):
    """The packets of all connections but those with one of these ports at either end."""
    return [replace(p) for p in packets if not (ends := ports_of(p)) or not {ends[0][1], ends[1][1]} & set(ports)]
