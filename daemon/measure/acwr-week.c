#include "daemon/measure/acwr-week.h"

#include "daemon/measure/acwr.h"

#include <math.h>

#define DAYS_MAX 366

static const char critique[] =
        "A description, no advice: acute days are among the chronic ones, which alone makes a "
        "correlation (Lolli 2019); a fixed or random chronic load predicts as well (Impellizzeri "
        "2020); in 5205 runners a higher ratio went with fewer injuries (Frandsen 2025).";

static void explain(Week *week, const char *path, double value, const char *code)
{
        if (isnan(value))
                reasons_add(&week->reasons, path, code ? code : "unknown_days");
}

void acwr_week(const DayLoad *days, size_t n, Week *week)
{
        WeekAcwr *group = &week->acwr;
        double loads[DAYS_MAX] = {0};
        size_t used = 0, known = 0;
        Acwr ratio;

        for (size_t i = n > DAYS_MAX ? n - DAYS_MAX : 0; i < n; i++) {
                if (!days[i].is_over || days[i].state == DAY_BEFORE)
                        continue;
                loads[used] = day_distance_m(&days[i]);
                known += !isnan(loads[used++]);
        }
        ratio = acwr(loads, used);
        group->head.n = (int64_t)used;
        group->head.coverage = used > 0 ? (double)known / (double)used : 0;
        group->acute_m = ratio.acute_mean;
        group->chronic_m = ratio.chronic_coupled_mean;
        group->coupled = ratio.coupled;
        group->uncoupled = ratio.uncoupled;
        group->weighted = ratio.ewma;
        (void)text_copy(group->critique, sizeof(group->critique), critique); /* it fits: tested */
        reasons_add(&week->reasons, "load.acwr.error", "not_known");
        explain(week, "load.acwr.acute_m", group->acute_m, ratio.reason);
        explain(week, "load.acwr.chronic_m", group->chronic_m, ratio.reason);
        explain(week, "load.acwr.coupled", group->coupled, ratio.coupled_reason);
        explain(week, "load.acwr.uncoupled", group->uncoupled, ratio.uncoupled_reason);
        explain(week, "load.acwr.weighted", group->weighted, ratio.ewma_reason);
}
