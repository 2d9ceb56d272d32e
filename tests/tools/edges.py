#!/usr/bin/env python3
"""edges.py FOLDER: writes the made captures of pcaps/, each with NAME.truth.json beside it: what was said, written down where
it is said. `make check` sees that they come out the same, byte for byte."""
import ipaddress
import json
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pcap import ACK, PSH, RST, SYN, Capture

CLIENT, SERVER, PORT = '192.0.2.10', '198.51.100.7', 8080
TOKEN = b'Authorization: Bearer not-a-real-token\r\n'
AUDIT = b'Audit-Id: 0fc3a1c8-0000-4000-8000-%012d\r\n'
FORBIDDEN = (b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"forbidden: User '
             b'\\"system:anonymous\\" cannot get path \\"%s\\"","reason":"Forbidden","details":{},"code":403}\n')


def head(line, *fields):
    return b'\r\n'.join([line, *fields]) + b'\r\n\r\n'


def get(path, *fields, version=b'1.1', method=b'GET'):
    return head(method + b' ' + path + b' HTTP/' + version, b'Host: api', b'User-Agent: edges/1.0', *fields)


def chunk(data, extension=b''):
    return b'%x' % len(data) + extension + b'\r\n' + data + b'\r\n'


class Scene:
    """A capture and its truth. A request is known by the order of `asked`; its answer by that of `told`."""

    def __init__(self, name):
        self.name, self.capture, self.rows, self.audits = name, Capture(), [], 0

    def audit(self):
        self.audits += 1
        return (AUDIT % self.audits)[:-2]

    def connect(self, port, client=CLIENT, server=SERVER, server_port=PORT, **options):
        self.ends = client, f'[{server}]:{server_port}' if ':' in server else f'{server}:{server_port}'
        return self.capture.connect(client, port, server, server_port, **options)

    def row(self, method, url, status, verdict='anonymous', agent='edges/1.0', **more):
        self.rows.append({'src': self.ends[0], 'endpoint': self.ends[1], 'method': method, 'url': url, 'agent': agent,
                          'status': status, 'verdict': verdict, **more})

    def write(self, folder):
        self.capture.write(os.path.join(folder, self.name + '.pcap'))
        rows = ',\n'.join(json.dumps(row, separators=(',', ':')) for row in self.rows)
        with open(os.path.join(folder, self.name + '.truth.json'), 'w', encoding='utf-8') as file:
            file.write('[\n' + rows + '\n]\n')


def framing():
    """How an answer ends: by length, by chunks with trailers, not at all (204, 304, HEAD), by the end of the connection."""
    s = Scene('framing')
    t = s.connect(40001)
    t.client(get(b'/api/v1/pods', TOKEN[:-2]))
    t.server(head(b'HTTP/1.1 200 OK', s.audit(), b'Content-Type: application/json', b'Transfer-Encoding: chunked') +
             chunk(b'{"kin') + chunk(b'd":"PodList","items":[]}\n', b';ext=1') + b'0\r\nX-After: 1\r\n\r\n')
    s.row('GET', '/api/v1/pods', 200, 'credentialed', verb='list', resource='pods', apiVersion='v1')
    t.client(get(b'/healthz', method=b'HEAD'))
    t.server(head(b'HTTP/1.1 403 Forbidden', s.audit(), b'Content-Length: 250'))
    s.row('HEAD', '/healthz', 403, 'unknown', verb='head')  # no body: nobody says whom the server saw
    t.client(get(b'/version', b'If-None-Match: "1"'))
    t.server(head(b'HTTP/1.1 304 Not Modified', s.audit(), b'Content-Length: 77'))
    s.row('GET', '/version', 304, verb='get')
    t.client(head(b'POST /api/v1/namespaces/one/configmaps HTTP/1.1', b'Host: api', b'User-Agent: edges/1.0', TOKEN[:-2],
                  b'Expect: 100-continue', b'Content-Length: 30'))
    t.server(head(b'HTTP/1.1 100 Continue'))
    t.client(b'{"kind":"ConfigMap","data":{}}')
    t.server(head(b'HTTP/1.1 201 Created', s.audit(), b'Content-Length: 0'))
    s.row('POST', '/api/v1/namespaces/one/configmaps', 201, 'credentialed', verb='create', resource='configmaps',
          namespace='one', apiVersion='v1')
    t.client(get(b'/apis/apps/v1/namespaces/one/deployments/two', TOKEN[:-2], method=b'DELETE'))
    t.server(head(b'HTTP/1.1 204 No Content', s.audit()))
    s.row('DELETE', '/apis/apps/v1/namespaces/one/deployments/two', 204, 'credentialed', verb='delete',
          resource='deployments', namespace='one', name='two', apiGroup='apps', apiVersion='v1')
    t.client(get(b'/livez'))
    t.server(head(b'HTTP/1.1 200 OK', s.audit(), b'Connection: close') + b'ok')
    s.row('GET', '/livez', 200, verb='get')
    t.close(first=1)

    t = s.connect(40002)
    t.client(get(b'/readyz', version=b'1.0'))
    t.server(head(b'HTTP/1.0 200 OK', s.audit()) + b'ok')
    s.row('GET', '/readyz', 200, verb='get')
    t.close(first=1)
    t = s.connect(40003)
    for path in b'/healthz', b'/livez':
        t.client(get(path, b'Connection: keep-alive', version=b'1.0'))
        t.server(head(b'HTTP/1.0 200 OK', s.audit(), b'Connection: keep-alive', b'Content-Length: 2') + b'ok')
        s.row('GET', path.decode(), 200, verb='get')
    t.close()
    return s


