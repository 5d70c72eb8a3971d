/* splitmix.h: SplitMix64, a small generator whose numbers are the same everywhere.
 *
 * For permutations that must be repeatable bit for bit, never for secrets. Steele, Lea, Flood
 * 2014, "Fast splittable pseudorandom number generators". */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct SplitMix {
        uint64_t state; /* the seed, at first */
} SplitMix;

uint64_t splitmix_next(SplitMix *generator);

/* Fisher-Yates from the end: i = n - 1 .. 1 changes places with next() % (i + 1). */
void splitmix_shuffle(SplitMix *generator, double *values, size_t n);
