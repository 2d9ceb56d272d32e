#!/usr/bin/env python3
"""proxy_tshark.py KAPIWATCH CAPTURE...: compares whom the PROXY line of each connection names, as tshark reads it, with what the flow
events say; no line that tshark reads whole is missed. tshark does not put a line in several segments together: of those nothing is
asked. Exits 1 when anything differs."""
import json
import subprocess
import sys

FIELDS = ['ip.src', 'ipv6.src', 'tcp.srcport', 'proxy.src.ipv4', 'proxy.src.ipv6', 'proxy.dstport', 'proxy.v2.cmd',
          'proxy.v1.unknown']
LOCAL = '0'


def read(path):
    """{(address, port): whom it names, None: nobody}, as tshark has them."""
    command = ['tshark', '-n', '-o', 'tcp.try_heuristic_first:TRUE', '-r', path, '-Y', 'proxy', '-T', 'fields']
    for field in FIELDS:
        command += ['-e', field]
    lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout
    found = {}
    for line in lines.splitlines():
        four, six, port, named_four, named_six, last, command, unknown = line.split('\t')
        if command == LOCAL or unknown:
            found[four or six, int(port)] = None
        elif last:
            found[four or six, int(port)] = named_four or named_six
    return found


def main():
    wrong = 0
    for path in sys.argv[2:]:
        told = subprocess.run([sys.argv[1], '-q', '-r', path, '-o', 'json+flow'], stdout=subprocess.PIPE, check=True).stdout
        flows = {(flow['src_ip'], flow['src_port']): flow.get('forwarded', {}).get('for')
                 for flow in map(json.loads, told.splitlines())}
        lines = read(path)
        for ends, named in lines.items():
            if flows.get(ends, 'no such connection') != named:
                wrong += 1
                print(f'{path}: {ends}: tshark has {named}, the flow {flows.get(ends, "is not there")}')
        print(f'{path.rsplit("/", 1)[-1]}: {len(lines)} lines, {sum(named is not None for named in lines.values())} name a client')
        wrong += not lines
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