def pipelining():
    """Requests that do not wait for answers, cut across segments in odd places."""
    s = Scene('pipelining')
    t = s.connect(40011)
    paths = [b'/api', b'/apis', b'/secrets', b'/.env', b'/console']
    many = b''.join(get(path) for path in paths)
    for at in range(0, len(many), 97):
        t.client(many[at:at + 97], acknowledged=False)
    answers = b''
    for path in paths:
        body = FORBIDDEN % path
        answers += head(b'HTTP/1.1 403 Forbidden', s.audit(), b'Content-Type: application/json',
                        b'Content-Length: %d' % len(body)) + body
        s.row('GET', path.decode(), 403, verb='get')
    t.segment(1, ACK)
    for at in range(0, len(answers), 333):
        t.server(answers[at:at + 333])
    t.close()
    return s


def odd():
    """What Go's server reads although it is odd: bare LF, folding, odd white space, absolute and asterisk form, made-up methods."""
    s = Scene('odd')
    t = s.connect(40021)

    def answer(status=b'403 Forbidden', body=FORBIDDEN % b'/'):
        t.server(head(b'HTTP/1.1 ' + status, s.audit(), b'Content-Type: application/json',
                      b'Content-Length: %d' % len(body)) + body)

    t.client(b'GET /bare HTTP/1.1\nHost: api\nUser-Agent: edges/1.0\n\n')
    answer()
    s.row('GET', '/bare', 403, verb='get')
    t.client(b'GET /folded HTTP/1.1\r\nHost: api\r\nUser-Agent: edges/1.0\r\nX-Long: one\r\n  two\r\n\tthree\r\n\r\n')
    answer()
    s.row('GET', '/folded', 403, verb='get')
    t.client(b'GET http://api/apis/ HTTP/1.1\r\nHost: api\r\nUser-Agent:   edges/1.0  \r\n\r\n')
    answer()
    s.row('GET', 'http://api/apis/', 403, verb='get')
    t.client(head(b'OPTIONS * HTTP/1.1', b'Host: api', b'User-Agent: edges/1.0'))
    answer(b'200 OK', b'')
    s.row('OPTIONS', '*', 200, verb='options')
    t.client(get(b'/', method=b'WUUT'))
    answer()
    s.row('WUUT', '/', 403, verb='wuut')
    t.client(get(b'/basic', b'Authorization: Basic bm90OmE='))
    answer()
    s.row('GET', '/basic', 403, verb='get')
    t.client(get(b'/empty', b'Authorization: Bearer '))
    answer()
    s.row('GET', '/empty', 403, verb='get')
    t.client(get(b'/wrong', TOKEN[:-2]))
    t.server(head(b'HTTP/1.1 401 Unauthorized', s.audit(), b'Content-Length: 0'))
    s.row('GET', '/wrong', 401, 'rejected', verb='get')
    t.close()
    return s


