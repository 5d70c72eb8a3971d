/* values.h: what the tests of the drivers ask of a decoded packet. */
#pragma once

#include "proto/pods/pods.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A packet in memory of its own, so that the sanitizer watches its very end. */
static inline int describe(const char *uuid, const void *data, size_t size, PodValues *ret)
{
        const PodCharacteristic *characteristic = pod_characteristic(uuid, NULL);
        uint8_t *packet = malloc(size ? size : 1);
        int r;

        assert_non_null(characteristic);
        assert_non_null(packet);
        if (size > 0)
                memcpy(packet, data, size);
        memset(ret, 0, sizeof(*ret));
        r = characteristic->describe(packet, size, ret);
        free(packet);
        return r;
}

static inline int sample(const char *uuid, const void *data, size_t size, Record *ret)
{
        const PodCharacteristic *characteristic = pod_characteristic(uuid, NULL);
        uint8_t *packet = malloc(size ? size : 1);
        int r;

        assert_non_null(characteristic);
        assert_non_null(characteristic->sample);
        assert_non_null(packet);
        if (size > 0)
                memcpy(packet, data, size);
        memset(ret, 0xA5, sizeof(*ret)); /* what is not filled shows */
        r = characteristic->sample(packet, size, ret);
        free(packet);
        return r;
}

static inline const PodValue *find_value(const PodValues *values, const char *name)
{
        for (size_t i = 0; i < values->n; i++) {
                if (strcmp(values->list[i].name, name) == 0)
                        return &values->list[i];
        }
        return NULL;
}

static inline const PodValue *value_of(const PodValues *values, const char *name, PodValueType type)
{
        const PodValue *value = find_value(values, name);

        if (!value)
                fail_msg("no value '%s'", name);
        assert_int_equal(value->type, type);
        return value;
}

static inline int64_t integer_of(const PodValues *values, const char *name)
{
        return value_of(values, name, POD_INTEGER)->integer;
}

/* The bits that "reserved_flags" lists, as a mask: each once, and in order. */
static inline int64_t reserved_of(const PodValues *values)
{
        const PodValue *value = value_of(values, "reserved_flags", POD_INTEGER_LIST);
        int64_t mask = 0, last = -1;

        for (size_t i = 0; i < value->n_integers; i++) {
                int64_t bit = values->integers[value->first_integer + i];

                assert_true(bit > last);
                assert_true(bit < 32);
                mask |= (int64_t)1 << bit;
                last = bit;
        }
        return mask;
}

static inline double real_of(const PodValues *values, const char *name)
{
        return value_of(values, name, POD_REAL)->real;
}

static inline bool boolean_of(const PodValues *values, const char *name)
{
        return value_of(values, name, POD_BOOLEAN)->integer;
}

static inline const char *text_of(const PodValues *values, const char *name)
{
        return value_of(values, name, POD_TEXT)->text;
}

static inline bool is_null(const PodValues *values, const char *name)
{
        return value_of(values, name, POD_NULL) != NULL;
}

static inline void assert_refused(const char *uuid, const void *data, size_t size)
{
        PodValues values;

        assert_int_equal(describe(uuid, data, size, &values), -EBADMSG);
        assert_string_not_equal(values.error, "");
}
