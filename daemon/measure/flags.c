#include "daemon/measure/flags.h"

#include "daemon/measure/median.h"

enum { BASELINE_MAX = 128 };

/* ---- one session ---- */

/* The measure stands `margin` above (below, with a negative one) its reference. */
static FlagState compare(const FlagSession *session, FlagMeasure measure, double reference,
                         double margin, const char *against, FlagEvidence *ret)
{
        double value = session->values[measure], limit = reference + margin;

        if (!isfinite(value) || !isfinite(limit))
                return FLAG_CANNOT_TELL;
        if (margin < 0 ? value >= limit : value <= limit)
                return FLAG_CLEAR;
        *ret = (FlagEvidence){measure, value, reference, limit, against};
        return FLAG_RAISED;
}

/* Raised if either is; clear only when both are. */
static FlagState either(FlagState a, FlagState b)
{
        if (a == FLAG_RAISED || b == FLAG_RAISED)
                return FLAG_RAISED;
        return a == FLAG_CLEAR && b == FLAG_CLEAR ? FLAG_CLEAR : FLAG_CANNOT_TELL;
}

/* Raised only when both are; clear if either is. */
static FlagState both(FlagState a, FlagState b)
{
        if (a == FLAG_CLEAR || b == FLAG_CLEAR)
                return FLAG_CLEAR;
        return a == FLAG_RAISED && b == FLAG_RAISED ? FLAG_RAISED : FLAG_CANNOT_TELL;
}

static double passed_by(const FlagEvidence *evidence)
{
        return fabs(evidence->value - evidence->limit);
}

/* When both sides are raised the one that passed its limit further is the evidence, so that sides
 * exchanged exchange it, too; when both passed equally, the left. */
static FlagState either_side(FlagState left, const FlagEvidence *of_left, FlagState right,
                             const FlagEvidence *of_right, FlagEvidence *ret)
{
        bool is_right = right == FLAG_RAISED &&
                        (left != FLAG_RAISED || passed_by(of_right) > passed_by(of_left));

        *ret = is_right ? *of_right : *of_left;
        return either(left, right);
}

static FlagState lumbar(const FlagSession *session,
                        const double baseline[static FLAG_MEASURE_COUNT],
                        const FlagParameters *parameters, FlagEvidence *ret)
{
        FlagState usual = compare(session, FLAG_LUMBAR_MEAN_DEG, baseline[FLAG_LUMBAR_MEAN_DEG],
                                  parameters->lumbar_deg, "own four weeks", ret);

        /* asked last: when both hold, standing is the better evidence */
        return either(usual, compare(session, FLAG_LUMBAR_MEAN_DEG, 0, parameters->lumbar_deg,
                                     "own standing", ret));
}

static FlagState drop_of_side(const FlagSession *session, FlagMeasure side, FlagMeasure other,
                              const double baseline[static FLAG_MEASURE_COUNT],
                              const FlagParameters *parameters, FlagEvidence *ret)
{
        FlagState apart = compare(session, side, session->values[other], parameters->drop_sides_deg,
                                  "other side", ret);

        /* a pod on the pelvis sees both sides: without the other there is just no difference */
        if (!isfinite(session->values[other]))
                apart = FLAG_CLEAR;
        if (!isfinite(session->values[side]))
                return FLAG_CLEAR;
        return either(apart, compare(session, side, baseline[side], parameters->drop_deg,
                                     "own four weeks", ret));
}

static FlagState drop(const FlagSession *session, const double baseline[static FLAG_MEASURE_COUNT],
                      const FlagParameters *parameters, FlagEvidence *ret)
{
        FlagEvidence of_left = {0}, of_right = {0};
        FlagState left = drop_of_side(session, FLAG_DROP_LEFT_DEG, FLAG_DROP_RIGHT_DEG, baseline,
                                      parameters, &of_left);
        FlagState right = drop_of_side(session, FLAG_DROP_RIGHT_DEG, FLAG_DROP_LEFT_DEG, baseline,
                                       parameters, &of_right);

        return either_side(left, &of_left, right, &of_right, ret);
}

static FlagState extension_of_side(const FlagSession *session, FlagMeasure side,
                                   const double baseline[static FLAG_MEASURE_COUNT],
                                   const FlagParameters *parameters, FlagEvidence *ret)
{
        if (!isfinite(session->values[side]))
                return FLAG_CLEAR; /* this thigh has no pod; the other's decides */
        return compare(session, side, baseline[side], -parameters->extension_deg, "own four weeks",
                       ret);
}

