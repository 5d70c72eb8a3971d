#!/usr/bin/env python3
"""A made 1 Hz run with everything that real ones have: stops, blanks, holes of seconds and of
twenty minutes, odd sampling. Usage: make-run.py SEED > run.csv"""
import random
import sys


def main(seed):
    chance = random.Random(seed)
    t, speed, cadence = 0.0, 2.6, 158.0
    print("t_s,speed_mps,cadence_spm,heart_rate_bpm")
    for second in range(1500):
        speed = min(4.5, max(1.2, speed + chance.gauss(0, 0.06)))
        cadence = min(190, max(120, cadence + chance.gauss(0, 0.8)))
        stopped = 400 <= second < 440
        blank = chance.random() < 0.02
        v = "" if blank else f"{0 if stopped else speed:.3f}"
        c = "" if blank and chance.random() < 0.5 else f"{0 if stopped else cadence:.1f}"
        print(f"{t:.2f},{v},{c},{120 + second % 40}")
        t += chance.choice([1, 1, 1, 1, 1, 1, 0.5, 2, 3]) if chance.random() < 0.3 else 1
        if second in (200, 700):
            t += 8  # longer than 5 s: adds nothing
        if second == 1000:
            t += 1300  # longer than 15 min: another run


if __name__ == "__main__":
    main(int(sys.argv[1]))
