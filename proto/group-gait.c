#include "proto/group-gait.h"

#include "base/cleanup.h"

#define GAIT(type, member, path) FIELD(FIELD_##type, Gait, member, "gait." path)
#define SIDE(side)                                                                                 \
        GAIT(INTEGER, side.strides, #side ".strides"),                                             \
                GAIT(REAL, side.contact_ms, #side ".contact_ms"),                                  \
                GAIT(REAL, side.impact_median_g, #side ".impact_median_g"),                        \
                GAIT(REAL, side.impact_p95_g, #side ".impact_p95_g"),                              \
                GAIT(REAL, side.clipped_share, #side ".clipped_share")

static const Field list[] = {
        GROUP_HEAD(Gait, "gait"),
        GAIT(REAL, steady_s, "steady_s"),
        GAIT(REAL, contact_ms, "contact_ms"),
        GAIT(REAL, flight_ms, "flight_ms"),
        GAIT(REAL, duty_factor, "duty_factor"),
        GAIT(REAL, cadence_spm, "cadence_spm"),
        GAIT(REAL, stride_length_m, "stride_length_m"),
        GAIT(REAL, speed_mps, "speed_mps"),
        SIDE(left),
        SIDE(right),
        GAIT(REAL, contact_index_pct, "symmetry.contact_pct"),
        GAIT(REAL, impact_index_pct, "symmetry.impact_pct"),
        GAIT(REAL, stride_cv_pct, "stride_cv_pct"),
        GAIT(REAL, force_bw, "spring.force_bw"),
        GAIT(REAL, sinking_mm, "spring.sinking_mm"),
        GAIT(REAL, vertical_kn_m, "spring.vertical_kn_m"),
        GAIT(REAL, leg_kn_m, "spring.leg_kn_m"),
        GAIT(REAL, oscillation_mm, "spring.oscillation_mm"),
        GAIT(REAL, contact_drift_pct, "drift.contact_pct"),
        GAIT(REAL, contact_effect, "drift.contact_effect"),
        GAIT(REAL, cadence_drift_pct, "drift.cadence_pct"),
        GAIT(REAL, cadence_effect, "drift.cadence_effect"),
        GAIT(REAL, first_m_per_beat, "efficiency.first_m_per_beat"),
        GAIT(REAL, second_m_per_beat, "efficiency.second_m_per_beat"),
        GAIT(REAL, decoupling_pct, "efficiency.decoupling_pct"),
};

const FieldTable run_gait_fields = {.name = "run_gait", .fields = list, .n_fields = ARRAY_SIZE(list)};
const FieldTable week_gait_fields = {.name = "week_gait", .fields = list, .n_fields = ARRAY_SIZE(list)};
