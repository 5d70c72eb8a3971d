#include "daemon/measure/week-medians.h"

#include "daemon/measure/median.h"
#include "daemon/measure/rounding.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static const Group *group_named(const GroupTable *table, const char *path)
{
        for (size_t i = 0; i < table->n; i++) {
                if (strcmp(table->groups[i].path, path) == 0)
                        return &table->groups[i];
        }
        return NULL;
}

static void take_reason(const WeekInput *input, const char *path, Week *week)
{
        const char *code = NULL;

        for (size_t i = 0; i < input->n_runs; i++) {
                if (input->runs[i].in_week)
                        code = reasons_explain(&input->runs[i].run.reasons, path);
        }
        reasons_add(&week->reasons, path, code ? code : "not_measured");
}

static int put_field(const WeekInput *input, const Group *of_run, size_t at, double *values,
                     void *ret)
{
        const Field *field = &of_run->fields->fields[at];
        int64_t sum = NULL_INTEGER;
        size_t n = 0;

        for (size_t i = 0; i < input->n_runs; i++) {
                const void *group = group_of(of_run, &input->runs[i].run);

                if (!input->runs[i].in_week || group_is_absent(of_run, &input->runs[i].run) ||
                    field_is_null(field, group))
                        continue;
                if (field->type == FIELD_REAL)
                        values[n++] = *field_real(field, group);
                else
                        sum = (sum == NULL_INTEGER ? 0 : sum) + *field_integer(field, group);
        }
        if (field->type == FIELD_REAL)
                *field_real(field, ret) = rounded(median_of(values, n));
        else
                *field_integer(field, ret) = sum;
        return field_is_null(field, ret);
}

int week_medians(const char *path, const WeekInput *input, Week *week)
{
        const Group *of_run = group_named(&run_groups, path), *of_week = group_named(&week_groups, path);
        CLEANUP(freep) double *values = calloc(input->n_runs + 1, sizeof(*values));
        int64_t n_runs = 0, n = 0;
        void *group;

        assert(of_run && of_week && of_run->fields->n_fields == of_week->fields->n_fields);
        if (!values)
                return -ENOMEM;
        for (size_t i = 0; i < input->n_runs; i++) {
                n_runs += input->runs[i].in_week;
                n += input->runs[i].in_week && !group_is_absent(of_run, &input->runs[i].run);
        }
        if (n_runs == 0)
                reasons_add(&week->reasons, of_week->path, "no_runs");
        else if (n == 0)
                take_reason(input, of_week->path, week);
        if (n == 0)
                return 0;
        group = group_of(of_week, week);
        for (size_t f = 0; f < of_run->fields->n_fields; f++) {
                if (put_field(input, of_run, f, values, group))
                        take_reason(input, of_week->fields->fields[f].path, week);
        }
        ((GroupHead *)group)->n = n;
        return 0;
}
