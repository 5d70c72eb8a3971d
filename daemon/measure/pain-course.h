/* pain-course.h: the groups of a week's pain that look back over days and weeks
 * (proto/group-pain-week.h, group-pain-course.h). */
#pragma once

#include "daemon/measure/days.h"
#include "daemon/measure/week.h"

/* Whole weeks of days up to the week's Sunday: what is known of each, and its highest pain
 * (NULL_INTEGER: no entry). */
typedef struct PainCourse {
        const DayLoad *days;
        const int64_t *pain;
        size_t n_days;
        const MeasureParameters *parameters;
} PainCourse;

/* Mean of the seven days' values; NAN unless at least complete_days have an entry. *ret_n (may be
 * NULL): how many do. */
double pain_course_mean(const int64_t pain[static 7], int64_t complete_days, int64_t *ret_n);

void pain_days_week(const PainCourse *course, Week *week);
/* By n consecutive days up to the week's Sunday or today; as many as it needs (pain_clock_settles). */
void pain_clock_week(const int64_t *pain, size_t n, int32_t first_day, const PainClockParameters *parameters,
                     Week *week);
/* Both 0 or -ENOMEM. */
int pain_trend_week(const PainCourse *course, Week *week) MUST_CHECK;
int pain_load_week(const PainCourse *course, Week *week) MUST_CHECK;

/* The baseline week that the clinic fixed, "": none; its days' pain. */
typedef struct PainBaseline {
        char week[12];
        int64_t pain[7];
} PainBaseline;

void pain_change_week(const PainCourse *course, const PainBaseline *baseline, Week *week);
/* Answers of the week's newest questionnaire, NULL: there is none. */
void ostrc_week(const int64_t *answers, Week *week);
