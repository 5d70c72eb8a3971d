#include "daemon/control/losses.h"

#include "daemon/ledger/lost.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_MS (182 * 86400000LL) /* weeks look back so far */

typedef struct Sum {
        const char *address;
        PodLosses losses;
} Sum;

static int add(const LostRange *range, void *userdata)
{
        Sum *sum = userdata;
        PodLosses *losses = &sum->losses;
        size_t used = strlen(losses->reasons);

        if (strcmp(range->address, sum->address) != 0)
                return 0;
        if (strcmp(range->reason, LOST_NO_TIME) == 0) {
                losses->untimed += range->records;
                return 0;
        }
        losses->lost += range->records;
        if (!strstr(losses->reasons, range->reason))
                (void)snprintf(losses->reasons + used, sizeof(losses->reasons) - used, "%s%s", used ? ", " : "",
                               range->reason);
        return 0;
}

int losses_of_pod(Ledger *ledger, const Pod *pod, int64_t now_utc_ms, PodLosses *ret)
{
        Sum sum = {.address = pod->address};
        int r = pod->runner[0] ? lost_each(ledger, pod->runner, now_utc_ms - SHOWN_MS, now_utc_ms, add, &sum) : 0;

        *ret = sum.losses;
        return r < 0 ? r : 0;
}
