#!/usr/bin/env bash
# See check-watchdog.py.
root=$(cd "$(dirname "$0")/../.." && pwd)
exec /usr/bin/python3 "$root/tests/faults/check-watchdog.py" "${STRIDED_BUILD:-$root/build-test}"
