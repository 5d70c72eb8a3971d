#include "daemon/ble/bond.h"

static const struct {
        const char *name;
        const char *sentence;
        bool is_bad, needs_reset;
} states[BOND_STATES] = {
        [BOND_UNPROVEN] = {"unproven", "nothing was seen of its bond since strided started", false, false},
        [BOND_BOTH] = {"both", "its bond is good: it sends encrypted data", false, false},
        [BOND_NONE] = {"none", "neither the gateway nor, as it seems, the pod has a bond any more", true, false},
        [BOND_ONLY_WE] = {"only-we", "the pod does not accept the gateway's bond: it lost its own, or has another", true,
                          false},
        [BOND_ONLY_POD] = {"only-pod", "the gateway has no bond with it any more, and the pod keeps its own", true, true},
        [BOND_DIFFERS] = {"keys-differ", "the pod has another bond than the gateway's and does not give it up", true,
                          true},
};

static bool become(Bond *bond, BondState state)
{
        bond->state = state;
        return states[state].is_bad;
}

/* The pod has a key and we have none; if ours was dropped just now because it did not fit, that is why. */
static BondState only_the_pod(const Bond *bond)
{
        return bond->state == BOND_ONLY_WE || bond->state == BOND_DIFFERS ? BOND_DIFFERS : BOND_ONLY_POD;
}

bool bond_note(Bond *bond, BondEvidence evidence)
{
        switch (evidence) {
        case BOND_SAW_DATA:
                bond->drops = 0;
                return become(bond, BOND_BOTH);
        case BOND_SAW_LINK_WITHOUT_KEY:
                bond->drops = 0;
                return become(bond, BOND_NONE);
        case BOND_SAW_DROP_WITH_KEY:
                if (++bond->drops < BOND_DROPS_WITH_KEY)
                        return false;
                return become(bond, bond->state == BOND_DIFFERS ? BOND_DIFFERS : BOND_ONLY_WE);
        case BOND_SAW_DROP_WITHOUT_KEY:
                if (++bond->drops < BOND_DROPS_WITHOUT_KEY)
                        return false;
                return become(bond, only_the_pod(bond));
        case BOND_SAW_PAIRING_REFUSED:
                return become(bond, only_the_pod(bond));
        }
        return false;
}

bool bond_is_bad(const Bond *bond)
{
        return states[bond->state].is_bad;
}

const char *bond_state_name(BondState state)
{
        return states[state].name;
}

const char *bond_sentence(BondState state)
{
        return states[state].sentence;
}

bool bond_needs_reset(BondState state)
{
        return states[state].needs_reset;
}
