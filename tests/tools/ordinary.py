#!/usr/bin/env python3
"""ordinary.py FOLDER: writes captures of traffic that is nobody's attack, and of what only looks so: monitors and their near misses,
joining nodes, programs of the cluster that lost their credential and those who copy them. One connection a request, plaintext."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pcap import ACK, Capture, RST, SYN, tcp_frame

ONE, TWO = ('198.51.100.7', 8080), ('198.51.100.8', 8080)
NODE, OTHER = '192.0.2.10', '192.0.2.11'
KUBELET = 'kubelet/v1.31.2 (linux/amd64) kubernetes/5864a46'
KUBEADM = 'kubeadm/v1.31.2 (linux/amd64) kubernetes/5864a46'
PROXY = 'kube-proxy/v1.35.0 (linux/amd64) kubernetes/6645204'
SCHEDULER = 'kube-scheduler/v1.20.2 (linux/amd64) kubernetes/faecb19/scheduler'
SELECTOR = '?fieldSelector=metadata.name%3Dnode-1&limit=500&resourceVersion=0'
NODES = f'/api/v1/nodes{SELECTOR}'
LEASE = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1?timeout=10s'
KUBELET_ROUND = [('GET', NODES), ('GET', '/apis/storage.k8s.io/v1/csidrivers?limit=500&resourceVersion=0'),
                 ('GET', '/api/v1/services?limit=500&resourceVersion=0'), ('GET', LEASE), ('POST', '/api/v1/nodes'),
                 ('POST', '/api/v1/namespaces/default/events')]
JOIN = '/api/v1/namespaces/kube-public/configmaps/cluster-info'
REASONS = {200: 'OK', 401: 'Unauthorized', 403: 'Forbidden'}


def body_of(status, target):
    if status == 200:
        return b'ok'
    message = 'Unauthorized' if status == 401 else f'forbidden: User "system:anonymous" cannot get path "{target}"'
    return json.dumps({'kind': 'Status', 'apiVersion': 'v1', 'metadata': {}, 'status': 'Failure', 'message': message,
                       'reason': REASONS[status], 'details': {}, 'code': status}, separators=(',', ':')).encode() + b'\n'


class Scene:
    def __init__(self):
        self.capture, self.asked = Capture(), 0

    def ask(self, target, agent=KUBELET, method='GET', status=403, source=NODE, to=ONE, fields=()):
        self.asked += 1
        talk = self.capture.connect(source, 20000 + self.asked, *to)
        lines = [f'{method} {target} HTTP/1.1', 'Host: api', *([f'User-Agent: {agent}'] if agent else []), *fields]
        content = b'{}' if method == 'POST' else b''
        if content:
            lines.append(f'Content-Length: {len(content)}')
        talk.client('\r\n'.join(lines).encode() + b'\r\n\r\n' + content)
        body = body_of(status, target)
        head = [f'HTTP/1.1 {status} {REASONS[status]}', 'Audit-Id: 0fc3a1c8-0000-4000-8000-%012d' % self.asked,
                f'Content-Length: {len(body)}', 'Content-Type: ' + ('text/plain' if status == 200 else 'application/json')]
        talk.server('\r\n'.join(head).encode() + b'\r\n\r\n' + body)
        talk.close()
        return self

    def refuse(self, source, port):
        self.capture.add(tcp_frame((source, port), TWO, 1000, 0, SYN))
        self.capture.add(tcp_frame(TWO, (source, port), 0, 1001, RST | ACK))

    def rounds(self, count, requests=tuple(KUBELET_ROUND), **options):
        for _ in range(count):
            for method, target in requests:
                self.ask(target, method=method, **options)
                self.capture.pause(0.2)
            self.capture.pause(3)
        return self


def monitors():
    """Health checks of load balancers and kubelets, each with its period, on one path or several."""
    s = Scene()
    for i in range(24):
        s.ask('/readyz', agent='kube-probe/1.31', source='192.0.2.30', status=200)
        if i % 2 == 0:
            s.ask('/livez', agent='ELB-HealthChecker/2.0', source='192.0.2.31', status=200)
        if i % 3 == 0:
            s.ask('/healthz', agent=None, source='192.0.2.32', status=200)
            s.ask('/livez?verbose', agent=None, source='192.0.2.32', status=200)
        s.capture.pause(5)
    return s


def balancers():
    """One that asks each of five servers by two paths; one that is answered 401, because nobody is let in without a credential."""
    s = Scene()
    for _ in range(30):
        for server in range(5):
            for path in '/readyz', '/livez':
                s.ask(path, agent='ELB-HealthChecker/2.0', source='192.0.2.33', to=(f'198.51.100.{20 + server}', 8080), status=200)
        s.ask('/readyz', agent='kube-probe/1.31', source='192.0.2.34', status=401)
        s.capture.pause(3)
    return s


def refused():
    """Load balancers that were told no path, by two answers; a monitor that asks with HEAD, one that asks for one check."""
    s = Scene()
    for _ in range(12):
        s.ask('/', agent='ELB-HealthChecker/2.0', source='192.0.2.35')
        s.ask('/', agent='GoogleHC/1.0', source='192.0.2.36', status=401)
        s.ask('/healthz', agent='uptime/1.0', method='HEAD', source='192.0.2.37')
        s.ask('/livez/ping', agent='kube-probe/1.31', source='192.0.2.38')
        s.capture.pause(5)
    return s


def connects():
    """Load balancers that open connections for nothing besides, at another pace; and of one a server is down all the time."""
    s = Scene()
    for i in range(12):
        s.ask('/', agent='ELB-HealthChecker/2.0', source='192.0.2.35')
        s.ask('/', agent='GoogleHC/1.0', source='192.0.2.36')
        s.refuse('192.0.2.36', 30000 + i)
        for more in range(3):
            s.capture.pause(2)
            s.capture.connect('192.0.2.35', 30000 + 3 * i + more, *ONE).close()
        s.capture.pause(4)
    return s


def verifiers():
    """Programs elsewhere that check tokens of the cluster, where their issuer's documents are open, and where they are not."""
    s = Scene()
    for _ in range(6):
        for source, status in ('192.0.2.40', 200), ('192.0.2.41', 403):
            for path in '/.well-known/openid-configuration', '/openid/v1/jwks':
                s.ask(path, agent='Go-http-client/2.0', source=source, status=status)
        s.capture.pause(300)
    return s


