"""Headers around an IP datagram, each from its specification's drawing: FRAMES make a frame of a link type of it, WRAPS another
IP datagram. Nothing here knows how kapiwatch reads them; tshark is the judge of both."""
import struct
from dataclasses import dataclass

from pcap import checksum


@dataclass
class Wrapping:
    up: bool     # from the client
    number: int  # of the packet


OUTER4 = [bytes([203, 0, 113, 1]), bytes([203, 0, 113, 2])]
OUTER6 = [b'\x20\1\x0d\xb8' + bytes(11) + bytes([n]) for n in (1, 2)]
MACS = [b'\2\0\0\0\0\1', b'\2\0\0\0\0\2']


def ends_of(w, ends):
    return (ends[0], ends[1]) if w.up else (ends[1], ends[0])


# IP and TCP

def ip4(source, destination, protocol, payload, number=0, fragment=0):
    head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(payload), number, fragment, 64, protocol, 0) + source + destination
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload


def ip6(source, destination, protocol, payload, extensions=(), length=None):
    numbers = [number for number, _ in extensions] + [protocol]
    chain = b''.join(bytes([numbers[i + 1]]) + rest for i, (_, rest) in enumerate(extensions)) + payload
    length = len(chain) if length is None else length
    return struct.pack('!IHBB', 0x60000000, length, numbers[0], 64) + source + destination + chain


def tcp_of(data):
    """(TCP header, payload) of an IPv4 datagram."""
    at = (data[0] & 15) * 4
    size = (data[at + 12] >> 4) * 4
    return data[at:at + size], data[at + size:]


def with_tcp(data, head, payload, later, ends=None):
    """The datagram with this segment, `later` bytes on, its checksums right; without one, for `ends`, the segment."""
    head = head[:4] + struct.pack('!I', (struct.unpack('!I', head[4:8])[0] + later) % 2**32) + head[8:16] + b'\0\0' + head[18:]
    size = len(head) + len(payload)
    if ends:
        pseudo = ends[0] + ends[1] + struct.pack('!IHBB', size, 0, 0, 6)
    else:
        pseudo = data[12:20] + struct.pack('!BBH', 0, 6, size)
    segment = head[:16] + struct.pack('!H', checksum(pseudo + head + payload)) + head[18:] + payload
    if ends:
        return segment
    return ip4(data[12:16], data[16:20], 6, segment, struct.unpack('!H', data[4:6])[0], 0x4000)


