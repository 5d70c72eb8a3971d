#!/bin/sh
# Installs the default strided.conf; never over one that is there: then it stands beside it.
set -eu
directory=${DESTDIR:-}/etc/strided
target=$directory/strided.conf
if [ -e "$target" ] && ! cmp -s "$1" "$target"; then
	target=$target.default
fi
echo "Installing $1 to $target"
install -D -m 644 "$1" "$target"
