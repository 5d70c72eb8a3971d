/* segment-codec.h: bodies of the records in segment-records.h; only record.c needs it. */
#pragma once

#include "base/bytes.h"
#include "proto/record.h"

/* 0; 1: not one of these kinds. The tick has been read; an overrun is the caller's to see. */
int segment_decode(Record *record, uint8_t flags, ByteReader *r) MUST_CHECK;
/* 0; -EINVAL: not one of these kinds; -ERANGE: a value does not fit, or one of those that share a
 * flag is null and another is not. */
int segment_encode(const Record *record, ByteWriter *w) MUST_CHECK;
/* NULL: not one of these kinds. */
const FieldTable *segment_fields(int kind);
