"""From the notification pipe to the committed row: live at 100 records a second, and back-fill."""
import time

from programs import ADDRESS, COMPARED, ROOT, Stage, wait_for

LIVE_S = 12          # of measuring, at 100 records a second
BACKFILL = 10000     # strides, a dozen in a notification of 182 octets
BACKFILL_20 = 1500   # strides, each in a notification of 20 octets: the air takes its time
STRIDE_S = 0.714     # of a run: three in two seconds, as on a treadmill
STRIDE_OCTETS = 13   # a stride record's body on the air


def pod(**more):
    return dict({"address": ADDRESS, "name": "Foot pod", "type": "stride", "placement": "left-foot",
                 "up_s": 4 * 3600}, **more)


def recording(path, n, step_s):
    """Strides that differ, as real ones do."""
    with open(path, "w", encoding="ascii") as out:
        out.write("t_s,stride_time_1024,contact_time_1024,stride_length_mm,peak_impact_mg,clipped,running,quality,after_pause\n")
        for i in range(n):
            out.write(f"{i * step_s:.3f},{725 + i * 7 % 13},{250 + i * 5 % 31},{2200 + i * 11 % 97},"
                      f"{8000 + i * 3 % 8 * 125},0,1,3,{int(i == 0)}\n")
    return str(path)


def live(build, program, work):
    """One program, LIVE_S seconds. Its readings as a dict."""
    path = recording(work / "live.csv", (LIVE_S + 20) * 100, 0.01)
    with Stage(build, [pod(mtu_payload=20)],
               [{"do": "home", "pod": ADDRESS}, "pair", {"do": "run", "pod": ADDRESS, "recording": path}]) as stage:
        stage.reached("pair")
        one = program(stage)
        one.pair()
        time.sleep(1.5)
        stage.go_on("pair")
        wait_for(lambda: one.count() > 150, 30, stage.logs())
        n, before = one.count(), one.read()
        time.sleep(LIVE_S)
        after = one.read()
        n = one.count() - n
    return {"packets": n, "cpu_us": (after.cpu_ns - before.cpu_ns) / 1000 / n,
            "wrote": (after.wrote - before.wrote) / n / STRIDE_OCTETS,
            "disk": (after.to_disk - before.to_disk) / n / STRIDE_OCTETS,
            "rss": after.rss_kb / 1024, "pss": after.pss_kb / 1024}


def back_fill(build, program, work, strides=BACKFILL, mtu_payload=182):
    """One program, and what the pod recorded while it was away."""
    path = recording(work / "back-fill.csv", strides, STRIDE_S)
    with Stage(build, [pod(mtu_payload=mtu_payload)],
               [{"do": "home", "pod": ADDRESS}, "pair", {"do": "away", "pod": ADDRESS},
                {"do": "run", "pod": ADDRESS, "recording": path, "ago_s": strides * STRIDE_S + 60},
                {"after_s": 1, "do": "home", "pod": ADDRESS}]) as stage:
        stage.reached("pair")
        one = program(stage)
        one.pair()
        time.sleep(2)
        n, before = one.count(), one.read()
        stage.go_on("pair")
        wait_for(lambda: one.count() > n, 60, stage.logs())
        began = time.monotonic()
        wait_for(lambda: one.count() >= n + strides, 120, stage.logs())
        wall = time.monotonic() - began
        time.sleep(2)  # the last page is confirmed
        after = one.read()
    return {"wall_s": wall, "cpu_us": (after.cpu_ns - before.cpu_ns) / 1000 / strides,
            "wrote": (after.wrote - before.wrote) / strides / STRIDE_OCTETS,
            "disk": (after.to_disk - before.to_disk) / strides / STRIDE_OCTETS,
            "rss": after.rss_kb / 1024, "pss": after.pss_kb / 1024}


def back_fill_20(build, program, work):
    return back_fill(build, program, work, BACKFILL_20, 20)


def rounds(build, measure, work, n):
    """The programs one after the other, n times over: what else the machine does meets them all."""
    found = {program.name: [] for program in COMPARED}
    for _ in range(n):
        for program in COMPARED:
            found[program.name].append(measure(build, program, work))
    return found
