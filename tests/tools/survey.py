#!/usr/bin/env python3
"""survey.py FOLDER: writes mixed.pcap, of which it is known how many connections are what, and good.pcap, of which all is well."""
import os
import sys
from dataclasses import replace

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pcap import Capture, Conversation, write

GET = b'GET /version HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc\r\n\r\n'
OK = b'HTTP/1.1 200 OK\r\nAudit-Id: 0fc3a1c8-0000-4000-8000-00000000000%d\r\nContent-Length: 2\r\n\r\nok'
ports = iter(range(30001, 40000))


def talk(capture, server=('198.51.100.7', 6443), requests=3, answered=True, **options):
    talk = Conversation(capture, '192.0.2.10', next(ports), *server, **options)
    talk.open()
    for i in range(requests):
        talk.client(GET)
        talk.server(OK % i, lost=answered is not True and i == answered)
    talk.close()
    return capture


def only(capture, side, begin):
    """From packet `begin` on without those of the other side."""
    keep = [p for i, p in enumerate(capture.packets[begin:]) if (p.data[26:30] == bytes([192, 0, 2, 10])) == (side == 0)]
    capture.packets[begin:] = keep


good = talk(talk(Capture()))
good.write(os.path.join(sys.argv[1], 'good.pcap'))

mixed = Capture()
talk(mixed, vlans=(7,))
talk(mixed, vlans=(9, 7))
begin = len(mixed.packets)
talk(mixed)
only(mixed, 0, begin)
begin = len(mixed.packets)
talk(mixed)
mixed.packets[begin:] = [q for p in mixed.packets[begin:] for q in (p, replace(p, time=p.time + 1000))]
talk(mixed, answered=1)
talk(mixed, server=('198.51.100.8', 8080), requests=1)
talk(mixed, server=('198.51.100.9', 22), requests=0)
packets = mixed.packets
packets[-1].data, packets[-1].wire = packets[-1].data[:40], len(packets[-1].data)
write(os.path.join(sys.argv[1], 'mixed.pcap'), packets)
