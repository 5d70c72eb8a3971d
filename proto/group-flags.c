#include "proto/group-flags.h"

#include "base/cleanup.h"

#define FLAG(type, member, path) FIELD(FIELD_##type, WeekFlags, member, "flags." path)
#define RULE(i, id)                                                                                \
        FLAG(TEXT, rules[i].state, id ".state"), FLAG(TEXT, rules[i].since, id ".since"),          \
                FLAG(TEXT, rules[i].measure, id ".measure"),                                       \
                FLAG(REAL, rules[i].value, id ".value"),                                           \
                FLAG(REAL, rules[i].reference, id ".reference"),                                   \
                FLAG(REAL, rules[i].limit, id ".limit"), FLAG(TEXT, rules[i].against, id ".against")

static const Field list[] = {
        GROUP_HEAD(WeekFlags, "flags"),
        FLAG(CODES, raised, "raised"),
        RULE(0, "lumbar_hyperextension"),
        RULE(1, "pelvic_drop_high"),
        RULE(2, "reduced_hip_extension"),
        RULE(3, "asymmetry"),
};

const FieldTable week_flags_fields = {
        .name = "week_flags", .fields = list, .n_fields = ARRAY_SIZE(list)};
