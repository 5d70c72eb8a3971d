#!/usr/bin/env python3
"""A broker that takes few messages at once and takes its time, made of a real one: its CONNACK says Receive
Maximum N, each PUBACK comes late: once N are under way, or a moment later when no more come. Usage: narrow-broker.py LISTEN-PORT BROKER-PORT N; on stdout a line
"connack OLD NEW" a connection (Receive Maximum of the real broker, or -), and "publish M" a PUBLISH: so many are
under way."""
import importlib.util
import pathlib
import socket
import sys
import threading
import time

spec = importlib.util.spec_from_file_location("old_broker", pathlib.Path(__file__).resolve().parent / "old-broker.py")
old_broker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(old_broker)

CONNACK, PUBLISH, PUBACK = 2, 3, 4
RECEIVE_MAXIMUM = 0x21
SIZES = {0x11: 4, 0x21: 2, 0x24: 1, 0x25: 1, 0x27: 4, 0x22: 2, 0x28: 1, 0x29: 1, 0x2A: 1, 0x13: 2}  # of properties that are numbers
LATE_S, MOMENT_S = 0.002, 0.2


def narrow(body, most):
    """The CONNACK's body with that Receive Maximum, and what it said before. All here is shorter than 128 octets."""
    properties, at, said, kept = body[3:3 + body[2]], 0, None, b""
    while at < len(properties):
        name = properties[at]
        size = 1 + SIZES[name] if name in SIZES else 3 + int.from_bytes(properties[at + 1:at + 3], "big")
        if name == RECEIVE_MAXIMUM:
            said = int.from_bytes(properties[at + 1:at + 3], "big")
        else:
            kept += properties[at:at + size]
        at += size
    kept += bytes([RECEIVE_MAXIMUM]) + most.to_bytes(2, "big")
    return body[:2] + bytes([len(kept)]) + kept, said


def serve(link, broker_port, most):
    under_way, more = set(), threading.Condition()
    broker = socket.create_connection(("127.0.0.1", broker_port))

    def down():
        try:
            while True:
                head, body = old_broker.read_packet(broker)
                if head[0] >> 4 == CONNACK and len(body) > 2:  # MQTT 3 has no properties
                    body, said = narrow(body, most)
                    head = bytes([head[0], len(body)])
                    print("connack", "-" if said is None else said, most, flush=True)
                if head[0] >> 4 == PUBACK:
                    time.sleep(LATE_S)
                    with more:
                        more.wait_for(lambda: len(under_way) >= most, MOMENT_S)
                        under_way.discard(body[:2])
                link.sendall(head + body)
        except OSError:
            link.close()

    threading.Thread(target=down, daemon=True).start()
    try:
        while True:
            head, body = old_broker.read_packet(link)
            if head[0] >> 4 == PUBLISH and head[0] & 6:
                length = int.from_bytes(body[:2], "big")
                with more:
                    under_way.add(body[2 + length:4 + length])
                    print("publish", len(under_way), flush=True)
                    more.notify()
            broker.sendall(head + body)
    except OSError:
        broker.close()
        link.close()


def main(listen_port, broker_port, most):
    with socket.create_server(("127.0.0.1", listen_port)) as server:
        while True:
            threading.Thread(target=serve, args=(server.accept()[0], broker_port, most), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
