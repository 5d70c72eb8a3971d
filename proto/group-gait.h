/* group-gait.h: how the feet ran (metrics.md 3.1 to 3.4, 3.6, 3.7), of a run and of a week.
 *
 * Of a run: medians over its running strides, of each foot from the pod that saw most. Of a week:
 * the median of its runs, value by value, n their number. head.n of a run: strides; head.coverage:
 * share of them with a contact time, of a week the median; head.error: half of the 95 % interval of
 * the median contact time, 1.57 · IQR / √n, ms. Flight is that of a foot's own mirror, T/2 − tc: two
 * pods agree on time to tens of ms, a flight lasts no longer. The slope is not known and is taken as
 * level. */
#pragma once

#include "proto/groups.h"

typedef struct GaitSide {
        int64_t strides;
        double contact_ms;
        double impact_median_g;
        double impact_p95_g;
        double clipped_share; /* of impacts: above 0 the two before are lower bounds */
} GaitSide;

typedef struct Gait {
        GroupHead head;
        double steady_s; /* running strides whose time is within a tenth of the median */
        double contact_ms;
        double flight_ms; /* at or below 0: grounded */
        double duty_factor;
        double cadence_spm;
        double stride_length_m;
        double speed_mps;
        GaitSide left, right;
        double contact_index_pct; /* symmetry index, positive: right longer */
        double impact_index_pct;
        double stride_cv_pct;
        double force_bw; /* spring-mass model */
        double sinking_mm;
        double vertical_kn_m;
        double leg_kn_m;
        double oscillation_mm;
        double contact_drift_pct;
        double contact_effect; /* Cliff's δ */
        double cadence_drift_pct;
        double cadence_effect;
        double first_m_per_beat;
        double second_m_per_beat;
        double decoupling_pct;
} Gait;

extern const FieldTable run_gait_fields;  /* paths "gait.…" */
extern const FieldTable week_gait_fields; /* the same */
