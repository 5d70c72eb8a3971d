#include "daemon/measure/plan.h"

static const struct {
        const char *name;
        bool core;
} prongs[PRONG_COUNT] = {
        [PRONG_JOINT_MANIPULATION] = {"joint_manipulation", true},
        [PRONG_SOFT_TISSUE] = {"soft_tissue", true},
        [PRONG_EXERCISE] = {"exercise", true},
        [PRONG_NUTRITION] = {"nutrition", false},
};

static const char *const status_names[] = {
        [PRONG_UNKNOWN] = NULL,
        [PRONG_TOO_EARLY] = "too_early",
        [PRONG_NOT_PLANNED] = "not_planned",
        [PRONG_MISSING] = "missing",
        [PRONG_PARTIAL] = "partial",
        [PRONG_MET] = "met",
};

double plan_item_share(PlanItem item)
{
        if (!isfinite(item.done) || item.done < 0 || !isfinite(item.prescribed) ||
            item.prescribed <= 0)
                return NULL_REAL;
        return item.done / item.prescribed;
}

int64_t plan_session_counts(const PlanItem *items, size_t n, const PlanParameters *parameters)
{
        int64_t counts = NULL_INTEGER;

        for (size_t i = 0; i < n; i++) {
                if (!isfinite(items[i].prescribed) || items[i].prescribed <= 0)
                        continue;
                if (!(plan_item_share(items[i]) >= parameters->credit_share))
                        return 0;
                counts = 1;
        }
        return counts;
}

const char *prong_name(Prong prong)
{
        return prongs[prong].name;
}

bool prong_is_core(Prong prong)
{
        return prongs[prong].core;
}

const char *prong_status_name(ProngStatus status)
{
        return status_names[status];
}

static ProngStatus status_of(double adherence, const PlanParameters *parameters)
{
        if (adherence >= parameters->met_share)
                return PRONG_MET;
        return adherence >= parameters->partial_share ? PRONG_PARTIAL : PRONG_MISSING;
}

static ProngAdherence adherence_of(ProngPlan plan, double window_weeks, bool too_early,
                                   const PlanParameters *parameters)
{
        ProngAdherence one = {.expected = NULL_REAL,
                              .done = NULL_REAL,
                              .adherence = NULL_REAL,
                              .status = PRONG_UNKNOWN};

        if (isfinite(plan.done) && plan.done >= 0)
                one.done = plan.done;
        if (plan.per_week == 0) {
                one.expected = 0;
                one.status = PRONG_NOT_PLANNED;
                return one;
        }
        if (!isfinite(plan.per_week) || plan.per_week < 0 || !isfinite(window_weeks) ||
            window_weeks <= 0)
                return one;
        one.expected = plan.per_week * window_weeks;
        if (isnan(one.done))
                return one;
        one.adherence = fmin(1.0, one.done / one.expected);
        one.status = too_early ? PRONG_TOO_EARLY : status_of(one.adherence, parameters);
        return one;
}

/* Why a core prong leaves the whole without a verdict; NULL: it does not. */
static const char *verdict_fault(ProngStatus status)
{
        if (status == PRONG_TOO_EARLY)
                return "too_early";
        return status == PRONG_UNKNOWN ? "unknown" : NULL;
}

void plan_adherence(const ProngPlan plan[static PRONG_COUNT], double window_weeks,
                    int64_t since_start_days, const PlanParameters *parameters, PlanAdherence *ret)
{
        bool too_early = since_start_days != NULL_INTEGER &&
                         since_start_days < parameters->verdict_after_days;
        const char *fault = NULL;

        *ret = (PlanAdherence){0};
        for (Prong prong = 0; prong < PRONG_COUNT; prong++) {
                ProngAdherence one = adherence_of(plan[prong], window_weeks, too_early, parameters);

                ret->prongs[prong] = one;
                if (isnan(one.adherence))
                        reasons_add(&ret->reasons, prong_name(prong),
                                    one.status == PRONG_NOT_PLANNED ? "not_planned" : "unknown");
                if (!prong_is_core(prong))
                        continue;
                if (one.status == PRONG_MISSING)
                        ret->missing[ret->n_missing++] = prong;
                if (one.status == PRONG_NOT_PLANNED)
                        ret->not_planned[ret->n_not_planned++] = prong;
                fault = fault ? fault : verdict_fault(one.status);
        }
        if (fault)
                reasons_add(&ret->reasons, "complete", fault);
        ret->complete = fault ? NULL_INTEGER : ret->n_missing == 0 && ret->n_not_planned == 0;
}
