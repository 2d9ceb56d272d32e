#!/usr/bin/env python3
"""closed.py < flow.json: of each connection, in order of address, who asked whom, whether the client sent a certificate, what is
spoken inside, and who asked without a credential that holds."""
import json
import sys

lines = []
for line in sys.stdin:
    event = json.loads(line)
    flow = event['flow']
    lines.append(' '.join([event['src_ip'], '%s:%d' % (event['dest_ip'], event['dest_port']), flow.get('tls_certificate', '-'),
                           flow.get('tls_inside', '-'), event.get('auth', {}).get('state', '-')]))
print('\n'.join(sorted(lines)))
