#!/usr/bin/python3
"""A clinic's archive as small as can be: stores what gateways say in SQLite, then confirms it.

  consumer.py run PORT STORE [--user U --password P] [--clinic C] [--seconds N] [--until N]
                  [--silent] [--receipt-every N] [--die commit|puback --after N] [--recover SINCE]
  consumer.py forget STORE HOURS      loses what it stored in the last hours, as a restored backup does
  consumer.py count STORE             messages, copies, weeks, runs, acks, one "name N" a line
  consumer.py show STORE              JSON lines: {id, kind, runner, key, revision, copies}
  consumer.py dump STORE              "id topic payload" of each, by id

A message is stored once by its id, and a week or run once by (runner, key, revision). Order of work:
store, commit (synced), PUBACK, receipt. It may die at both places between: before the PUBACK the broker
brings the message again, before the receipt the gateway does. --silent confirms nothing; --receipt-every
collects so many ids (1) before it confirms; --recover asks once for all that each runner it hears of was told since; --until ends once so many messages are stored."""
import argparse
import json
import os
import sqlite3
import sys
import time

import paho.mqtt.client as mqtt

IDS_MAX = 100  # of one receipt
KINDS = {"week": "week", "run": "run", "ack": "id"}  # what has a receipt; the key in its payload

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, topic TEXT NOT NULL, payload TEXT NOT NULL,
  kind TEXT NOT NULL, runner TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER, at REAL NOT NULL, n INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, same INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS newest (runner TEXT, kind TEXT, key TEXT, revision INTEGER, id TEXT, PRIMARY KEY (runner, kind, key));
"""


def open_store(path):
    store = sqlite3.connect(path)
    store.execute("PRAGMA synchronous = FULL")
    store.executescript(SCHEMA)
    return store


def keep(store, topic, payload):
    """(runner, id) of what is now durable here, None of what needs no receipt."""
    levels = topic.split("/")[4:]
    if len(levels) != 3 or levels[1] not in KINDS or not payload:
        return None
    body = json.loads(payload)
    runner, kind = levels[0], levels[1]
    name = body["answer_id"] if kind == "ack" else body["id"]
    with store:  # one transaction; the commit is on disk when it ends
        known = store.execute("SELECT payload FROM message WHERE id = ?", (name,)).fetchone()
        number = store.execute("INSERT INTO delivery (id, same) VALUES (?, ?)", (name, known is None or known[0] == payload)).lastrowid
        store.execute("INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      (name, topic, payload, kind, runner, body[KINDS[kind]], body.get("revision"), time.time(), number))
        if kind != "ack":
            store.execute("INSERT INTO newest VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision, id = excluded.id "
                          "WHERE excluded.revision > revision", (runner, kind, body[KINDS[kind]], body["revision"], name))
    return runner, name


class Archive:
    def __init__(self, options):
        self.options = options
        self.store = open_store(options.store)
        self.waiting = {}  # topic of the receipt: ids that are stored and not confirmed
        self.asked = set()  # branches of runners that were asked for what they were told
        self.handled = self.receipts = 0
        self.client = mqtt.Client(client_id="archive", clean_session=False, protocol=mqtt.MQTTv311)
        if options.user:
            self.client.username_pw_set(options.user, options.password)
        self.client.on_connect = lambda client, *_: client.subscribe(f"strided/v1/{options.clinic}/#", qos=1)
        self.client.on_subscribe = lambda *_: print("subscribed", flush=True)
        self.client.on_message = self.take

    def die_at(self, place):
        if self.options.die == place and self.handled >= self.options.after:
            os._exit(9)

    def recover(self, topic):
        """An archive that lost everything knows no runners: the first retained message of each names one."""
        levels = topic.split("/")
        branch = "/".join(levels[:5])
        if not self.options.recover or len(levels) < 6 or branch in self.asked:
            return
        self.asked.add(branch)
        body = {"v": 1, "id": f"resend-{os.getpid()}-{len(self.asked)}", "since": self.options.recover}
        self.client.publish(f"{branch}/in/resend", json.dumps(body), qos=1)

    def take(self, _client, _userdata, message):
        self.recover(message.topic)
        kept = keep(self.store, message.topic, message.payload.decode())
        if kept is None:
            return
        self.handled += 1
        self.die_at("commit")
        branch = "/".join(message.topic.split("/")[:4])
        self.waiting.setdefault(f"{branch}/{kept[0]}/in/receipt", []).append(kept[1])

    def confirm(self):
        for topic, ids in self.waiting.items():
            while len(ids) >= self.options.receipt_every:
                self.die_at("puback")
                self.receipts += 1
                body = {"v": 1, "id": f"receipt-{os.getpid()}-{self.receipts}", "ids": ids[:IDS_MAX]}
                if not self.options.silent:
                    self.client.publish(topic, json.dumps(body), qos=1)
                del ids[:IDS_MAX]

    def run(self):
        self.client.connect("127.0.0.1", self.options.port, keepalive=30)
        end = time.monotonic() + self.options.seconds
        while time.monotonic() < end:
            if self.client.loop(timeout=0.05) != mqtt.MQTT_ERR_SUCCESS:
                time.sleep(0.2)
                try:
                    self.client.reconnect()
                except OSError:
                    continue
            self.confirm()
            if self.options.until and self.store.execute("SELECT count(*) FROM message").fetchone()[0] >= self.options.until:
                break
        for _ in range(20):  # what is said leaves
            self.client.loop(timeout=0.02)


def count(store):
    def number(sql):
        return store.execute(sql).fetchone()[0]
    print("messages", number("SELECT count(*) FROM message"))
    print("copies", number("SELECT count(*) FROM delivery") - number("SELECT count(*) FROM message"))
    print("differing", number("SELECT count(*) FROM delivery WHERE same = 0"))
    print("revisions", number("SELECT count(*) FROM (SELECT DISTINCT runner, kind, key, revision FROM message WHERE kind <> 'ack')"))
    for kind in KINDS:
        print(f"{kind}s", number(f"SELECT count(*) FROM message WHERE kind = '{kind}'"))


def show(store):
    for row in store.execute("SELECT m.id, kind, runner, key, revision, count(d.id) FROM message m LEFT JOIN delivery d ON d.id = m.id GROUP BY m.id ORDER BY m.n"):
        print(json.dumps(dict(zip(("id", "kind", "runner", "key", "revision", "copies"), row))))


def dump(store):
    for row in store.execute("SELECT id, topic, payload FROM message ORDER BY id"):
        print(*row)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("verb", choices=["run", "forget", "count", "show", "dump"])
    parser.add_argument("rest", nargs="+")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--clinic", default="+")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--until", type=int, default=0)
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--receipt-every", type=int, default=1)
    parser.add_argument("--die", choices=["commit", "puback"])
    parser.add_argument("--after", type=int, default=1)
    parser.add_argument("--recover", metavar="SINCE")
    options = parser.parse_args()
    if options.verb == "run":
        options.port, options.store = int(options.rest[0]), options.rest[1]
        Archive(options).run()
        return
    store = open_store(options.rest[0])
    if options.verb == "forget":
        with store:
            since = (time.time() - 3600 * float(options.rest[1]),)
            store.execute("DELETE FROM newest WHERE id IN (SELECT id FROM message WHERE at >= ?)", since)
            store.execute("DELETE FROM delivery WHERE id IN (SELECT id FROM message WHERE at >= ?)", since)
            store.execute("DELETE FROM message WHERE at >= ?", since)
    else:
        {"count": count, "show": show, "dump": dump}[options.verb](store)


if __name__ == "__main__":
    sys.exit(main())
