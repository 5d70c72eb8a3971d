#!/usr/bin/env bash
# Our reader of FIT files against its vendor's own, on files of watches (where they are at hand) and
# on files that the vendor's program makes up.   tests/fit/run.sh BUILD
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
data=$here/../../../shared/data/fit-running-dynamics
for tool in node npm; do
	command -v $tool >/dev/null || { echo "fit: skipped, $tool is not there"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
done
cd "$here" || exit 1
npm ci --no-audit --no-fund >npm.log 2>&1 || {
	tail -n 5 npm.log
	echo "fit: skipped, the vendor's reader could not be installed"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}
rm -f npm.log
files=("$data"/*.fit)
if [ ! -e "${files[0]}" ]; then
	echo "fit: files of watches skipped, ../shared/data is not there"
	files=()
fi
exec node compare.mjs "$build/tests/fit/print-messages" "${files[@]}"
