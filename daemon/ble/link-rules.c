#include "daemon/ble/link-rules.h"

#include "base/cleanup.h"

#include <stddef.h>

static const LinkRule rules[] = {
        {LINK_ABSENT, ON_SEEN, LINK_WAITING, DO_WAIT_TURN},
        {LINK_ABSENT, ON_CONNECTED, LINK_RESOLVING, DO_RESOLVE},
        {LINK_WAITING, ON_TURN, LINK_CONNECTING, DO_CONNECT},
        {LINK_WAITING, ON_CONNECTED, LINK_RESOLVING, DO_RESOLVE},
        {LINK_WAITING, ON_LOST, LINK_ABSENT, DO_END},
        {LINK_WAITING, ON_RETRY_DUE, LINK_ABSENT, DO_END},
        {LINK_CONNECTING, ON_CONNECTED, LINK_RESOLVING, DO_RESOLVE},
        {LINK_CONNECTING, ON_FAILED, LINK_BACKING_OFF, DO_DISCONNECT},
        {LINK_CONNECTING, ON_RETRY_DUE, LINK_BACKING_OFF, DO_DISCONNECT},
        {LINK_RESOLVING, ON_RESOLVED, LINK_SYNCING, DO_BEGIN_SESSION},
        {LINK_RESOLVING, ON_LOST, LINK_BACKING_OFF, DO_LOSE},
        {LINK_RESOLVING, ON_RETRY_DUE, LINK_BACKING_OFF, DO_DISCONNECT},
        {LINK_SYNCING, ON_SYNCED, LINK_LIVE, DO_LIVE},
        {LINK_SYNCING, ON_FAILED, LINK_BACKING_OFF, DO_DISCONNECT},
        {LINK_SYNCING, ON_LOST, LINK_BACKING_OFF, DO_LOSE},
        {LINK_LIVE, ON_FAILED, LINK_BACKING_OFF, DO_DISCONNECT},
        {LINK_LIVE, ON_LOST, LINK_BACKING_OFF, DO_LOSE},
        {LINK_BACKING_OFF, ON_RETRY_DUE, LINK_ABSENT, DO_NOTHING},
        {LINK_WAITING, ON_RADIO_GONE, LINK_ABSENT, DO_END},
        {LINK_CONNECTING, ON_RADIO_GONE, LINK_ABSENT, DO_END},
        {LINK_RESOLVING, ON_RADIO_GONE, LINK_ABSENT, DO_END},
        {LINK_SYNCING, ON_RADIO_GONE, LINK_ABSENT, DO_END},
        {LINK_LIVE, ON_RADIO_GONE, LINK_ABSENT, DO_END},
        {LINK_BACKING_OFF, ON_RADIO_GONE, LINK_ABSENT, DO_END},
        {LINK_CONNECTING, ON_BOND_BAD, LINK_HELD, DO_HOLD},
        {LINK_RESOLVING, ON_BOND_BAD, LINK_HELD, DO_HOLD},
        {LINK_SYNCING, ON_BOND_BAD, LINK_HELD, DO_HOLD},
        {LINK_HELD, ON_RETRY_DUE, LINK_ABSENT, DO_NOTHING},
        {LINK_HELD, ON_BOND_MENDED, LINK_ABSENT, DO_END},
        {LINK_BACKING_OFF, ON_BOND_MENDED, LINK_ABSENT, DO_END},
};

