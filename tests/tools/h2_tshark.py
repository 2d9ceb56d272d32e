#!/usr/bin/env python3
"""h2_tshark.py CAPTURE...: compares the truth beside each HTTP/2 capture with what tshark reads: from the same client, the same
methods, paths and final status codes, each as often; with the stream's number where the truth has it.

What a server promises (PUSH_PROMISE) is no request. Where the truth has no status, tshark may have one: an
answer that came after the reset. Exits 1 when anything differs."""
import collections
import json
import subprocess
import sys
import xml.etree.ElementTree as tree

PUSH_PROMISE, SWITCHING, FINAL = '5', '101', 200


def streams(path, mode):
    """{(tcp stream, stream): [client, method, path, status]}, as tshark has them."""
    done = subprocess.run(['tshark', '-n', '-r', path, '-d', f'tcp.port==8080,{mode}', '-Y', 'http || http2', '-T', 'pdml',
                           '-J', 'ip tcp http http2'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    found = {}
    for packet in tree.fromstring(done.stdout).iter('packet'):
        def value(of, name):
            return next((field.get('show') for field in of.iter('field') if field.get('name') == name), None)

        def note(stream, method, target, status):
            row = found.setdefault((value(packet, 'tcp.stream'), stream), [None, None, None, None])
            if method:
                row[:2] = value(packet, 'ip.src'), method
            row[2] = target or row[2]  # a head in pieces is told in pieces
            if status and int(status) >= FINAL:
                row[3] = int(status)
        for proto in packet.iter('proto'):
            if proto.get('name') == 'http' and mode == 'http':
                note('1', value(proto, 'http.request.method'), value(proto, 'http.request.uri'),
                     value(proto, 'http.response.code'))
        for frame in packet.iter('field'):
            if frame.get('name') == 'http2.stream' and value(frame, 'http2.type') != PUSH_PROMISE:
                note(value(frame, 'http2.streamid'), value(frame, 'http2.headers.method'), value(frame, 'http2.headers.path'),
                     value(frame, 'http2.headers.status'))
    return {key: row for key, row in found.items() if row[1]}


def differences(path):
    with open(path.removesuffix('.pcap') + '.truth.json', encoding='utf-8') as file:
        truth = json.load(file)
    read = streams(path, 'http' if 'upgrade' in path else 'http2')
    left = collections.Counter((*row[:3], int(key[1]), row[3]) for key, row in read.items())
    for row in truth:
        asked = row['src'], row['method'], row['url']
        fits = [key for key in left if left[key] and key[:3] == asked and row.get('stream', key[3]) == key[3] and
                (row['status'] is None or row['status'] == key[4])]
        if fits:
            left[fits[0]] -= 1
        else:
            yield f'{path}: tshark does not have {asked} stream {row.get("stream")} status {row["status"]}'
    for key in left.elements():
        yield f'{path}: the truth does not have {key}'
    print(f'{path.rsplit("/", 1)[-1]}: {len(read)} requests, {len(truth)} in the truth')


def main():
    wrong = [text for path in sys.argv[1:] for text in differences(path)]
    print('\n'.join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == '__main__':
    main()
