/* link-rules.h: Private to ble. The transitions of a link, as data: link.c does them, a test walks
 * all pairs of state and event. A pair is a rule, or ignored for a reason that stands here. */
#pragma once

typedef enum LinkStage {
        LINK_ABSENT,
        LINK_WAITING, /* for its turn to connect */
        LINK_CONNECTING,
        LINK_RESOLVING,
        LINK_SYNCING,
        LINK_LIVE,
        LINK_BACKING_OFF,
        LINK_HELD, /* its bond is bad: a person is needed */
        LINK_STAGES,
} LinkStage;

typedef enum LinkEvent {
        ON_SEEN,
        ON_TURN,
        ON_CONNECTED,
        ON_RESOLVED,
        ON_SYNCED,
        ON_FAILED, /* link->last_error says why */
        ON_LOST,
        ON_RETRY_DUE,
        ON_RADIO_GONE,
        ON_BOND_BAD,
        ON_BOND_MENDED, /* paired anew */
        LINK_EVENTS,
} LinkEvent;

typedef enum LinkAct {
        DO_NOTHING,
        DO_WAIT_TURN,
        DO_CONNECT,
        DO_RESOLVE,
        DO_BEGIN_SESSION,
        DO_LIVE,
        DO_LOSE,       /* the link ended by itself */
        DO_DISCONNECT, /* it leads nowhere: we end it */
        DO_END,
        DO_HOLD,
        LINK_ACTS,
} LinkAct;

typedef struct LinkRule {
        LinkStage in;
        LinkEvent on;
        LinkStage becomes;
        LinkAct act;
} LinkRule;

/* NULL: ignored. */
const LinkRule *link_rule(LinkStage in, LinkEvent on);
/* Why there is no rule, a literal; NULL: nobody thought of it. */
const char *link_ignored_because(LinkStage in, LinkEvent on);
/* All of them; a pair stands in at most one. */
const LinkRule *link_rule_at(unsigned at); /* NULL at the end */