def fragments4(data, size, number):
    parts = [data[20 + at:20 + at + size] for at in range(0, len(data) - 20, size)]
    return [ip4(data[12:16], data[16:20], data[9], part, number, i * size // 8 | (0x2000 if i + 1 < len(parts) else 0))
            for i, part in enumerate(parts)]


def fragments6(data, size, number):
    """Of a datagram without extensions."""
    parts = [data[40 + at:40 + at + size] for at in range(0, len(data) - 40, size)]
    return [ip6(data[8:24], data[24:40], data[6], part,
                ((44, b'\0' + struct.pack('!HI', i * size | (i + 1 < len(parts)), number)),)) for i, part in enumerate(parts)]


# Frames

def kind_of(data):
    return 0x0800 if data[0] >> 4 == 4 else 0x86dd


def ethernet(w, kind, payload):
    to, source = ends_of(w, MACS)[::-1]
    return to + source + struct.pack('!H', kind) + payload


def tagged(*tags):
    """Tags are (ethertype, bytes behind it); the outermost first."""
    def frame(w, data):
        kinds = [kind for kind, _ in tags] + [kind_of(data)]
        inside = b''.join(rest + struct.pack('!H', kinds[i + 1]) for i, (_, rest) in enumerate(tags))
        return ethernet(w, kinds[0], inside + data)
    return frame


def vlan_alternating(w, data):
    return tagged((0x8100, struct.pack('!H', 10 + w.number % 2)))(w, data)


def labels(*numbers):
    return b''.join(struct.pack('!I', n << 12 | (i + 1 == len(numbers)) << 8 | 64) for i, n in enumerate(numbers))


def pseudowire(label, control):
    return lambda w, data: ethernet(w, 0x8847, labels(16, label) + control + ethernet(w, kind_of(data), data))


def ppp_number(data):
    return b'\0\x21' if data[0] >> 4 == 4 else b'\0\x57'


def pppoe_session(data, number):
    return struct.pack('!BBHH', 0x11, 0, 7, len(number + data)) + number + data


def fabric(w, frame):
    """FabricPath, with the checksum at its end that tshark expects."""
    return b'\2\0\0\0\0\3' + b'\2\0\0\0\0\4' + struct.pack('!HH', 0x8903, 1 << 6 | 32) + frame + bytes(4)


def service(w, data):
    """802.1ah behind a backbone tag."""
    inside = ethernet(w, kind_of(data), data)
    return ethernet(w, 0x88a8, struct.pack('!HH', 5, 0x88e7) + struct.pack('!I', 4711) + inside)


def snap(data):
    return b'\xaa\xaa\3\0\0\0' + struct.pack('!H', kind_of(data)) + data


def nsh(inside, data):
    return struct.pack('!HBBI', 0x0fc6, 1, inside, 1 << 8 | 255) + bytes(16) + data


def wireless(w, data, subtype=0, flags=None, behind=b'', pad=b''):
    flags = (1 if w.up else 2) if flags is None else flags
    head = struct.pack('<BBH', 8 | subtype, flags, 0) + MACS[0] + MACS[1] + b'\2\0\0\0\0\3' + struct.pack('<H', w.number % 4096 << 4)
    head += b'\2\0\0\0\0\4' if flags & 3 == 3 else b''
    return head + behind + pad + snap(data)


def radiotap(w, data, flags=0, time=False):
    fields = (bytes(8) if time else b'') + bytes([flags])
    head = struct.pack('<BBHI', 0, 0, 8 + len(fields), 2 | time) + fields
    if flags & 0x20:
        return head + wireless(w, data, 0x80, behind=b'\0\0', pad=b'\0\0')
    return head + wireless(w, data) + (b'\1\2\3\4' if flags & 0x10 else b'')


def prism(w, data):
    return struct.pack('<II16s', 0x44, 144, b'wlan0') + bytes(120) + wireless(w, data)


def avs(w, data):
    return struct.pack('!II', 0x80211001, 64) + bytes(56) + wireless(w, data)


def nflog(order):
    def frame(w, data):
        def attribute(kind, value):
            return struct.pack(order + 'HH', len(value) + 4, kind) + value + bytes(-len(value) % 4)
        head = struct.pack('!BBH', 2 if data[0] >> 4 == 4 else 10, 0, 1)
        return head + attribute(1, struct.pack('!HBB', kind_of(data), 1, 0)) + attribute(10, b'in\0') + attribute(9, data)
    return frame


def null(w, data):
    return struct.pack('<I', 2 if data[0] >> 4 == 4 else 30) + data


def loop(w, data):
    return struct.pack('!I', 2 if data[0] >> 4 == 4 else 30) + data


def sll(w, data):
    return struct.pack('!HHH8sH', 0 if w.up else 4, 1, 6, MACS[0], kind_of(data)) + data


def sll2(w, data):
    return struct.pack('!HHIHBB8s', kind_of(data), 0, 2, 1, 0 if w.up else 4, 6, MACS[0]) + data


def ppi(w, data):
    return struct.pack('<BBHI', 0, 0, 8, 1) + ethernet(w, kind_of(data), data)


FRAMES = {
    'ethernet': (1, lambda w, data: ethernet(w, kind_of(data), data)),
    'padded': (1, lambda w, data: (lambda f: f + bytes(max(6, 60 - len(f))))(ethernet(w, kind_of(data), data))),
    'raw': (101, lambda w, data: data),
    'raw-12': (12, lambda w, data: data),
    'ipv4': (228, lambda w, data: data),
    'null': (0, null),
    'loop': (108, loop),
    'sll': (113, sll),
    'sll2': (276, sll2),
    'ppi': (192, ppi),
    'ppp': (9, lambda w, data: b'\xff\3' + ppp_number(data) + data),
    'ppp-bare': (9, lambda w, data: ppp_number(data) + data),
    'ppp-short': (9, lambda w, data: ppp_number(data)[1:] + data),
    'ppp-hdlc': (50, lambda w, data: b'\xff\3' + ppp_number(data) + data),
    'ppp-mpls': (50, lambda w, data: b'\xff\3\2\x81' + labels(16) + data),
    'c-hdlc-in-50': (50, lambda w, data: b'\x0f\0' + struct.pack('!H', kind_of(data)) + data),
    'ppp-ether': (51, lambda w, data: pppoe_session(data, ppp_number(data))),
    'c-hdlc': (104, lambda w, data: b'\x0f\0' + struct.pack('!H', kind_of(data)) + data),
    'wireless': (105, wireless),
    'qos': (105, lambda w, data: wireless(w, data, 0x80, behind=b'\5\0')),
    'four-addresses': (105, lambda w, data: wireless(w, data, flags=3)),
    'qos-four-ht': (105, lambda w, data: wireless(w, data, 0x80, flags=0x83, behind=b'\5\0' + bytes(4))),
    'radiotap': (127, radiotap),
    'radiotap-time': (127, lambda w, data: radiotap(w, data, time=True)),
    'radiotap-fcs': (127, lambda w, data: radiotap(w, data, 0x10, True)),
    'radiotap-padded': (127, lambda w, data: radiotap(w, data, 0x20, True)),
    'prism': (119, prism),
    'avs': (163, avs),
    'nflog': (239, nflog('<')),
    'nflog-big': (239, nflog('>')),
    'vlan': (1, tagged((0x8100, b'\x20\7'))),
    'vlan-alternating': (1, vlan_alternating),
    'qinq': (1, tagged((0x88a8, b'\0\7'), (0x8100, b'\0\x08'))),
    'qinq-9100': (1, tagged((0x9100, b'\0\7'), (0x8100, b'\0\x08'))),
    'three-tags': (1, tagged((0x88a8, b'\0\7'), (0x8100, b'\0\x08'), (0x8100, b'\0\x09'))),
    'vn-tag': (1, tagged((0x8926, b'\x80\1\0\2'))),
    'vn-tag-vlan': (1, tagged((0x8926, b'\0\1\0\2'), (0x8100, b'\0\x08'))),
    'metadata': (1, tagged((0x8909, b'\1\1\0\1\0\x64'))),
    'e-tag': (1, tagged((0x893f, b'\x20\x64\x10\x65\0\0'))),
    'e-tag-vlan': (1, tagged((0x893f, b'\x20\x64\x10\x65\1\2'), (0x8100, b'\0\x08'))),
    'ring': (1, lambda w, data: tagged((0x892f, struct.pack('!HH', len(data) + 6, w.number)))(w, data)),
    'stamped': (1, tagged((0xd28b, struct.pack('!HHII', 1, 0x10, 1764000000, 5)))),
    'stamped-short': (1, tagged((0xd28b, struct.pack('!HHHI', 1, 0x120, 7, 5)))),
    'stamped-vlan': (1, tagged((0xd28b, struct.pack('!HHII', 1, 0x110, 1764000000, 5)), (0x8100, b'\0\x08'))),
    'fabric': (1, lambda w, data: fabric(w, tagged((0x8100, b'\0\x08'))(w, data))),
    'trill': (1, lambda w, data: ethernet(w, 0x22f3, struct.pack('!HHH', 0x3f, 7, 8) + tagged((0x8100, b'\0\x08'))(w, data))),
    'trill-options': (1, lambda w, data: ethernet(w, 0x22f3, struct.pack('!HHHII', 2 << 6 | 0x3f, 7, 8, 0, 0) + tagged((0x8100, b'\0\x08'))(w, data))),
    'macsec': (1, lambda w, data: tagged((0x88e5, b'\0\0' + struct.pack('!I', w.number)))(w, data) + bytes(16)),
    'macsec-channel': (1, lambda w, data: tagged((0x88e5, b'\x21\0' + bytes(4) + MACS[0] + b'\0\1'))(w, data) + bytes(16)),
    'service': (1, service),
    'snap': (1, lambda w, data: ethernet(w, len(data) + 8, snap(data))),
    'snap-vlan': (1, lambda w, data: ethernet(w, 0x8100, struct.pack('!HH', 7, len(data) + 8) + snap(data))),
    'pppoe': (1, lambda w, data: ethernet(w, 0x8864, pppoe_session(data, ppp_number(data)))),
    'pppoe-vlan': (1, lambda w, data: ethernet(w, 0x8100, b'\0\7\x88\x64' + pppoe_session(data, ppp_number(data)))),
    'mpls': (1, lambda w, data: ethernet(w, 0x8847, labels(16) + data)),
    'mpls-three': (1, lambda w, data: ethernet(w, 0x8847, labels(16, 17, 18) + data)),
    'mpls-multicast': (1, lambda w, data: ethernet(w, 0x8848, labels(16) + data)),
    'mpls-vlan': (1, lambda w, data: ethernet(w, 0x8100, b'\0\7\x88\x47' + labels(16, 17) + data)),
    'pseudowire': (1, pseudowire(20, struct.pack('!I', 0))),
    'pseudowire-bare': (1, pseudowire(21, b'')),
    'nsh': (1, lambda w, data: ethernet(w, 0x894f, nsh(1 if data[0] >> 4 == 4 else 2, data))),
}


# Wraps

def over4(w, protocol, payload):
    return ip4(*ends_of(w, OUTER4), protocol, payload, w.number)


def over6(w, protocol, payload):
    return ip6(*ends_of(w, OUTER6), protocol, payload)


def udp(w, port, payload, source=None):
    return struct.pack('!HHHH', source or 50000, port, 8 + len(payload), 0) + payload


def bridged(w, data):
    return ethernet(w, kind_of(data), data)


def gre(flags, kind=None, inside=None, key=0):
    def payload(w, data):
        body = inside(w, data) if inside else data
        head = struct.pack('!HH', flags, kind or kind_of(data))
        rest = struct.pack('!I', key) if flags & 0x2000 else b''
        rest += struct.pack('!I', w.number) if flags & 0x1000 else b''
        if flags & 0x8000:
            rest = struct.pack('!HH', checksum(head + bytes(4) + rest + body), 0) + rest
        return head + rest + body
    return payload


def erspan2(w, data):
    return struct.pack('!HHI', 1 << 12 | 7, 101, w.number) + bridged(w, data)


def erspan3(sub, frame=0):
    def payload(w, data):
        body = data if frame == 2 else bridged(w, data)
        return struct.pack('!HHIHH', 2 << 12 | 7, 102, w.number, 0, frame << 10 | bool(sub)) + sub + body
    return payload


def vxlan(w, data, flags=0x08000000, vni=7001):
    return struct.pack('!II', flags, vni << 8) + bridged(w, data)


def gpe(inside, payload):
    return lambda w, data: struct.pack('!BHBI', 0x0c, 0, inside, 7002 << 8) + payload(w, data)


def geneve(kind, options, payload):
    return lambda w, data: struct.pack('!BBHI', len(options) // 4, 0, kind or kind_of(data), 7003 << 8) + options + payload(w, data)


def gtp(w, data, flags=0x30, optional=b''):
    """The TEID is the receiver's own: another one each way."""
    return struct.pack('!BBHI', flags, 255, len(optional) + len(data), 0x1000 + w.up) + optional + data


def tzsp(kind, tags, payload):
    return lambda w, data: struct.pack('!BBH', 1, 0, kind) + tags + payload(w, data)


def v4(protocol, payload):
    return lambda w, data: over4(w, protocol, payload(w, data))


def v6(protocol, payload):
    return lambda w, data: over6(w, protocol, payload(w, data))


def on(port, payload, over=over4, source=None):
    return lambda w, data: over(w, 17, udp(w, port, payload(w, data), source))


def as_it_is(w, data):
    return data


def one_way(up, payload):
    return lambda w, data: payload(w, data) if w.up == up else data


def inside_ip(over):
    return lambda w, data: over(w, 4 if data[0] >> 4 == 4 else 41, data)


OPTIONS = struct.pack('!HBB', 0x0102, 0x80, 1) + bytes(4) + struct.pack('!HBB', 0x0103, 0, 0)
AUTHENTICATION, ORIGIN = b'\0\1\2\3' + b'idsum' + bytes(8) + b'\0', b'\0\0' + bytes(6)
PDU_SESSION = b'\0\0\0\x85' + b'\1\x10\x09\0'
TZSP_TAGS = b'\0\0\x0a\1\x20\x12\1\6\1'

# Name: how, and which IP version must be inside (0: any).
WRAPS = {
    'gre': (v4(47, gre(0)), 0),
    'gre-key': (v4(47, gre(0x2000, key=77)), 0),
    'gre-checksum': (v4(47, gre(0x8000)), 0),
    'gre-sequence': (v4(47, gre(0x1000)), 0),
    'gre-all': (v4(47, gre(0xb000, key=77)), 0),
    'gre-v6': (v6(47, gre(0)), 0),
    'gre-mpls': (v4(47, gre(0, 0x8847, lambda w, data: labels(16, 17) + data)), 0),
    'gretap': (v4(47, gre(0, 0x6558, bridged)), 0),
    'gretap-key': (v4(47, gre(0x2000, 0x6558, bridged, 78)), 0),
    'nvgre': (v4(47, gre(0x2000, 0x6558, bridged, 0x123456 << 8 | 9)), 0),
    'erspan1': (v4(47, gre(0, 0x88be, bridged)), 0),
    'erspan2': (v4(47, gre(0x1000, 0x88be, erspan2)), 0),
    'erspan3': (v4(47, gre(0x1000, 0x22eb, erspan3(b''))), 0),
    'erspan3-sub': (v4(47, gre(0x1000, 0x22eb, erspan3(struct.pack('!Q', 1 << 58)))), 0),
    'ip-in-ip': (inside_ip(over4), 0),
    '4in6': (inside_ip(over6), 4),
    '6in4': (inside_ip(over4), 6),
    '6in6': (inside_ip(over6), 6),
    'mpls-ip': (v4(137, lambda w, data: labels(16) + data), 0),
    'etherip': (v4(97, lambda w, data: b'\x30\0' + bridged(w, data)), 0),
    'gre-udp': (on(4754, gre(0)), 0),
    'gre-udp-key': (on(4754, gre(0xb000, key=79)), 0),
    'gretap-udp': (on(4754, gre(0, 0x6558, bridged)), 0),
    'nvgre-udp': (on(50001, gre(0x2000, 0x6558, bridged, 0x123457 << 8 | 9), source=4754), 0),
    'mpls-udp': (on(6635, lambda w, data: labels(16, 17) + data), 0),
    'vxlan': (on(4789, vxlan), 0),
    'vxlan-8472': (on(8472, lambda w, data: vxlan(w, data, vni=1)), 0),
    'vxlan-reserved': (on(4789, lambda w, data: vxlan(w, data, 0x88000123)), 0),
    'vxlan-each-way': (on(4789, lambda w, data: vxlan(w, data, vni=7010 + w.up)), 0),
    'vxlan-up-alone': (one_way(True, on(4789, lambda w, data: vxlan(w, data, vni=7012))), 0),
    'vxlan-down-alone': (one_way(False, on(4789, lambda w, data: vxlan(w, data, vni=7013))), 0),
    'vxlan-v6': (on(4789, vxlan, over6), 0),
    'vxlan-vlan': (on(4789, lambda w, data: struct.pack('!II', 0x08000000, 9 << 8) + tagged((0x8100, b'\0\7'))(w, data)), 0),
    'gpe-ip': (on(4790, gpe(1, as_it_is)), 4),
    'gpe-ip6': (on(4790, gpe(2, as_it_is)), 6),
    'gpe-ethernet': (on(4790, gpe(3, bridged)), 0),
    'gpe-nsh': (on(4790, gpe(4, lambda w, data: nsh(3, bridged(w, data)))), 0),
    'geneve': (on(6081, geneve(0x6558, b'', bridged)), 0),
    'geneve-options': (on(6081, geneve(0x6558, OPTIONS, bridged)), 0),
    'geneve-ip': (on(6081, geneve(0, b'', as_it_is)), 0),
    'gtp': (on(2152, gtp, source=2152), 0),
    'gtp-number': (on(2152, lambda w, data: gtp(w, data, 0x32, struct.pack('!HBB', w.number, 0, 0))), 0),
    'gtp-extended': (on(2152, lambda w, data: gtp(w, data, 0x34, PDU_SESSION)), 0),
    'tzsp': (on(37008, tzsp(1, b'\1', bridged)), 0),
    'tzsp-tags': (on(37008, tzsp(1, TZSP_TAGS, bridged)), 0),
    'tzsp-wireless': (on(37008, tzsp(18, b'\1', wireless)), 0),
    'teredo': (on(3544, as_it_is), 6),
    'teredo-authentication': (on(3544, lambda w, data: AUTHENTICATION + data), 6),
    'teredo-both': (on(50001, lambda w, data: AUTHENTICATION + ORIGIN + data, source=3544), 6),
}
