#include "proto/pods/pods.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define POD(name) extern const PodDriver pod_##name;
#include "proto/pods/pods.def"
#undef POD

const PodDriver *const pod_drivers[] = {
#define POD(name) &pod_##name,
#include "proto/pods/pods.def"
#undef POD
};
const size_t n_pod_drivers = ARRAY_SIZE(pod_drivers);

/* ---- ids ---- */

int uuid_parse(const char *text, char ret[static UUID_SIZE])
{
        static const char base[] = "0000xxxx-0000-1000-8000-00805f9b34fb";
        size_t length = strlen(text);

        if (length == 6 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
                text += 2;
                length = 4;
        }
        if (length != 4 && length != UUID_SIZE - 1)
                return -EINVAL;
        for (size_t i = 0; i < length; i++) {
                bool dash = length != 4 && (i == 8 || i == 13 || i == 18 || i == 23);

                if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
                        return -EINVAL;
        }
        if (length == 4)
                memcpy(ret, base, UUID_SIZE);
        for (size_t i = 0; i < length; i++)
                ret[length == 4 ? i + 4 : i] = (char)tolower((unsigned char)text[i]);
        ret[UUID_SIZE - 1] = '\0';
        return 0;
}

const PodDriver *pod_driver_by_service(const char *uuid)
{
        char wanted[UUID_SIZE];

        if (uuid_parse(uuid, wanted) < 0)
                return NULL;
        for (size_t i = 0; i < n_pod_drivers; i++) {
                if (strcmp(pod_drivers[i]->service_uuid, wanted) == 0)
                        return pod_drivers[i];
        }
        return NULL;
}

const PodDriver *pod_driver_by_name(const char *name)
{
        for (size_t i = 0; i < n_pod_drivers; i++) {
                if (strcmp(pod_drivers[i]->name, name) == 0)
                        return pod_drivers[i];
        }
        return NULL;
}

const PodCharacteristic *pod_characteristic(const char *uuid, const PodDriver **ret_driver)
{
        char wanted[UUID_SIZE];

        if (uuid_parse(uuid, wanted) < 0)
                return NULL;
        for (size_t i = 0; i < n_pod_drivers; i++) {
                for (size_t j = 0; j < pod_drivers[i]->n_characteristics; j++) {
                        if (strcmp(pod_drivers[i]->characteristics[j].uuid, wanted) != 0)
                                continue;
                        if (ret_driver)
                                *ret_driver = pod_drivers[i];
                        return &pod_drivers[i]->characteristics[j];
                }
        }
        return NULL;
}

/* ---- values ---- */

/* The next free place. The drivers' own tests show that none gives more than fit. */
static PodValue *next_value(PodValues *values, const char *name, PodValueType type)
{
        PodValue *value = &values->list[values->n < POD_VALUES_MAX ? values->n++ : values->n - 1];

        *value = (PodValue){.name = name, .type = type};
        return value;
}

void pod_add_integer(PodValues *values, const char *name, int64_t value)
{
        next_value(values, name, POD_INTEGER)->integer = value;
}

void pod_add_real(PodValues *values, const char *name, double value)
{
        next_value(values, name, POD_REAL)->real = value;
}

void pod_add_boolean(PodValues *values, const char *name, bool value)
{
        next_value(values, name, POD_BOOLEAN)->integer = value;
}

void pod_add_null(PodValues *values, const char *name)
{
        (void)next_value(values, name, POD_NULL);
}

void pod_add_text(PodValues *values, const char *name, const char *text)
{
        (void)snprintf(next_value(values, name, POD_TEXT)->text, POD_TEXT_MAX, "%s", text);
}

void pod_add_list(PodValues *values, const char *name, const int64_t *integers, size_t n)
{
        PodValue *value = next_value(values, name, POD_INTEGER_LIST);

        value->first_integer = values->n_integers;
        for (size_t i = 0; i < n && values->n_integers < POD_INTEGERS_MAX; i++) {
                values->integers[values->n_integers++] = integers[i];
                value->n_integers++;
        }
}

int pod_refuse(PodValues *values, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(values->error, sizeof(values->error), format, arguments);
        va_end(arguments);
        return -EBADMSG;
}