static FlagState hip_extension(const FlagSession *session,
                               const double baseline[static FLAG_MEASURE_COUNT],
                               const FlagParameters *parameters, FlagEvidence *ret)
{
        FlagEvidence of_tilt, of_left = {0}, of_right = {0};
        FlagState tilt = compare(session, FLAG_TILT_MEAN_DEG, baseline[FLAG_TILT_MEAN_DEG],
                                 parameters->tilt_deg, "own four weeks", &of_tilt);
        FlagState left = extension_of_side(session, FLAG_HIP_EXTENSION_LEFT_DEG, baseline,
                                           parameters, &of_left);
        FlagState right = extension_of_side(session, FLAG_HIP_EXTENSION_RIGHT_DEG, baseline,
                                            parameters, &of_right);

        return both(tilt, either_side(left, &of_left, right, &of_right, ret));
}

static FlagState index_of(const FlagSession *session, FlagMeasure measure, double width,
                          const double baseline[static FLAG_MEASURE_COUNT],
                          const FlagParameters *parameters, FlagEvidence *ret)
{
        double value = session->values[measure], usual = baseline[measure];

        if (!isfinite(value) || fabs(value) <= width)
                return FLAG_CLEAR;
        if (isnan(usual))
                return FLAG_CANNOT_TELL;
        if (fabs(value - usual) <= parameters->index_points)
                return FLAG_CLEAR;
        *ret = (FlagEvidence){measure, value, usual, copysign(width, value), "own four weeks"};
        return FLAG_RAISED;
}

static FlagState asymmetry(const FlagSession *session,
                           const double baseline[static FLAG_MEASURE_COUNT],
                           const FlagParameters *parameters, FlagEvidence *ret)
{
        FlagState peaks = index_of(session, FLAG_PEAK_INDEX_PCT, parameters->peak_index_pct,
                                   baseline, parameters, ret);

        /* asked last: when both differ, contact time is the better evidence */
        return either(peaks, index_of(session, FLAG_CONTACT_INDEX_PCT, parameters->contact_index_pct,
                                      baseline, parameters, ret));
}

#define BIT(measure) (1u << (measure))

const FlagRule flag_rules[FLAG_RULES] = {
        {
                .id = "lumbar_hyperextension",
                .words = "the low back runs more arched than this runner stands, or than "
                         "this runner usually runs",
                .source = "own rule; 5 degrees is the error of lumbar angles from accelerometers "
                          "(Evans 2024, PMC11219489); running lordosis normally lies below "
                          "standing (Levine 2007, PMC1896074)",
                .in_a_row = offsetof(FlagParameters, sessions_in_a_row),
                .needs_standing = true,
                .all_of = BIT(FLAG_LUMBAR_MEAN_DEG),
                .evaluate = lumbar,
        },
        {
                .id = "pelvic_drop_high",
                .words = "the pelvis sinks further in stance than this runner's usual, or "
                         "further on one side",
                .source = "own rule; in injured runners (knee, shin, Achilles, not back) one "
                          "degree more went with 80 % higher odds (Bramah 2018, "
                          "doi 10.1177/0363546518793657)",
                .in_a_row = offsetof(FlagParameters, sessions_in_a_row),
                .needs_standing = true,
                .any_of = BIT(FLAG_DROP_LEFT_DEG) | BIT(FLAG_DROP_RIGHT_DEG),
                .evaluate = drop,
        },
        {
                .id = "reduced_hip_extension",
                .words = "the hip extends less than this runner's usual while the pelvis "
                         "tilts further forward",
                .source = "own rule; more anterior tilt goes with reduced peak hip extension "
                          "(doi 10.1016/j.gaitpost.2008.11.011; Schache 2000, BJSM 34:279; "
                          "a study of 9 found otherwise)",
                .in_a_row = offsetof(FlagParameters, sessions_in_a_row),
                .needs_standing = true,
                .all_of = BIT(FLAG_TILT_MEAN_DEG),
                .any_of = BIT(FLAG_HIP_EXTENSION_LEFT_DEG) | BIT(FLAG_HIP_EXTENSION_RIGHT_DEG),
                .evaluate = hip_extension,
        },
        {
                .id = "asymmetry",
                .words = "contact time or impact differs between left and right, and more "
                         "than is usual for this runner",
                .source = "own rule; healthy runners differ too (PubMed 37187155), 15 % is used "
                          "by some as an indicator (ISBS 2018, paper 141)",
                .in_a_row = offsetof(FlagParameters, asymmetry_in_a_row),
                .needs_standing = false,
                .any_of = BIT(FLAG_CONTACT_INDEX_PCT) | BIT(FLAG_PEAK_INDEX_PCT),
                .evaluate = asymmetry,
        },
};

