#include "daemon/measure/day-trials.h"

#include <math.h>

typedef struct Site {
        Placement placement;
        TrialSite site;
        bool sides[2]; /* left, right: what it may speak of */
} Site;

static const Site sites[] = {
        {PLACEMENT_LEFT_THIGH, TRIAL_THIGH, {true, false}},
        {PLACEMENT_RIGHT_THIGH, TRIAL_THIGH, {false, true}},
        {PLACEMENT_SACRUM, TRIAL_SACRUM, {true, true}},
        {PLACEMENT_THORACOLUMBAR, TRIAL_THORACOLUMBAR, {true, true}},
        {PLACEMENT_CHEST, TRIAL_CHEST, {true, true}},
};

static const char *const site_names[TRIAL_SITES] = {
        [TRIAL_THIGH] = "thigh",
        [TRIAL_SACRUM] = "sacrum",
        [TRIAL_THORACOLUMBAR] = "thoracolumbar",
        [TRIAL_CHEST] = "chest",
};

void day_trials_init(DayTrials *trials)
{
        trials->n = 0;
        for (TrialSite site = 0; site < TRIAL_SITES; site++) {
                for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++)
                        trials->deg[site][movement][0] = trials->deg[site][movement][1] = NULL_REAL;
        }
}

static const Site *site_of(Placement placement)
{
        for (size_t i = 0; i < ARRAY_SIZE(sites); i++) {
                if (sites[i].placement == placement)
                        return &sites[i];
        }
        return NULL;
}

void day_trials_add(DayTrials *trials, const Heard *heard)
{
        const MovementTrial *trial = &heard->record->movement;
        const Site *site = site_of(heard->placement);
        double deg;

        if (heard->record->kind != RECORD_MOVEMENT_TRIAL || !site || trial->movement < 1 ||
            trial->movement > MOVEMENT_COUNT || trial->pitch_max_deg10 == NULL_INTEGER ||
            trial->pitch_min_deg10 == NULL_INTEGER)
                return;
        deg = (double)(trial->pitch_max_deg10 - trial->pitch_min_deg10) / 10;
        for (int side = 0; side < 2; side++) {
                double *most = &trials->deg[site->site][trial->movement - 1][side];

                if (!site->sides[side] || (trial->side != SIDE_NONE && trial->side != SIDE_LEFT + side))
                        continue;
                *most = fmax(*most, deg); /* NAN is less than all */
                trials->n++;
        }
}

static TrialSite best_site(const DayTrials *trials, Movement movement)
{
        TrialSite site = 0;

        while (site < TRIAL_SITES && isnan(trials->deg[site][movement][0]) && isnan(trials->deg[site][movement][1]))
                site++;
        return site;
}

int day_trials_measure(const DayTrials *trials, SensedDay *ret)
{
        if (trials->n == 0)
                return 0;
        codes_none(ret->trial_sites);
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                TrialSite site = best_site(trials, movement);
                bool any = site < TRIAL_SITES;

                ret->trial_left_deg[movement] = any ? trials->deg[site][movement][0] : NULL_REAL;
                ret->trial_right_deg[movement] = any ? trials->deg[site][movement][1] : NULL_REAL;
                (void)codes_add(ret->trial_sites, sizeof(ret->trial_sites), any ? site_names[site] : "none"); /* all fit */
        }
        return 1;
}
