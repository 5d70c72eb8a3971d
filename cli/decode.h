/* decode.h: `stridectl decode`, one notification through the real drivers, no daemon needed. */
#pragma once

#include "base/cleanup.h"
#include <stdbool.h>

/* argv[0] is "decode". Returns the exit code: 0 decoded, 1 the octets are wrong, 2 usage,
 * 4 no driver knows the characteristic. */
int decode_verb(int argc, char **argv, bool json) MUST_CHECK;