def upgrade():
    """After 101 the bytes are no longer HTTP/1, even if they look so; a token in a WebSocket subprotocol is a credential."""
    s = Scene('upgrade')
    t = s.connect(40031)
    path = b'/api/v1/namespaces/one/pods/two/exec?command=id'
    t.client(get(path, b'Connection: Upgrade', b'Upgrade: websocket', b'Sec-WebSocket-Version: 13',
                 b'Sec-WebSocket-Key: bm90IGEgcmVhbCBrZXkh',
                 b'Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.bm90LWEtdG9rZW4, v4.channel.k8s.io'))
    t.server(head(b'HTTP/1.1 101 Switching Protocols', s.audit(), b'Connection: Upgrade', b'Upgrade: websocket',
                  b'Sec-WebSocket-Protocol: v4.channel.k8s.io'))
    s.row('GET', path.decode(), 101, 'credentialed', verb='get', resource='pods', subresource='exec', namespace='one',
          name='two', apiVersion='v1')
    t.client(b'\x81\x20' + get(b'/not-a-request'))
    t.server(b'\x82\x22HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    t.close()
    t = s.connect(40032)
    t.client(head(b'POST /api/v1/namespaces/one/pods/two/portforward HTTP/1.1', b'Host: api', b'User-Agent: edges/1.0',
                  b'Connection: Upgrade', b'Upgrade: SPDY/3.1', b'Content-Length: 0', TOKEN[:-2]))
    t.server(head(b'HTTP/1.1 101 Switching Protocols', s.audit(), b'Connection: Upgrade', b'Upgrade: SPDY/3.1'))
    s.row('POST', '/api/v1/namespaces/one/pods/two/portforward', 101, 'credentialed', verb='create', resource='pods',
          subresource='portforward', namespace='one', name='two', apiVersion='v1')
    t.server(b'\x80\x03\0\x04\0\0\0\x0c\0\0\0\x01\0\0\0\x04\0\0\x03\xe8')
    t.close()
    return s


def website():
    """An ordinary web site on a followed port: pages, pictures, a form, a cookie, a 403 and a 404. No API server: no finding."""
    s = Scene('website')
    page = b'<!doctype html><html><head><title>Shop</title></head><body>' + b'<p>Welcome.</p>' * 90 + b'</body></html>'
    browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
    about = [b'Host: shop.example:8080', b'User-Agent: ' + browser.encode(), b'Accept: text/html,*/*;q=0.8']
    for visitor in range(6):
        t = s.connect(40040 + visitor, client=f'192.0.2.{20 + visitor}')
        for method, path, status in [('GET', '/', 200), ('GET', '/style.css', 200), ('GET', '/logo.png', 200),
                                     ('GET', '/api/products?page=2', 200), ('GET', '/admin', 403), ('GET', '/favicon.ico', 404),
                                     ('POST', '/cart', 303), ('GET', '/metrics', 200), ('GET', '/version', 200)]:
            body = b'product=1' if method == 'POST' else b''
            fields = about + ([b'Content-Length: %d' % len(body)] if body else [])
            t.client(head(f'{method} {path} HTTP/1.1'.encode(), *fields) + body)
            back = page if status == 200 else b'<h1>%d</h1>' % status
            t.server(head(b'HTTP/1.1 %d Said' % status, b'Server: nginx/1.22.1', b'Content-Type: text/html',
                          b'Set-Cookie: visit=%d' % visitor, b'Content-Length: %d' % len(back)) + back)
            # A path that every API server answers to everyone; of the others no credential was asked.
            s.row(method, path, status, 'anonymous' if path == '/version' else None, agent=browser)
        t.close()
    return s


def transport():
    """TCP's corners: late order, repetition, a wrap of the numbers, probes, data on SYN, a port used again at once, an exact and a
    wrong RST, tags, IPv6, each packet twice. Nothing of it changes what was said."""
    s = Scene('transport')
    six = {'client': '2001:db8::10', 'server': '2001:db8::7'}

    def answer(body, status=b'200 OK'):
        return head(b'HTTP/1.1 ' + status, s.audit(), b'Content-Type: application/json',
                    b'Content-Length: %d' % len(body)) + body

    t = s.connect(40051, isn=(2**32 - 60, 2**32 - 200), mss=50)
    t.client(get(b'/api/v1/nodes', TOKEN[:-2]))
    t.server(answer(b'n' * 400))
    s.row('GET', '/api/v1/nodes', 200, 'credentialed', verb='list', resource='nodes', apiVersion='v1')
    t.segment(1, ACK, seq=t.next[1] - 1)           # keep-alive
    t.segment(0, ACK)
    t.segment(1, ACK, b'n', seq=t.next[1] - 1)     # probe of a closed window with a byte seen before
    t.segment(0, ACK)
    t.segment(1, RST, seq=t.next[1] + 5000)        # no receiver takes this one
    t.client(get(b'/api/v1/nodes/one', TOKEN[:-2]))
    t.server(answer(b'n'))
    s.row('GET', '/api/v1/nodes/one', 200, 'credentialed', verb='get', resource='nodes', name='one', apiVersion='v1')
    t.reset()

    t = s.connect(40051, isn=(900000, 70000))      # the same ports, at once
    said = get(b'/late-order')
    for start, end in (10, 14), (0, 10), (6, 20), (20, len(said)):  # late, and again in part
        t.segment(0, PSH | ACK, said[start:end], seq=t.next[0] + start)
    t.segment(0, PSH | ACK, said)                  # all of it again
    t.next[0] += len(said)
    t.server(answer(FORBIDDEN % b'/late-order', b'403 Forbidden'))
    s.row('GET', '/late-order', 403, verb='get')
    t.close()

    t = s.connect(40052, **six, vlans=(100, 200))
    t.client(get(b'/version'))
    t.server(answer(b'{"major":"1"}'))
    s.row('GET', '/version', 200, verb='get')
    t.close()

    t = s.connect(40053)
    twice = len(s.capture.packets)
    t.client(get(b'/twice'))
    t.server(answer(FORBIDDEN % b'/twice' + b' ' * 3000, b'403 Forbidden'))
    s.row('GET', '/twice', 403, verb='get')
    t.close()
    seen = s.capture.packets[twice:]
    del s.capture.packets[twice:]
    for packet in seen:
        s.capture.packets += [packet, packet]
    for side, flags in (0, SYN), (1, RST | ACK):   # a refused port
        t.ends[1] = (SERVER, 6443)
        t.segment(side, flags)
    t.ends[1] = (SERVER, 8443)
    t.segment(0, SYN)                              # nobody answers
    return s


def proxy_line(client, to=SERVER, command=1, more=b''):
    """The PROXY protocol's version 2; `more` is what stands behind the addresses."""
    ends = [ipaddress.ip_address(ip).packed for ip in (client, to)]
    said = b''.join(ends) + struct.pack('!HH', 50000, PORT) + more
    return (b'\r\n\r\n\0\r\nQUIT\n' + bytes([0x20 | command, 0x11 if len(ends[0]) == 4 else 0x21]) +
            struct.pack('!H', len(said)) + said)


def proxied():
    """PROXY lines: of a front that passes TCP on, for a front that ends TLS, of somebody who has none to send; bad, half, alone.
    The truth has the peer as the source, as it is without a cluster map."""
    s = Scene('proxied')
    front, stranger = '198.51.100.20', '192.0.2.66'
    ports = iter(range(40061, 40099))

    def exchange(t, path, *fields, method=b'GET'):
        body = FORBIDDEN % path
        t.client(get(path, *fields, method=method))
        t.server(head(b'HTTP/1.1 403 Forbidden', s.audit(), b'Content-Type: application/json',
                      b'Content-Length: %d' % len(body)) + body)
        s.row(method.decode(), path.decode(), 403, verb=method.decode().lower())

    def said(line, path, *fields, client=front, **options):
        t = s.connect(next(ports), client=client, **options)
        if line:
            t.client(line)
        exchange(t, path, *fields)
        return t

    forged = b'X-Forwarded-For: 203.0.113.9'
    text = b'PROXY TCP4 %s 198.51.100.7 50000 8080\r\n'
    t = said(text % b'192.0.2.1', b'/text')
    exchange(t, b'/text-again', forged)
    t.close()
    said(proxy_line('2001:db8::1', '2001:db8::7', more=b'\1\0\2h2\4\0\3\0\0\0'), b'/binary', mss=19).close()
    said(text % b'198.51.100.21', b'/chain', b'X-Forwarded-For: 203.0.113.9, 192.0.2.2').close()
    said(proxy_line(front, command=0), b'/local').close()
    said(b'PROXY UNKNOWN\r\n', b'/unknown', forged).close()
    said(b'', b'/no-line', forged).close()
    said(proxy_line('203.0.113.77'), b'/stranger', client=stranger).close()
    t = s.connect(next(ports), client=stranger)
    exchange(t, b'/method', method=b'PROXY')
    t.close()
    for line in b'PROXY TCP4 one two 1 2\r\n', text % b'192.0.2.4', proxy_line('192.0.2.5')[:20]:
        t = s.connect(next(ports), client=stranger)
        t.client(line)
        t.close()
    return s


def main():
    for scene in framing, pipelining, odd, upgrade, website, transport, proxied:
        scene().write(sys.argv[1])


if __name__ == '__main__':
    main()
