#!/usr/bin/env python3
"""Makes standard-services.json: packets of the standard services, laid out from the field tables of their
specifications (RSCS, HRS, CPS, BAS, DIS), with what `stridectl decode` has to say of them. The
format is check-vectors.py's; "error" means refused.
Usage: make-standard-services.py >standard-services.json"""
import itertools
import json
import random
import struct

RNG = random.Random(1)


def bits_of(mask):
    return [bit for bit in range(32) if mask >> bit & 1]


def rsc():
    for flags in (*range(8), 0x08, 0x80, 0xFF):
        speed, cadence, length, distance = (RNG.randrange(1 << bits) for bits in (16, 8, 16, 32))
        packet = struct.pack("<BHB", flags, speed, cadence)
        packet += struct.pack("<H", length) if flags & 1 else b""
        packet += struct.pack("<I", distance) if flags & 2 else b""
        expected = {"flags": flags, "speed_mps": speed / 256, "cadence": cadence, "running": bool(flags & 4),
                    "stride_length_m": length / 100 if flags & 1 else None,
                    "total_distance_m": distance / 10 if flags & 2 else None}
        if flags & 0xF8:
            expected["reserved_flags"] = bits_of(flags & 0xF8)
        yield "2A53", packet, expected
    names = ["stride_length", "total_distance", "walk_run_status", "calibration", "multiple_locations"]
    for features in [1 << bit for bit in range(16)] + [0xFFFF]:
        expected = {"features": features} | {name: bool(features >> i & 1) for i, name in enumerate(names)}
        if features & 0xFFE0:
            expected["reserved_flags"] = bits_of(features & 0xFFE0)
        yield "2A54", struct.pack("<H", features), expected
    for location, name in ((0, "other"), (1, "top of shoe"), (2, "in shoe"), (3, "hip"), (14, "chest"), (200, "reserved")):
        yield "2A5D", bytes([location]), {"location": location, "location_name": name}


def heart_rate():
    cases = [(flags, 2) for flags in range(32)] + [(0x10, n) for n in (0, 1, 9, 10, 17, 120, 254)] + [(0xE0, 0), (0xFF, 1)]
    for flags, n_rr in cases:
        rate, energy = RNG.randrange(30, 256), RNG.randrange(1 << 16)
        rr = [RNG.randrange(1 << 16) for _ in range(n_rr if flags & 16 else 0)]
        packet = struct.pack("<BH" if flags & 1 else "<BB", flags, rate)
        packet += struct.pack("<H", energy) if flags & 8 else b""
        packet += struct.pack(f"<{len(rr)}H", *rr)
        expected = {"flags": flags, "heart_rate_bpm": rate, "contact_supported": bool(flags & 4),
                    "contact": bool(flags & 2) if flags & 4 else None,
                    "energy_kj": energy if flags & 8 else None, "rr_1024": rr}
        if flags & 0xE0:
            expected["reserved_flags"] = bits_of(flags & 0xE0)
        yield "2A37", packet, expected
        yield "2A37", packet + b"\x01", None  # half an interval, or a surplus octet
    yield "2A38", b"\x01", {"location": 1, "location_name": "chest"}


# flag, struct format, keys
POWER = [
    (0, "B", ["balance_pct"]), (2, "H", ["accumulated_torque_raw"]), (4, "IH", ["wheel_revs", "wheel_event_2048"]),
    (5, "HH", ["crank_revs", "crank_event_1024"]), (6, "hh", ["max_force_n", "min_force_n"]),
    (7, "hh", ["max_torque_raw", "min_torque_raw"]), (8, None, ["max_angle_deg", "min_angle_deg"]),
    (9, "H", ["top_dead_spot_deg"]), (10, "H", ["bottom_dead_spot_deg"]), (11, "H", ["energy_kj"]),
]
RANGE = {"B": (0, 255), "H": (0, 65535), "h": (-32768, 32767), "I": (0, 0xFFFFFFFF)}


def power_packet(flags):
    watt = RNG.randint(-32768, 32767)
    packet = struct.pack("<Hh", flags, watt)
    expected = {"flags": flags, "power_w": watt}
    for bit, form, keys in POWER:
        if not flags >> bit & 1:
            continue
        if form is None:  # two uint12: "maximum 0xABC and minimum 0x123 are transmitted as 0x123ABC"
            high, low = RNG.randrange(4096), RNG.randrange(4096)
            packet += (low << 12 | high).to_bytes(3, "little")
            values = [high, low]
        else:
            values = [RNG.randint(*RANGE[letter]) for letter in form]
            packet += struct.pack("<" + form, *values)
        expected |= dict(zip(keys, [values[0] / 2] if bit == 0 else values))
    if flags & 3 == 3:
        expected["balance_reference"] = "left"
    if flags & 0x1000:
        expected["offset_compensation"] = True
    if flags & 0xE000:
        expected["reserved_flags"] = bits_of(flags & 0xE000)
    return packet, expected


def power():
    bits = [1 << bit for bit in range(16)]
    pairs = RNG.sample([a | b for a, b in itertools.combinations(bits[:13], 2)], 20)
    for flags in [0, *bits, 3, 12, *pairs, 0x0FFF, 0x1FFF, 0xFFFF]:
        packet, expected = power_packet(flags)
        yield "2A63", packet, expected
        yield "2A63", packet[:-1], None
        yield "2A63", packet + b"\x00", None


def battery_and_strings():
    for level in (0, 1, 100):
        yield "2A19", bytes([level]), {"level_pct": level}
    for packet in (bytes([101]), bytes([255]), b"\x32\x00"):
        yield "2A19", packet, None
    for characteristic in ("2A24", "2A25", "2A26", "2A27", "2A28", "2A29"):
        yield characteristic, "Läufer 3 – α".encode(), {"text": "Läufer 3 – α"}
    for text in (b"", b"1.0.2\0", b"\0"):
        yield "2A26", text, {"text": text.rstrip(b"\0").decode()}
    for packet in (b"a\0b", b"J\xf6rg", b"\xed\xa0\x80", b"\xc0\xaf", b"a\x1b[2J", b"\xc2\x9b2J", b"\x7f", b"x" * 120):
        yield "2A29", packet, None


def empty():
    for characteristic in ("2A53", "2A54", "2A5D", "2A37", "2A38", "2A63", "2A19"):
        yield characteristic, b"", None


def main():
    rows = [{"characteristic": characteristic, "hex": packet.hex(),
             "expected": {"error": "refused"} if expected is None else expected}
            for characteristic, packet, expected
            in itertools.chain(rsc(), heart_rate(), power(), battery_and_strings(), empty())]
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")


if __name__ == "__main__":
    main()
