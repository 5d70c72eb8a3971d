/* timers.h: what is to happen at a boottime, whoever makes the time pass.
 *
 * time.c jumps from one timer to the next, tests/vm/real-time.c waits for them. Nothing is run but by
 * timers_run_next, and no order is promised among timers of the same instant. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMERS_MAX 256 /* one more ends the program */

typedef struct Sim Sim;
typedef struct SimPod SimPod;

typedef void (*SimFunction)(Sim *sim, SimPod *pod, int64_t argument);

typedef struct SimTimer {
        int64_t at_ms;
        SimFunction function;
        SimPod *pod; /* NULL: of no pod */
        int64_t argument;
} SimTimer;

/* All zero: empty. */
typedef struct SimTimers {
        SimTimer timers[TIMERS_MAX];
        size_t n;
} SimTimers;

/* Runs once at that boottime; the same function for the same pod and argument only once. */
void sim_at(Sim *sim, int64_t boottime_ms, SimFunction function, SimPod *pod, int64_t argument);
void sim_cancel(Sim *sim, SimFunction function, const SimPod *pod); /* whatever the argument */

int64_t timers_next_ms(const Sim *sim); /* boottime of the earliest; INT64_MAX: there is none */
/* Runs the earliest if its time has come, which may add and cancel others. True: it ran. */
bool timers_run_next(Sim *sim);
