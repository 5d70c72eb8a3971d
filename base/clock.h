/* clock.h: the only source of time and timers.
 *
 * A Clock has one file descriptor; the owner of the event loop polls it for input
 * and calls clock_dispatch. Everything else asks the clock for the time and arms
 * timers here, so that a test can let four weeks pass in a minute.
 *
 * Real clock: CLOCK_BOOTTIME for timers, CLOCK_REALTIME for UTC, and the kernel's
 * word (adjtimex, read only) on whether UTC is set, or else systemd-timesyncd's.
 * Test clock: follows a simulator over a SEQPACKET socket (see TEST CLOCK below).
 * Loop thread only. */
#pragma once

#include "base/cleanup.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct Clock Clock;
typedef struct Timer Timer;

/* How far UTC can be trusted. */
typedef enum ClockQuality {
        CLOCK_UNSET = 0,        /* never set since boot: record, do not publish */
        CLOCK_SET = 1,          /* set (by hand or an RTC), not synchronised */
        CLOCK_SYNCHRONISED = 2, /* NTP says so */
} ClockQuality;

const char *clock_quality_name(ClockQuality quality); /* "unset" "set" "synchronised" */

/* 0 or -errno. */
int clock_new(Clock **ret) MUST_CHECK;
/* Connects to a simulator's socket and waits for its first NOW (at most 10 s). */
int clock_new_test(const char *socket_path, Clock **ret) MUST_CHECK;
/* A clock that stands where it is put; for unit tests. */
int clock_new_manual(int64_t utc_ms, Clock **ret) MUST_CHECK;
void clock_manual_advance(Clock *clock, int64_t ms); /* runs the timers that fall due */
/* A step of UTC, as by hand or by NTP; no time passes. */
void clock_manual_set(Clock *clock, int64_t utc_ms, ClockQuality quality);
Clock *clock_free(Clock *clock);                     /* NULL is fine; timers must be gone */
DEFINE_CLEANUP(Clock *, clock_free);

/* Poll for input; a test clock wants the lowest priority in its loop, so that it
 * answers "idle" only when nothing else is pending. */
int clock_fd(const Clock *clock);
bool clock_is_test(const Clock *clock);
/* Runs due timers. 0, or -EPIPE when the simulator is gone. */
int clock_dispatch(Clock *clock) MUST_CHECK;

int64_t clock_utc_ms(const Clock *clock);      /* Unix time */
int64_t clock_boottime_ms(const Clock *clock); /* monotonic, counts suspend */
ClockQuality clock_quality(const Clock *clock);

typedef void (*TimerFunction)(void *userdata);

/* An unarmed timer. `clock` must outlive it. The name is for diagnosis, borrowed. */
int timer_new(Clock *clock, const char *name, TimerFunction function, void *userdata,
              Timer **ret) MUST_CHECK;
Timer *timer_free(Timer *timer); /* NULL is fine; never from inside its own function */
DEFINE_CLEANUP(Timer *, timer_free);
/* Fires once, `delay_ms` from now (0: at the next dispatch). Re-arming moves it. */
void timer_arm(Timer *timer, int64_t delay_ms);
void timer_disarm(Timer *timer);
bool timer_is_armed(const Timer *timer);

/* TEST CLOCK: messages are one struct each, host byte order, over SEQPACKET.
 * simulator → client: NOW. The client takes over the time, runs its due timers,
 * lets all other pending work of its loop finish (the clock has the lowest
 * priority) and answers IDLE with the boottime of its next timer. The simulator
 * advances only when all clients are idle, and at most to the earliest next. */
typedef struct TestClockNow {
        int64_t utc_ms;
        int64_t boottime_ms;
        uint32_t quality; /* ClockQuality */
        uint32_t round;   /* counts up; IDLE echoes it */
} TestClockNow;

typedef struct TestClockIdle {
        int64_t next_boottime_ms; /* INT64_MAX: no timer armed */
        uint32_t round;
        uint32_t timers_run; /* since the last IDLE: 0 twice in a row means quiet */
} TestClockIdle;
