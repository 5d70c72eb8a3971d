#include "daemon/measure/splitmix.h"

uint64_t splitmix_next(SplitMix *generator)
{
        uint64_t z = generator->state += 0x9e3779b97f4a7c15;

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
}

void splitmix_shuffle(SplitMix *generator, double *values, size_t n)
{
        for (size_t i = n; i-- > 1;) {
                size_t j = (size_t)(splitmix_next(generator) % (i + 1));
                double value = values[i];

                values[i] = values[j];
                values[j] = value;
        }
}
