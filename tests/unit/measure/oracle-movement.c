#include "oracle.h"

#include "daemon/measure/movement.h"

static int64_t score_of(const cJSON *item)
{
        /* a fraction is no score: hand on something that is refused */
        if (cJSON_IsNumber(item))
                return item->valuedouble == (double)(int64_t)item->valuedouble ? (int64_t)item->valuedouble : -1;
        return NULL_INTEGER;
}

static MovementAssessment read_assessment(const cJSON *in)
{
        const cJSON *scores = oracle_at(in, "scores"), *clearing = oracle_at(in, "clearing");
        const cJSON *shoulder = oracle_at(clearing, "shoulder");
        MovementAssessment assessment = {
                .shoulder_pain = {cJSON_IsTrue(shoulder) || cJSON_IsTrue(cJSON_GetArrayItem(shoulder, 0)),
                                  cJSON_IsTrue(cJSON_GetArrayItem(shoulder, 1))},
                .extension_pain = oracle_is_true(clearing, "extension"),
                .flexion_pain = oracle_is_true(clearing, "flexion"),
        };

        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                const cJSON *item = oracle_at(scores, movement_name(movement));

                for (int side = 0; side < 2; side++)
                        assessment.scores[movement][side] =
                                score_of(cJSON_IsArray(item) ? cJSON_GetArrayItem(item, side) : item);
        }
        return assessment;
}

static void put_names(cJSON *out, const char *key, const bool chosen[static MOVEMENT_COUNT])
{
        cJSON *list = cJSON_AddArrayToObject(out, key);

        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                if (chosen[movement])
                        cJSON_AddItemToArray(list, cJSON_CreateString(movement_name(movement)));
        }
}

static cJSON *run_assessment(const cJSON *in)
{
        MovementAssessment assessment = read_assessment(in);
        cJSON *out = cJSON_CreateObject(), *final = cJSON_AddObjectToObject(out, "final");
        MovementResult result;

        movement_score(&assessment, &result);
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++)
                oracle_put_integer(final, movement_name(movement), result.final[movement]);
        oracle_put_integer(out, "composite", result.composite);
        put_names(out, "asymmetries", result.asymmetric);
        put_names(out, "pain_items", result.painful);
        put_names(out, "clearing_overrides", result.overridden);
        if (result.at_most_14 == NULL_INTEGER)
                cJSON_AddNullToObject(out, "le14");
        else
                cJSON_AddBoolToObject(out, "le14", result.at_most_14 == 1);
        return out;
}

const OracleFunction oracle_movement[] = {
        {"fms", run_assessment},
        {0},
};
