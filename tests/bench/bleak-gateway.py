#!/usr/bin/python3
"""bleak-gateway: what a programmer writes with bleak and sqlite3, to measure strided against.

  bleak-gateway.py ADDRESS READY [DATABASE]

One Stride Service pod: found, bonded, live records on, what it holds asked for page by page. Every
record is a row, committed (WAL, synchronous FULL) by strided's own rule: after 500 ms, after 256
records, and before a page is confirmed to the pod. READY is made when the link is live. Like floor.c
it knows no holes, no contradictions, no time, no coverage.
"""
import asyncio
import sqlite3
import struct
import sys
import time
import zlib

from bleak import BleakClient, BleakScanner

RECORDS = "7c6a0003-2f5d-4d5b-9a53-6c1f2b9e8d10"
CONTROL = "7c6a0004-2f5d-4d5b-9a53-6c1f2b9e8d10"
LIST, REPORT, LIVE, DURABLE = 1, 2, 4, 5
BATCH, FROM_STORE, PAGE, FLUSH_S, PENDING_MAX = 2, 0x80, 256, 0.5, 256

HEAD = struct.Struct("<BHI")
ANSWER = struct.Struct("<BB")
TICK = struct.Struct("<I")
CRC_HEAD = struct.Struct("<IB")


class Gateway:
    def __init__(self, database):
        self.db = sqlite3.connect(database, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("CREATE TABLE record (epoch INTEGER, seq INTEGER, kind INTEGER, tick INTEGER,"
                        " received INTEGER, body BLOB, PRIMARY KEY (epoch, seq)) WITHOUT ROWID")
        self.pending = []
        self.timer = None
        self.crc = 0
        self.answers = asyncio.Queue()

    def flush(self):
        if self.timer:
            self.timer.cancel()
            self.timer = None
        if not self.pending:
            return
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany("INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?)", self.pending)
        self.db.execute("COMMIT")
        self.pending.clear()

    def take(self, epoch, seq, kind, body, from_store, received):
        self.pending.append((epoch, seq, kind, TICK.unpack_from(body, 1)[0], received, body))
        if from_store:
            self.crc = zlib.crc32(body, zlib.crc32(CRC_HEAD.pack(seq, kind), self.crc))

    def on_records(self, _, data):
        received = time.time_ns() // 1000000
        head, epoch, seq = HEAD.unpack_from(data)
        from_store = head & FROM_STORE
        kind = head & ~FROM_STORE
        if kind != BATCH:
            self.take(epoch, seq, kind, bytes(data[7:]), from_store, received)
        else:
            at = 8
            for i in range(data[7]):
                kind, size = data[at], data[at + 1]
                self.take(epoch, seq + i, kind, bytes(data[at + 2:at + 2 + size]), from_store, received)
                at += 2 + size
        if len(self.pending) >= PENDING_MAX:
            self.flush()
        elif not self.timer:
            self.timer = asyncio.get_running_loop().call_later(FLUSH_S, self.on_due)

    def on_due(self):
        self.timer = None
        self.flush()

    def on_control(self, _, data):
        self.answers.put_nowait(bytes(data))

    async def ask(self, client, request):
        await client.write_gatt_char(CONTROL, request, response=True)
        while True:
            answer = await self.answers.get()
            if answer is None:
                raise ConnectionError
            if answer[0] & 0x7F == request[0]:
                if answer[1] != 1:
                    raise ValueError(f"the pod refused {request.hex()}: {answer.hex()}")
                return answer

    async def hold(self, client, ready):
        """One link, from its first question to its end."""
        ended = asyncio.Event()
        client.set_disconnected_callback(lambda _: (ended.set(), self.answers.put_nowait(None)))
        await client.pair()
        await client.start_notify(RECORDS, self.on_records)
        await client.start_notify(CONTROL, self.on_control)
        epochs = []
        while True:
            answer = await self.ask(client, bytes([LIST, len(epochs)]))
            _, total, epoch, first, last = struct.unpack_from("<BBIII", answer, 2)
            epochs.append((epoch, first, last))
            if len(epochs) == total:
                break
        await self.ask(client, bytes([LIVE, 1]))
        with open(ready, "w", encoding="ascii"):
            pass
        for epoch, first, last in epochs:
            while first <= last:
                self.crc = 0
                await self.ask(client, struct.pack("<BIII", REPORT, epoch, first, min(last, first + PAGE - 1)))
                self.flush()
                until = min(last, first + PAGE - 1)
                await self.ask(client, struct.pack("<BIIII", DURABLE, epoch, first, until, self.crc))
                first = until + 1
        await ended.wait()


async def main(address, ready, database):
    gateway = Gateway(database)
    while True:
        device = await BleakScanner.find_device_by_address(address, timeout=60)
        if not device:
            continue
        gateway.answers = asyncio.Queue()
        client = BleakClient(device)
        try:
            await client.connect()
            await gateway.hold(client, ready)
        except ConnectionError:
            pass
        gateway.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
