#!/usr/bin/env python3
"""An image worker that answers every picture and video with nothing found.

The smallest program that can stand in the place of custody-vision (custody scan --vision-worker PATH). A detector of
your own goes into look(); the rest is the protocol of docs/vision-protocol.md.
"""
import json
import struct
import sys

HEADER = struct.Struct(">IBBHI")  # length of the payload, version, kind, zero, job
HELLO, READY, PICTURE, VIDEO, NEED, BYTES, VERDICT = 1, 2, 3, 4, 5, 6, 7


def read(count):
    data = sys.stdin.buffer.read(count)
    if len(data) < count:  # the client has closed its end
        sys.exit(0)
    return data


def receive():
    """The next message of a kind we know; others are skipped, whatever they are."""
    while True:
        length, version, kind, zero, job = HEADER.unpack(read(HEADER.size))
        if version != 1 or zero != 0:
            sys.exit(1)
        payload = read(length)
        if kind in (HELLO, PICTURE, VIDEO, BYTES):
            return kind, job, payload


def send(kind, job, payload):
    sys.stdout.buffer.write(HEADER.pack(len(payload), 1, kind, 0, job) + payload)
    sys.stdout.buffer.flush()


def pieces(job, size, step=1 << 20):
    """The bytes of a video, piece by piece."""
    for offset in range(0, size, step):
        send(NEED, job, struct.pack(">QI", offset, min(step, size - offset)))
        yield receive()[2]


def look(data):
    """What is seen in the bytes of one file."""
    return {"disposition": "examined", "attributes": {"bytes": len(data)}}


settings = json.loads(receive()[2])  # hello: profile, options, limits, linkKey
facts = {"name": "nothing-found", "version": 1, "detectors": ["nothing/1"], "pictureBytes": 64 << 20}
send(READY, 0, json.dumps(facts).encode())
while True:
    kind, job, payload = receive()
    if kind == PICTURE:
        verdict = look(payload)
    else:
        verdict = look(b"".join(pieces(job, struct.unpack(">Q", payload)[0])))
    send(VERDICT, job, json.dumps(verdict).encode())
