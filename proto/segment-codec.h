/* segment-codec.h: bodies of the records in segment-records.h; only record.c needs it. */
#pragma once

#include "base/bytes.h"
#include "base/cleanup.h"
#include "proto/fields.h"
#include "proto/segment-records.h"

/* In the order of SegmentBody's members. */
enum { SEGMENT_KIND_FIRST = 16, SEGMENT_KIND_LAST = 20 };

/* What follows flags and tick. 0; 1: not one of these kinds. An overrun is the caller's to see. */
int segment_decode(int kind, uint8_t flags, ByteReader *r, SegmentBody *ret) MUST_CHECK;
/* The whole body. 0; -EINVAL: not one of these kinds; -ERANGE: a value does not fit, or one of those
 * that share a flag is null and another is not. */
int segment_encode(int kind, int64_t tick, const SegmentBody *body, ByteWriter *w) MUST_CHECK;
/* Offsets from the SegmentBody. NULL: not one of these kinds. */
const FieldTable *segment_fields(int kind);
