#!/usr/bin/env python3
"""Capture files of every kind that is read, written by hand from pcap-savefile(5) and the pcapng draft.

    savefiles.py FOLDER      writes them all
"""
import gzip
import shutil
import struct
import subprocess
import sys

import pcap

ETHERNET, RAW, SLL, NULL, USB = 1, 101, 113, 0, 249
SECOND = 10**9
FRAMES = [pcap.tcp_frame(('192.0.2.1', 40000 + i), ('198.51.100.1', 6443), i, 0, pcap.SYN, b'x' * (i * 37 % 500),
                         vlans=(7,) * (i % 3)) for i in range(40)]


def times(count=len(FRAMES)):
    """Nanoseconds, each digit used, sometimes back."""
    return [pcap.START + i * 123456789 - i % 5 * 3000000 for i in range(count)]


def classic(frames=FRAMES, order='<', magic=0xa1b2c3d4, link=ETHERNET, snap=262144, version=(2, 4), swapped=False, keep=None):
    out = struct.pack(order + 'IHHIIII', magic, *version, 0, 0, snap, link)
    for time, frame in zip(times(), frames):
        kept = frame[:keep]
        lengths = (len(frame), len(kept)) if swapped else (len(kept), len(frame))
        fraction = time % SECOND // (1 if magic == 0xa1b23c4d else 1000)
        out += struct.pack(order + '4I', time // SECOND, fraction, *lengths)
        if magic == 0xa1b2cd34:
            out += struct.pack(order + 'IHBB', 3, 0x800, 0, 0)
        out += kept
    return out


def padded(data):
    return data + b'\0' * (-len(data) % 4)


class Section:
    """A section of a pcapng file, block by block."""

    def __init__(self, order='<'):
        self.order, self.bytes = order, b''
        self.block(0x0a0d0d0a, self.pack('IHHq', 0x1a2b3c4d, 1, 0, -1) + self.options((1, b'made by hand')))

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def options(self, *pairs):
        out = b''.join(self.pack('HH', code, len(value)) + padded(value) for code, value in pairs)
        return out + self.pack('HH', 0, 0) if pairs else b''

    def block(self, kind, body, length=None):
        length = len(body) + 12 if length is None else length
        self.bytes += self.pack('II', kind, length) + body + self.pack('I', length)
        return self

    def interface(self, link=ETHERNET, snap=0, resolution=None, offset=None):
        pairs = [(2, b'eth0')]
        if resolution is not None:
            pairs.append((9, bytes([resolution])))
        if offset is not None:
            pairs.append((14, self.pack('q', offset)))
        return self.block(1, self.pack('HHI', link, 0, snap) + self.options(*pairs))

    def packet(self, frame, ticks, interface=0, kept=None, options=()):
        data = frame[:kept]
        return self.block(6, self.pack('5I', interface, ticks >> 32, ticks & 0xffffffff, len(data), len(frame)) + padded(data) +
                          self.options(*options))

    def old_packet(self, frame, ticks, interface=0, drops=0xffff):
        return self.block(2, self.pack('HH4I', interface, drops, ticks >> 32, ticks & 0xffffffff, len(frame), len(frame)) +
                          padded(frame))

    def simple(self, frame, snap=None):
        return self.block(3, self.pack('I', len(frame)) + padded(frame[:snap]))

    def secrets(self, text, kind=0x544c534b):
        return self.block(10, self.pack('II', kind, len(text)) + padded(text))

    def statistics(self, interface, dropped, by_system=0):
        return self.block(5, self.pack('III', interface, 0, 0) +
                          self.options((5, self.pack('Q', dropped)), (7, self.pack('Q', by_system))))


def plain(order):
    section = Section(order).interface()
    for time, frame in zip(times(), FRAMES):
        section.packet(frame, time // 1000)
    return section.bytes


def interfaces(order):
    """Unlike link types, snap lengths and resolutions; packets of all in turn."""
    section = Section(order)
    forms = [(ETHERNET, 0, None), (ETHERNET, 60, 9), (RAW, 0, 3), (SLL, 0, 0), (ETHERNET, 0, 0x80 | 20), (ETHERNET, 0, 0x80 | 32),
             (ETHERNET, 0, 8), (ETHERNET, 0, 0x80)]
    for link, snap, resolution in forms:
        section.interface(link, snap, resolution)
    for i, (time, frame) in enumerate(zip(times(), FRAMES)):
        link, snap, resolution = forms[i % len(forms)]
        ip = frame[14 + 4 * (i % 3):]
        frame = {ETHERNET: frame, RAW: ip, SLL: struct.pack('!HHHQH', 0, 1, 6, 0, 0x800) + ip}[link]
        resolution = 6 if resolution is None else resolution
        ticks = (time << (resolution & 0x7f)) // SECOND if resolution & 0x80 else time * 10**resolution // SECOND
        section.packet(frame, ticks, i % len(forms), snap or None)
    return section.bytes


def offsets(order):
    section = Section(order).interface(offset=1000000).interface(offset=-3, resolution=9)
    for i, frame in enumerate(FRAMES[:10]):
        section.packet(frame, times()[i] // (1 if i % 2 else 1000), i % 2)
    return section.bytes


def everything(order, statistics=True):
    """All that is passed over, between packets of all three kinds; 21 packets were dropped between these, 42 in all."""
    section = Section(order).interface(snap=50)
    section.block(0x0bad, section.pack('I', 32473) + b'custom..').block(0x40000bad, section.pack('I', 32473))
    section.block(4, section.pack('HH', 0, 0)).block(0x7fff0001, b'\xff' * 40000).block(9, padded(b'__REALTIME_TIMESTAMP=1700000000000000\n'))
    section.secrets(b'CLIENT_RANDOM %s %s\n' % (b'00' * 32, b'11' * 48)).secrets(b'ssh', 0x5353484b)
    for i, (time, frame) in enumerate(zip(times(20), FRAMES)):
        if i % 3 == 0:
            section.packet(frame, time // 1000, kept=50, options=((1, b'a comment'), (2, section.pack('I', 1)),
                                                                  (4, section.pack('Q', 2))))
        elif i % 3 == 1:
            section.old_packet(frame, time // 1000, drops=1)
        else:
            section.simple(frame, 50)
    if statistics:
        section.statistics(0, 5).statistics(0, 40, 2)
    return section.bytes


def long_packets(order):
    section = Section(order).interface()
    for size in 1500, 65535, 100000, 262144, 1, 0, 9000:
        section.packet(bytes(i % 251 for i in range(size)), times()[0] // 1000)
    return section.bytes


def zstd(data, *options):
    return subprocess.run(['zstd', '-q', '-c', *options], input=data, capture_output=True, check=True).stdout


def files():
    """(name, bytes) of each; all of these are well-formed."""
    for order, name in ('<', 'little'), ('>', 'big'):
        yield f'classic-{name}.pcap', classic(order=order)
        yield f'classic-nano-{name}.pcap', classic(order=order, magic=0xa1b23c4d)
        yield f'classic-modified-{name}.pcap', classic(order=order, magic=0xa1b2cd34)
        for make in plain, interfaces, offsets, everything, long_packets:
            yield f'{make.__name__.replace("_", "-")}-{name}.pcapng', make(order)
    yield 'classic-cut.pcap', classic(keep=54, snap=54)
    yield 'classic-fcs.pcap', classic(link=ETHERNET | 0x24000000)
    yield 'classic-old.pcap', classic(version=(2, 2), swapped=True, keep=100)
    yield 'classic-2.3.pcap', classic(version=(2, 3), swapped=True, keep=100)
    yield 'classic-raw.pcap', classic([frame[14:] for frame in FRAMES[::3]], link=RAW)
    yield 'classic-none.pcap', classic([])
    yield 'sections.pcapng', plain('<') + interfaces('>') + everything('<') + plain('>')
    yield 'gzip.pcap.gz', gzip.compress(classic())
    half = len(classic()) // 2 + 3
    yield 'gzip-members.pcap', gzip.compress(classic()[:half]) + gzip.compress(b'') + gzip.compress(classic()[half:])
    yield 'gzip.pcapng.gz', gzip.compress(interfaces('>'))
    if shutil.which('zstd'):
        yield 'zstd.pcap.zst', zstd(classic())
        yield 'zstd.pcapng.zst', zstd(everything('<'), '-19')
        skippable = struct.pack('<II', 0x184d2a53, 5) + b'skip!'
        yield 'zstd-frames.pcap', zstd(classic()[:half]) + skippable + zstd(classic()[half:]) + skippable


if __name__ == '__main__':
    for path, data in files():
        with open(f'{sys.argv[1]}/{path}', 'wb') as file:
            file.write(data)
