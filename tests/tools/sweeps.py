#!/usr/bin/env python3
"""sweeps.py FOLDER: writes captures of connections that ask for nothing: sweeps, and who only looks like one."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pcap import Capture, Conversation, RST, SYN

HOSTS = [f'198.51.100.{i}' for i in range(1, 7)]
SOURCE = '192.0.2.10'


class Scene:
    def __init__(self):
        self.capture, self.port = Capture(), 20000

    def talk(self, source, server, port):
        self.port += 1
        return Conversation(self.capture, source, self.port, server, port)

    def connect(self, server, port=6443, source=SOURCE):
        talk = self.talk(source, server, port)
        talk.open()
        talk.close()

    def refused(self, server, port=6443, source=SOURCE):
        talk = self.talk(source, server, port)
        talk.segment(0, SYN)
        talk.next[0] += 1
        talk.reset()

    def unanswered(self, server, port=6443, source=SOURCE):
        self.talk(source, server, port).segment(0, SYN)

    def half(self, server, port=6443, source=SOURCE):
        """A SYN scan: what is open is answered, and reset by the scanner's own host, which knows of no connection."""
        talk = self.talk(source, server, port)
        talk.segment(0, SYN)
        talk.next[0] += 1
        talk.segment(1, SYN | 16)
        talk.next[1] += 1
        talk.segment(0, RST)

    def greeted(self, server, port=6443):
        """A request, so it is no knock."""
        talk = self.talk(SOURCE, server, port)
        talk.open()
        talk.client(b'GET /version HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc\r\n\r\n')
        talk.server(b'HTTP/1.1 200 OK\r\nAudit-Id: 0fc3a1c8-0000-4000-8000-000000000001\r\nContent-Length: 2\r\n\r\nok')
        talk.close()


    def banner(self, server, port=6443):
        """Ends of lines, to see what the server says by itself: nothing."""
        talk = self.talk(SOURCE, server, port)
        talk.open()
        talk.client(b'\r\n\r\n')
        talk.close()

    def spoke(self, server, port=6443, says=b'GET / HTTP/1.1\r\nHost: a\r\n\r\n', fields=b''):
        """What is answered 400: by the HTTP server itself, which speaks TLS there, or with an API server's fields."""
        talk = self.talk(SOURCE, server, port)
        talk.open()
        talk.client(says)
        talk.server(b'HTTP/1.0 400 Bad Request\r\n' + fields + b'\r\nClient sent an HTTP request to an HTTPS server.\n')
        talk.close()


def each(step, hosts=HOSTS, **options):
    def scene(s):
        for host in hosts:
            step(s, host, **options)
    return scene


def balancer(beats, period, wobble=0, step=Scene.connect):
    def scene(s):
        for beat in range(beats):
            begun = s.capture.now
            for host in HOSTS:
                step(s, host)
            s.capture.now = begun + int((period + wobble * (beat % 2)) * 10**9)
    return scene


def forged(s):
    for i in range(40):
        s.unanswered(HOSTS[i % 6], source=f'203.0.113.{i + 1}')


def masscan(s):
    for port in 443, 6443, 8443:
        for host in HOSTS[:2]:
            s.unanswered(host, port)


def then_asks(s):
    masscan(s)
    s.greeted(HOSTS[0])


def websites(s):
    for host in HOSTS:
        s.connect(host, 443)


SCENES = {'connects': each(Scene.connect), 'refused': each(Scene.refused), 'three': each(Scene.connect, HOSTS[:3]), 'syn': each(Scene.half),
          'masscan': masscan, 'then-asks': then_asks, 'forged': forged, 'requests': each(Scene.greeted), 'websites': websites,
          'plaintext': each(Scene.spoke),
          'banners': each(Scene.banner), 'shortest': each(Scene.spoke, says=b'G / HTTP/1.0\n\n', fields=b'Audit-Id: 1\r\n'),
          'bad-requests': each(Scene.spoke, fields=b'Audit-Id: 0fc3a1c8-0000-4000-8000-000000000001\r\n'),
          'shows': each(Scene.spoke, says=b'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc\r\n\r\n'),
          'balancer': balancer(4, 5), 'unsteady': balancer(4, 5, 8), 'half-balancer': balancer(4, 5, step=Scene.half),
          'half-unsteady': balancer(4, 5, 8, Scene.half)}

for name, scene in SCENES.items():
    s = Scene()
    scene(s)
    s.capture.write(os.path.join(sys.argv[1], f'{name}.pcap'))