def refused_and_more():
    """The first of them asks for more, by the clock, too; another comes once."""
    s = Scene()
    for i in range(12):
        s.ask('/', agent='ELB-HealthChecker/2.0', source='192.0.2.35')
        if i % 2:
            s.ask('/metrics', agent='ELB-HealthChecker/2.0', source='192.0.2.35')
        s.capture.pause(5)
    return s.ask('/', agent='curl/8.5.0', source='192.0.2.39')


def no_clock():
    """A monitor's path and agent, by no clock."""
    s = Scene()
    for wait in 1, 7, 2, 11, 3, 1, 9, 5:
        s.ask('/readyz', agent='kube-probe/1.31', source='192.0.2.34', status=401).capture.pause(wait)
    return s


def joining():
    """Two nodes that join: they read where their cluster is, once or a few times, without a credential."""
    s = Scene()
    for node in NODE, OTHER:
        for _ in range(3):
            s.ask(JOIN + '?timeout=10s', agent=KUBEADM, source=node, status=200)
            s.capture.pause(1)
    return s


def scheduler():
    """As long as it was really seen to try: five seconds, each list three times, with client-go's waiting between."""
    lists = ['/api/v1/nodes', '/api/v1/pods', '/apis/apps/v1/replicasets', '/apis/policy/v1beta1/poddisruptionbudgets',
             '/apis/storage.k8s.io/v1/csinodes']
    s = Scene().ask('/apis/events.k8s.io/v1?timeout=32s', agent=SCHEDULER)
    for wait in 1, 2, 0:
        for target in lists:
            s.ask(target + '?limit=500&resourceVersion=0', agent=SCHEDULER)
        s.capture.pause(wait)
    return s


