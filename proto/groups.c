#include "proto/groups.h"

void groups_set_null(const GroupTable *table, void *record)
{
        for (size_t i = 0; i < table->n; i++)
                fields_set_null(table->groups[i].fields, group_of(&table->groups[i], record));
}

bool group_equal(const Group *group, const void *a, const void *b)
{
        if (group_is_absent(group, a) || group_is_absent(group, b))
                return group_is_absent(group, a) && group_is_absent(group, b);
        return fields_equal(group->fields, group_of(group, a), group_of(group, b));
}

bool groups_equal(const GroupTable *table, const void *a, const void *b)
{
        for (size_t i = 0; i < table->n; i++) {
                if (!group_equal(&table->groups[i], a, b))
                        return false;
        }
        return true;
}

void groups_finish(const GroupTable *table, void *record, Reasons *reasons)
{
        for (size_t i = 0; i < table->n; i++) {
                const Group *group = &table->groups[i];

                if (group_is_absent(group, record)) {
                        fields_set_null(group->fields, group_of(group, record));
                        reasons_add(reasons, group->path, "not_measured");
                } else {
                        ((GroupHead *)group_of(group, record))->method = group->method;
                }
        }
}

const Field *groups_find(const GroupTable *table, const char *path, const void *record,
                         const void **ret_record)
{
        for (size_t i = 0; i < table->n; i++) {
                const Field *field = fields_find(table->groups[i].fields, path);

                if (!field)
                        continue;
                *ret_record = group_of(&table->groups[i], record);
                return field;
        }
        return NULL;
}
