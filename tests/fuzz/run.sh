#!/usr/bin/env bash
# Builds the fuzz targets with clang and lets libFuzzer drive each for a while. New inputs stay in
# build-fuzz/corpus and are begun with next time; what breaks a promise is kept and printed.
#   tests/fuzz/run.sh [SECONDS] [NAME…]     default: 20 s each, as many at once as there are processors
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build-fuzz
seconds=${1:-20}
shift $(($# > 0))
cd "$root" || exit 1
passed=0 failed=0

if ! command -v clang >/dev/null || ! ls "$(clang -print-resource-dir)"/lib/linux/libclang_rt.fuzzer-*.a >/dev/null 2>&1; then
	echo "fuzz: skipped, clang with libFuzzer is not there (tests/install-dependencies fuzz)"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
[ -d "$build" ] || CC=clang meson setup "$build" -Dfuzzing=true -Db_sanitize=address,undefined -Db_lundef=false \
	-Dc_args='-fsanitize=fuzzer-no-link -fno-sanitize-recover=all' >"$build.log" 2>&1 ||
	{ cat "$build.log"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
meson compile -C "$build" fuzz >"$build/compile.log" 2>&1 ||
	{ tail -n 40 "$build/compile.log"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

fuzz() { # name
	local kept=$build/corpus/$1 log=$build/fuzz-$1.log status last found=$build/found-$1-
	local seeds=()
	mkdir -p "$kept"
	for folder in "$root/tests/fuzz/corpus/$1" "$build/tests/fuzz/seeds/$1"; do
		[ -d "$folder" ] && seeds+=("$folder")
	done
	timeout $((seconds + 120)) "$build/tests/fuzz/fuzz-$1" -max_total_time="$seconds" -timeout=10 -max_len=4096 \
		-print_final_stats=1 -artifact_prefix="$found" "$kept" "${seeds[@]}" >"$log" 2>&1
	status=$?
	# the last line of progress: #N DONE cov: N ft: N corp: …
	last=$(grep -E '^#[0-9]+.* cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1 |
		sed -E 's/^#([0-9]+).* cov: ([0-9]+) ft: ([0-9]+) corp: ([0-9]+).*/\1 executions, cov \2, ft \3, corpus \4/')
	if [ $status -eq 0 ] && [ -n "$last" ]; then
		echo "ok: fuzz-$1: $last"
	else
		echo "FAILED: fuzz-$1 (exit $status): ${last:-nothing ran}"
		grep -vE '^#[0-9]+' "$log" | tail -n 40
		ls "$found"* 2>/dev/null | while read -r file; do
			echo "repeat with: $build/tests/fuzz/fuzz-$1 $file"
			head -c 256 "$file" | od -An -tx1z
		done
	fi
}

names=${*:-$(cd tests/fuzz && ls fuzz-*.c | sed 's/^fuzz-//; s/\.c$//')}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for name in $names; do
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
	fuzz "$name" >"$results/$name" &
done
wait
for name in $names; do
	cat "$results/$name"
	if grep -q '^ok: ' "$results/$name"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
