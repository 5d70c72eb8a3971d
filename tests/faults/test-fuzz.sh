#!/usr/bin/env bash
# Everything that reads what others wrote (packets, answers, D-Bus, MQTT, configuration, zone files), on
# octets that libFuzzer makes up: 20 s each, with executions and coverage. Longer: tests/run fuzz SECONDS
#   SECONDS_EACH=N                          instead of 20
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
"$root/tests/install-dependencies" fuzz || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
exec bash "$root/tests/fuzz/run.sh" "${SECONDS_EACH:-20}"
