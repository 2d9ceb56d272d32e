#!/usr/bin/env python3
"""told.py <EVENTS: the complete findings on standard input, a line each, sorted: level, title, subject, requests."""
import json
import sys

rows = []
for line in sys.stdin:
    alert = json.loads(line)
    if alert['event_type'] == 'alert' and alert['finding']['complete']:
        subject = alert['src_ip'] if alert['finding']['subject'] == 'source' else alert['cluster']['endpoint']
        rows.append(f"{alert['rule']['level']}: {alert['rule']['title']}: {subject}, {alert['finding']['count']}")
print(*sorted(rows) or ['nothing'], sep='\n')