def proxy():
    """Four reflectors of 1.35 at once: each try is a watch, with a time of its own drawn anew, and then a list."""
    lists = ['/api/v1/services?', '/apis/discovery.k8s.io/v1/endpointslices?', '/apis/networking.k8s.io/v1/servicecidrs?',
             '/api/v1/nodes?fieldSelector=metadata.name%3Dnode-1&']
    s = Scene()
    for number, wait in enumerate((1, 2, 0)):
        for i, target in enumerate(lists):
            s.ask(f'{target}allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true'
                  f'&timeoutSeconds={300 + 71 * (4 * number + i)}&watch=true', agent=PROXY)
        for target in lists:
            s.ask(target + 'limit=500&resourceVersion=0', agent=PROXY)
        s.capture.pause(wait)
    return s


TOKENS = [[f'Authorization: Bearer not-a-real-token-{i}'] for i in range(3)]
SCENES = {
    # Nothing above informational.
    'monitors': monitors,
    'balancers': balancers,
    'joining': joining,
    'refused': refused,
    'connects': connects,
    'verifiers': verifiers,
    # One low finding each.
    'kubelet': lambda: Scene().rounds(6),
    'scheduler': scheduler,
    'proxy': proxy,
    'anonymous-off': lambda: Scene().rounds(6, status=401),
    'expired-token': lambda: Scene().rounds(6, status=401, fields=TOKENS[0]),
    'prometheus': lambda: Scene().rounds(6, requests=[('GET', '/metrics')], agent='Prometheus/2.42.0+ds'),
    # Near misses, each different in one thing.
    'exporter': lambda: Scene().rounds(6, requests=[('GET', '/metrics')], agent='exporter/2.42.0'),
    'guessing': lambda: Scene().rounds(6, requests=[('GET', '/readyz')], agent='kube-probe/1.31', status=401, fields=TOKENS[0]),
    'no-clock': no_clock,
    'refused-and-more': refused_and_more,
    'once': lambda: Scene().rounds(1),
    'hasty': lambda: Scene().rounds(1, requests=KUBELET_ROUND[:1] * 6),
    'generic': lambda: Scene().rounds(6, agent='curl/8.5.0'),
    'foreign': lambda: Scene().rounds(6).ask('/api/v1/secrets?limit=500'),
    'foreign-first': lambda: Scene().ask('/api/v1/secrets?limit=500').rounds(6),
    'unnamed': lambda: Scene().rounds(6).ask('/api/v1/nodes'),
    'deleting': lambda: Scene().rounds(6).ask('/api/v1/namespaces/default/pods/pod-1', method='DELETE'),
    'two-programs': lambda: Scene().rounds(6).ask('/api/v1/nodes?limit=500', agent=SCHEDULER),
    'two-versions': lambda: Scene().rounds(6).ask(NODES, agent=KUBELET.replace('31.2', '31.3')),
    'two-clusters': lambda: Scene().rounds(6).ask(NODES, to=TWO),
    'three-tokens': lambda: Scene().rounds(6, status=401, fields=TOKENS[0]).rounds(1, status=401, fields=TOKENS[1])
                                   .rounds(1, status=401, fields=TOKENS[2]),
    'granted': lambda: Scene().rounds(6).ask(NODES, status=200),
    'broken': lambda: Scene().rounds(6, agent=KUBELET.replace('5864a46', '5864a46d')),
}


def main():
    for name, make in SCENES.items():
        make().capture.write(os.path.join(sys.argv[1], name + '.pcap'))


if __name__ == '__main__':
    main()
