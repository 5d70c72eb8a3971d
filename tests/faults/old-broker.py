#!/usr/bin/env python3
"""A broker of before MQTT 5, made of a real one: CONNECTs of another version than 3.1.1 get what
MQTT 3.1.1 says (CONNACK, return code 1, then the connection ends); the others are passed through.
With a FILE it also has an access list, and as MQTT 3.1.1 leaves it no other word, it ends the connection of
whoever publishes to a topic that has the file's text in it (none: all may be written).
Usage: old-broker.py LISTEN-PORT BROKER-PORT [FILE | --grant-less]; a line on stdout per CONNECT: its version.
--grant-less: subscriptions get QoS 0 only."""
import pathlib
import socket
import sys
import threading


def read_exactly(link, size):
    data = b""
    while len(data) < size:
        more = link.recv(size - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def read_packet(link):
    """The octets of one packet, whole."""
    head = read_exactly(link, 1)
    length, shift = 0, 0
    while True:
        octet = read_exactly(link, 1)
        head += octet
        length |= (octet[0] & 0x7F) << shift
        shift += 7
        if not octet[0] & 0x80:
            return head, read_exactly(link, length)


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for link in (source, sink):
        try:
            link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def grant_less(broker, link):
    """Passes on what the broker says, but each SUBACK grants QoS 0."""
    try:
        while True:
            head, body = read_packet(broker)
            link.sendall(head + (body[:-1] + b"\x00" if head[0] >> 4 == 9 else body))
    except (OSError, IndexError):
        link.close()


def pump_allowed(link, broker, denied):
    try:
        while True:
            head, body = read_packet(link)
            text = pathlib.Path(denied).read_bytes().strip()
            if head[0] >> 4 == 3 and text and text in body[2:2 + int.from_bytes(body[:2], "big")]:
                print("denied", flush=True)
                break
            broker.sendall(head + body)
    except OSError:
        pass
    for end in (link, broker):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(link, broker_port, denied=None):
    try:
        head, body = read_packet(link)
        name_length = int.from_bytes(body[:2], "big")
        version = body[2 + name_length]
        print(version, flush=True)
        if version != 4:
            link.sendall(b"\x20\x02\x00\x01")
            link.close()
            return
        broker = socket.create_connection(("127.0.0.1", broker_port))
        broker.sendall(head + body)
    except (OSError, IndexError):
        link.close()
        return
    threading.Thread(target=grant_less if denied == "--grant-less" else pump, args=(broker, link), daemon=True).start()
    if denied and denied != "--grant-less":
        pump_allowed(link, broker, denied)
    else:
        pump(link, broker)


def main(listen_port, broker_port, denied=None):
    with socket.create_server(("127.0.0.1", listen_port)) as server:
        while True:
            threading.Thread(target=serve, args=(server.accept()[0], broker_port, denied), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
