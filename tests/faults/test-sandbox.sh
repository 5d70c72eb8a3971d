#!/usr/bin/env bash
# The daemon under its unit's system call filter: see check-sandbox.py.
root=$(cd "$(dirname "$0")/../.." && pwd)
exec /usr/bin/python3 "$root/tests/faults/check-sandbox.py" "${STRIDED_BUILD:-$root/build-test}"
