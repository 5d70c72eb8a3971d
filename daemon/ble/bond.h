/* bond.h: Private to ble. What is known of a pod's bond, from what was seen alone; no radio, no clock.
 *
 *                     what is seen                                    what helps
 *   both              encrypted data                                  nothing
 *   none              no key here; the link stays                     pair
 *   only we           a key here; links end as soon as they are made  pair (it drops ours first)
 *   only the pod      no key here; links end, or pairing is refused   make the pod forget, pair
 *   keys differ       as "only we", and then as "only the pod"        make the pod forget, pair
 *
 * bluetoothd says nothing that tells "only we" from "keys differ" before somebody pairs anew: its words for
 * the two vary by kernel (tests/vm/README.md). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* So many links that end at once are no accident of the radio. Each may kill a bluetoothd on a kernel with
 * the fault of Debian's 6.1.192. */
#define BOND_DROPS_WITH_KEY    3
#define BOND_DROPS_WITHOUT_KEY 2

typedef enum BondState {
        BOND_UNPROVEN, /* nothing was seen yet */
        BOND_BOTH,
        BOND_NONE,
        BOND_ONLY_WE,
        BOND_ONLY_POD,
        BOND_DIFFERS,
        BOND_STATES,
} BondState;

typedef enum BondEvidence {
        BOND_SAW_DATA,                /* over an encrypted link; or pairing went well */
        BOND_SAW_DROP_WITH_KEY,       /* the link ended at once, bluetoothd has a key of it */
        BOND_SAW_DROP_WITHOUT_KEY,
        BOND_SAW_LINK_WITHOUT_KEY,    /* it stays, but nothing can be read */
        BOND_SAW_PAIRING_REFUSED,
} BondEvidence;

typedef struct Bond {
        BondState state;
        uint32_t drops; /* in a row */
} Bond;

/* True: it fails until a person does something. */
bool bond_note(Bond *bond, BondEvidence evidence);
bool bond_is_bad(const Bond *bond);

const char *bond_state_name(BondState state); /* "both" "none" "only-we" "only-pod" "keys-differ" "unproven" */
const char *bond_sentence(BondState state);
/* Behind it the pairing command is said: true when the pod must forget first. */
bool bond_needs_reset(BondState state);
