/* fuzz.h: what every target stands on. A target is octets in, promises checked; with libFuzzer it
 * is run on octets that libFuzzer makes up, without it on its corpus (corpus-main.c).
 *
 * A promise that does not hold ends the program by abort, with a sentence. */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(holds)                                                                             \
        do {                                                                                       \
                if (!(holds)) {                                                                    \
                        (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,    \
                                      #holds);                                                     \
                        abort();                                                                   \
                }                                                                                  \
        } while (0)

/* The octets as a text of their own; ends at the first NUL for whoever reads it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);

        PROMISE(text);
        if (size > 0)
                memcpy(text, data, size);
        text[size] = '\0';
        return text;
}
