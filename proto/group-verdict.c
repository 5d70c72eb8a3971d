#include "proto/group-verdict.h"

#include "base/cleanup.h"

#define VERDICT(type, member, path) FIELD(FIELD_##type, WeekVerdict, member, "verdict." path)

static const Field list[] = {
        GROUP_HEAD(WeekVerdict, "verdict"),
        VERDICT(TEXT, alert, "alert"),
        VERDICT(TEXT, since, "since"),
        VERDICT(TEXT, sentence, "sentence"),
        VERDICT(TEXT, language, "language"),
        VERDICT(CODES, phrases, "phrases"),
        VERDICT(CODES, standing, "standing"),
};

const FieldTable week_verdict_fields = {
        .name = "week_verdict", .fields = list, .n_fields = ARRAY_SIZE(list)};