/* ---- sessions in a row ---- */

size_t flag_sessions_in_a_row(const FlagRule *rule, const FlagParameters *parameters)
{
        return *(const size_t *)((const char *)parameters + rule->in_a_row);
}

static bool is_steady(const FlagSession *session, const FlagParameters *parameters)
{
        return session->steady_s >= parameters->steady_min_s &&
               !(fabs(session->grade_pct) > parameters->grade_max_pct);
}

static bool has_values(const FlagRule *rule, const FlagSession *session)
{
        unsigned present = 0;

        for (size_t m = 0; m < FLAG_MEASURE_COUNT; m++)
                present |= isfinite(session->values[m]) ? BIT(m) : 0;
        return (present & rule->all_of) == rule->all_of &&
               (rule->any_of == 0 || (present & rule->any_of));
}

static bool counts(const FlagRule *rule, const FlagSession *session,
                   const FlagParameters *parameters)
{
        return is_steady(session, parameters) && has_values(rule, session) &&
               (session->calibrated || !rule->needs_standing);
}

/* The newest sessions that count, newest first; how many, at most sessions_in_a_row. */
static size_t find_row(const FlagRule *rule, const FlagSession *sessions, size_t n,
                       const FlagParameters *parameters, size_t row[static FLAG_ROW_MAX])
{
        size_t found = 0;

        for (size_t i = n; i-- > 0 && found < flag_sessions_in_a_row(rule, parameters) && found < FLAG_ROW_MAX;) {
                if ((int64_t)sessions[n - 1].day - sessions[i].day > parameters->baseline_days)
                        break;
                if (counts(rule, &sessions[i], parameters))
                        row[found++] = i;
        }
        return found;
}

/* Medians of what counts in the days before sessions[first], which is not among them: a row
 * must not become its own usual. */
static void find_baseline(const FlagRule *rule, const FlagSession *sessions, size_t first,
                          const FlagParameters *parameters, double ret[static FLAG_MEASURE_COUNT])
{
        for (size_t m = 0; m < FLAG_MEASURE_COUNT; m++) {
                double values[BASELINE_MAX];
                size_t n_values = 0;

                for (size_t i = first; i-- > 0 && n_values < BASELINE_MAX;) {
                        if ((int64_t)sessions[first].day - sessions[i].day >
                            parameters->baseline_days)
                                break;
                        if (counts(rule, &sessions[i], parameters) &&
                            isfinite(sessions[i].values[m]))
                                values[n_values++] = sessions[i].values[m];
                }
                ret[m] = n_values > 0 && n_values >= parameters->baseline_sessions
                                 ? median_of(values, n_values)
                                 : NULL_REAL;
        }
}

/* Why no session counts. Values are not asked for: without standing there is no lumbar angle, no
 * tilt and no hip extension to begin with. */
static const char *nothing_reason(const FlagRule *rule, const FlagSession *sessions, size_t n,
                                  const FlagParameters *parameters)
{
        for (size_t i = 0; i < n; i++) {
                if (rule->needs_standing && sessions[i].sacrum && !sessions[i].calibrated &&
                    is_steady(&sessions[i], parameters))
                        return "no_standing";
        }
        return "no_sessions";
}

Flag flag_evaluate(const FlagRule *rule, const FlagSession *sessions, size_t n,
                   const FlagParameters *parameters)
{
        double baseline[FLAG_MEASURE_COUNT];
        size_t row[FLAG_ROW_MAX], n_row = find_row(rule, sessions, n, parameters, row);
        Flag flag = {.state = FLAG_CANNOT_TELL, .reason = "too_few_sessions"};
        FlagState whole = FLAG_RAISED;

        if (n_row == 0)
                flag.reason = nothing_reason(rule, sessions, n, parameters);
        if (n_row < flag_sessions_in_a_row(rule, parameters))
                return flag;
        find_baseline(rule, sessions, row[n_row - 1], parameters, baseline);
        for (size_t i = n_row; i-- > 0;) { /* oldest first: the newest leaves its evidence */
                flag.evidence = (FlagEvidence){0};
                whole = both(whole, rule->evaluate(&sessions[row[i]], baseline, parameters,
                                                   &flag.evidence));
        }
        flag.state = whole;
        flag.reason = whole == FLAG_CANNOT_TELL ? "no_baseline" : NULL;
        if (whole != FLAG_RAISED) {
                flag.evidence = (FlagEvidence){0};
                return flag;
        }
        flag.since = sessions[row[n_row - 1]].day;
        return flag;
}
