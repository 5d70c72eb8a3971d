#include "sim.h"

#include <stdlib.h>

void sim_cancel(Sim *sim, SimFunction function, const SimPod *pod)
{
        SimTimers *timers = &sim->timers;

        for (size_t i = 0; i < timers->n;) {
                if (timers->timers[i].function == function && timers->timers[i].pod == pod)
                        timers->timers[i] = timers->timers[--timers->n];
                else
                        i++;
        }
}

void sim_at(Sim *sim, int64_t boottime_ms, SimFunction function, SimPod *pod, int64_t argument)
{
        SimTimers *timers = &sim->timers;

        for (size_t i = 0; i < timers->n; i++) {
                SimTimer *timer = &timers->timers[i];

                if (timer->function == function && timer->pod == pod && timer->argument == argument) {
                        timer->at_ms = boottime_ms;
                        return;
                }
        }
        if (timers->n == TIMERS_MAX) {
                (void)fprintf(stderr, "sim: more than %d timers\n", TIMERS_MAX);
                abort();
        }
        timers->timers[timers->n++] = (SimTimer){boottime_ms, function, pod, argument};
}

static const SimTimer *earliest(const SimTimers *timers)
{
        const SimTimer *found = NULL;

        for (size_t i = 0; i < timers->n; i++) {
                if (!found || timers->timers[i].at_ms < found->at_ms)
                        found = &timers->timers[i];
        }
        return found;
}

int64_t timers_next_ms(const Sim *sim)
{
        const SimTimer *timer = earliest(&sim->timers);

        return timer ? timer->at_ms : INT64_MAX;
}

bool timers_run_next(Sim *sim)
{
        SimTimers *timers = &sim->timers;
        const SimTimer *due = earliest(timers);
        SimTimer timer;

        if (!due || due->at_ms > sim_now_ms(sim))
                return false;
        timer = *due;
        timers->timers[due - timers->timers] = timers->timers[--timers->n];
        timer.function(sim, timer.pod, timer.argument);
        return true;
}