static const struct {
        LinkStage in;
        LinkEvent on;
        const char *because;
} ignored[] = {
        {LINK_ABSENT, ON_TURN, "it stands in no queue"},
        {LINK_ABSENT, ON_RESOLVED, "services are looked at after the connection"},
        {LINK_ABSENT, ON_SYNCED, "there is no session"},
        {LINK_ABSENT, ON_FAILED, "nothing is tried"},
        {LINK_ABSENT, ON_LOST, "there is nothing to lose"},
        {LINK_ABSENT, ON_RETRY_DUE, "no timer is armed"},
        {LINK_ABSENT, ON_RADIO_GONE, "nothing depends on the radio"},
        {LINK_WAITING, ON_SEEN, "seen again: it waits already"},
        {LINK_WAITING, ON_RESOLVED, "services are looked at after the connection"},
        {LINK_WAITING, ON_SYNCED, "there is no session"},
        {LINK_WAITING, ON_FAILED, "nothing is tried yet"},
        {LINK_CONNECTING, ON_SEEN, "seen again: Connect is under way"},
        {LINK_CONNECTING, ON_TURN, "it has its turn"},
        {LINK_CONNECTING, ON_RESOLVED, "services are looked at after the connection"},
        {LINK_CONNECTING, ON_SYNCED, "there is no session"},
        {LINK_CONNECTING, ON_LOST, "not connected yet is not lost: Connect answers"},
        {LINK_RESOLVING, ON_SEEN, "a signal strength of before"},
        {LINK_RESOLVING, ON_TURN, "it left the queue"},
        {LINK_RESOLVING, ON_CONNECTED, "told again"},
        {LINK_RESOLVING, ON_SYNCED, "there is no session"},
        {LINK_RESOLVING, ON_FAILED, "Connect's late answer: the link is there, the timer watches it"},
        {LINK_SYNCING, ON_SEEN, "a signal strength of before"},
        {LINK_SYNCING, ON_TURN, "it left the queue"},
        {LINK_SYNCING, ON_CONNECTED, "told again"},
        {LINK_SYNCING, ON_RESOLVED, "told again"},
        {LINK_SYNCING, ON_RETRY_DUE, "the session has its own timers, and fails by itself"},
        {LINK_LIVE, ON_SEEN, "a signal strength of before"},
        {LINK_LIVE, ON_TURN, "it left the queue"},
        {LINK_LIVE, ON_CONNECTED, "told again"},
        {LINK_LIVE, ON_RESOLVED, "told again"},
        {LINK_LIVE, ON_SYNCED, "a later round"},
        {LINK_LIVE, ON_RETRY_DUE, "the session has its own timers, and fails by itself"},
        {LINK_BACKING_OFF, ON_SEEN, "not before it is time: the pod was there and failed"},
        {LINK_BACKING_OFF, ON_TURN, "it left the queue"},
        {LINK_BACKING_OFF, ON_CONNECTED, "connected still, or again: a link that fails at once must not be "
                                         "made anew at full speed"},
        {LINK_BACKING_OFF, ON_RESOLVED, "services are looked at after the connection"},
        {LINK_BACKING_OFF, ON_SYNCED, "the session is over"},
        {LINK_BACKING_OFF, ON_FAILED, "it failed already"},
        {LINK_BACKING_OFF, ON_LOST, "it is lost already, or we ended it"},
        {LINK_HELD, ON_SEEN, "it is there, but trying again helps nobody"},
        {LINK_HELD, ON_TURN, "it left the queue"},
        {LINK_HELD, ON_CONNECTED, "somebody pairs it, or the pod itself came"},
        {LINK_HELD, ON_RESOLVED, "as connected"},
        {LINK_HELD, ON_SYNCED, "the session is over"},
        {LINK_HELD, ON_FAILED, "it failed already"},
        {LINK_HELD, ON_LOST, "it is lost already, or we ended it"},
        {LINK_HELD, ON_RADIO_GONE, "a bad bond may kill bluetoothd at each try: its restart is no reason for one"},
        {LINK_HELD, ON_BOND_BAD, "known"},
        {LINK_ABSENT, ON_BOND_BAD, "nothing is tried"},
        {LINK_WAITING, ON_BOND_BAD, "nothing is tried yet"},
        {LINK_LIVE, ON_BOND_BAD, "its data came encrypted"},
        {LINK_BACKING_OFF, ON_BOND_BAD, "it was judged when it failed"},
        {LINK_ABSENT, ON_BOND_MENDED, "it is looked for anyway"},
        {LINK_WAITING, ON_BOND_MENDED, "it connects anyway"},
        {LINK_CONNECTING, ON_BOND_MENDED, "it connects anyway"},
        {LINK_RESOLVING, ON_BOND_MENDED, "it goes on"},
        {LINK_SYNCING, ON_BOND_MENDED, "it goes on"},
        {LINK_LIVE, ON_BOND_MENDED, "it was good"},
};

const LinkRule *link_rule(LinkStage in, LinkEvent on)
{
        for (unsigned i = 0; i < ARRAY_SIZE(rules); i++) {
                if (rules[i].in == in && rules[i].on == on)
                        return &rules[i];
        }
        return NULL;
}

const char *link_ignored_because(LinkStage in, LinkEvent on)
{
        for (unsigned i = 0; i < ARRAY_SIZE(ignored); i++) {
                if (ignored[i].in == in && ignored[i].on == on)
                        return ignored[i].because;
        }
        return NULL;
}

const LinkRule *link_rule_at(unsigned at)
{
        return at < ARRAY_SIZE(rules) ? &rules[at] : NULL;
}
