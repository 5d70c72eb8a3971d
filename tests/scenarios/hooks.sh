# Sourced by the two runners: what a story may do to the daemon, as commands in $HOOKS.
# Needs: work, build; strided_options. On the virtual machine bluetoothd and the controllers too.
write_hooks() {
	HOOKS=$work/hooks
	export HOOKS
	mkdir -p "$HOOKS"
	cat >"$HOOKS/daemon-start" <<HOOK
#!/bin/sh
'$build/daemon/strided' --config '$work/strided.conf' $strided_options >>'$work/strided.log' 2>&1 &
echo \$! >'$work/daemon.pid'
HOOK
	cat >"$HOOKS/daemon-kill" <<HOOK
#!/bin/sh
kill -9 "\$(cat '$work/daemon.pid')" && '$HOOKS/daemon-start'
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do stridectl status >/dev/null 2>&1 && exit 0; sleep 0.5; done
echo "the daemon did not come back" >&2
exit 1
HOOK
	cat >"$HOOKS/finish" <<HOOK
#!/bin/sh
stridectl export records >'$work/ledger.jsonl' && stridectl status >'$work/status.txt'
HOOK
	printf '[gateway]\nclinic = test\ngateway = gw\nstate_directory = %s\nlog_level = debug\n' "$work/state" >"$work/strided.conf"
	chmod +x "$HOOKS"/*
}
