#!/usr/bin/env bash
# The clinic's page in a real browser against a real broker. Last line: N passed, N failed, N skipped.
#   OUT=DIR tests/browser/run.sh         keeps screenshots in DIR
#   PICTURES=DIR tests/browser/run.sh    and makes the README's pictures in DIR
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
page=$(cd "$here/../../dashboard" && pwd)
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}

skip() { echo "skipped: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
fail() { echo "FAILED: $1"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
[ -x "$CHROMIUM" ] || skip "there is no $CHROMIUM (Debian's package chromium)"
for tool in node npm mosquitto mosquitto_pub mosquitto_passwd; do
	PATH=$PATH:/usr/sbin command -v $tool >/dev/null 2>&1 || skip "there is no $tool"
done

log=$(mktemp)
trap 'rm -f "$log"' EXIT
(cd "$here" && npm ci) >"$log" 2>&1 || { tail -n 20 "$log"; fail "npm ci in tests/browser"; }
(cd "$page" && npm ci && npm run check && npm run build) >"$log" 2>&1 || { tail -n 20 "$log"; fail "the page does not build"; }
export PATH=$PATH:/usr/sbin PAGE=$page/dist
if [ -n "${PICTURES:-}" ]; then
	PICTURES=$(cd "$PICTURES" && pwd) node "$here/screenshots.mjs" || fail "the pictures could not be made"
fi
cd "$here" && node page-test.mjs
