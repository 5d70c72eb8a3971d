/* judge.h: is a directory what a power cut may leave of a story? */
#pragma once

#include "tests/faults/power-cut/story.h"
#include "tests/faults/power-cut/tape.h"

typedef struct Verdict {
        char wrong[400]; /* "": all holds */
        /* Of a second life: what it did and was told, to be cut again; NULL unless wanted. */
        Tape *tape;
        Story *story;
} Verdict;

/* Starts the daemon's functions on it as after a reboot, looks, and lets the work go on. `tape`:
 * note this, too; it changes the directory. */
void judge(const char *directory, const Story *story, size_t cut, uint64_t seed, bool tape,
           Verdict *ret);
void verdict_clear(Verdict *verdict);
