/* driver.h: what a pod protocol has to provide. Apart from the table (pods.h), so
 * that a driver never knows its neighbours.
 *
 * A decoder is pure: octets and the pod's stored context in, records out. No heap,
 * no clock, no I/O. */
#pragma once

#include "base/cleanup.h"
#include "proto/record.h"

/* What a decoder may need from earlier packets or from reads; kept per pod. */
typedef struct PodContext {
        uint32_t epoch; /* running epoch of the pod (Stride Service) */
} PodContext;

/* Everything a characteristic can say, for people (`stridectl decode`) and for
 * the ledger. Values in document order; a list has several values of one name. */
typedef enum PodValueType {
        POD_INTEGER,
        POD_REAL,
        POD_BOOLEAN,
        POD_NULL,
        POD_TEXT,
        POD_INTEGER_LIST,
} PodValueType;

#define POD_VALUES_MAX   40
#define POD_TEXT_MAX     120
#define POD_INTEGERS_MAX 288 /* in all lists of one packet: an attribute has at most 512 octets, and
                              * its flags 32 bits */

typedef struct PodValue {
        const char *name; /* "speed_mps"; a literal */
        PodValueType type;
        int64_t integer; /* INTEGER, BOOLEAN */
        double real;
        char text[POD_TEXT_MAX];
        size_t first_integer; /* LIST: in PodValues.integers */
        size_t n_integers;
} PodValue;

typedef struct PodValues {
        PodValue list[POD_VALUES_MAX];
        size_t n;
        int64_t integers[POD_INTEGERS_MAX]; /* of the lists, one behind the other */
        size_t n_integers;
        char error[POD_TEXT_MAX]; /* "" or what is wrong with the octets */
} PodValues;

void pod_add_integer(PodValues *values, const char *name, int64_t value);
void pod_add_real(PodValues *values, const char *name, double value);
void pod_add_boolean(PodValues *values, const char *name, bool value);
void pod_add_null(PodValues *values, const char *name);
void pod_add_text(PodValues *values, const char *name, const char *text);
void pod_add_list(PodValues *values, const char *name, const int64_t *integers, size_t n);
/* Sets the error sentence; returns -EBADMSG for `return pod_refuse(…)`. */
int pod_refuse(PodValues *values, const char *format, ...) PRINTF_LIKE(2, 3);

typedef enum PodAccess { POD_READ, POD_NOTIFY, POD_INDICATE } PodAccess;

typedef struct PodCharacteristic {
        const char *uuid; /* 128-bit, lower case */
        PodAccess access; /* how the gateway gets it */
        /* Octets → named values. 0; -EBADMSG with values->error set: the packet is
         * kept raw by the caller. Surplus octets are an error (not of the Stride Service,
         * where a later minor version may append some), reserved flag bits that are
         * set are listed by their numbers, from 0, as "reserved_flags". */
        int (*describe)(const void *data, size_t size, PodValues *ret) MUST_CHECK;
        /* Octets → a sample record (kind, sample; not epoch, seq, tick). 1: filled;
         * 0: nothing to keep; -EBADMSG as above. NULL: gives no samples. */
        int (*sample)(const void *data, size_t size, Record *ret) MUST_CHECK;
} PodCharacteristic;

typedef struct PodDriver {
        const char *name;         /* "rsc" */
        const char *title;        /* "Running Speed and Cadence" */
        const char *service_uuid; /* by which it is recognised, 128-bit, lower case */
        bool has_memory;          /* numbers its own records (Stride Service) */
        bool needs_bond;          /* heard only when bonded */
        bool is_beside_others;    /* worn where another pod is, and measures what that one does not */
        const PodCharacteristic *characteristics;
        size_t n_characteristics;
} PodDriver;
