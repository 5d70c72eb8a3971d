#include "daemon/ble/drain.h"

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define LINK_MS     60000 /* in range, a pod has a link within this */
#define PROGRESS_MS 60000 /* without a new record */

struct Drain {
        Link *link; /* NULL: idle */
        bool reading;
        int64_t records; /* of this link, when the timer was armed */
        DrainDone done;
        void *userdata;
        Timer *timer;
};

static void finish(Drain *drain, int error, const char *why)
{
        DrainDone done = TAKE(drain->done);

        drain->link = NULL;
        timer_disarm(drain->timer);
        if (done)
                done(error, why, drain->userdata);
}

static int64_t records_of(const Link *link)
{
        LinkState state;

        link_state(link, &state);
        return state.records_this_link;
}

static void arm_progress(Drain *drain)
{
        drain->records = records_of(drain->link);
        timer_arm(drain->timer, PROGRESS_MS);
}

static void ask(Drain *drain)
{
        drain->reading = true;
        if (!link_read_all(drain->link))
                drain->reading = false;
        else if (drain->link) /* else it was answered at once */
                arm_progress(drain);
}

void drain_look(Drain *drain, const Link *link)
{
        if (!drain->link || drain->link != link || link_has_session(link) == drain->reading)
                return;
        if (!drain->reading) {
                ask(drain);
                return;
        }
        drain->reading = false; /* lost: the next link is asked again */
        timer_arm(drain->timer, LINK_MS);
}

void drain_read(Drain *drain, const Link *link, const char *stays)
{
        if (drain->link && drain->link == link)
                finish(drain, stays ? -ENODATA : 0, stays);
}

void drain_forget(Drain *drain, const Link *link)
{
        if (drain->link && drain->link == link)
                finish(drain, -ENOENT, "somebody else unpaired it meanwhile");
}

static void on_timer(void *userdata)
{
        Drain *drain = userdata;
        LinkState state;
        char why[256];

        if (drain->reading && records_of(drain->link) > drain->records) {
                arm_progress(drain);
                return;
        }
        link_state(drain->link, &state);
        if (drain->reading)
                (void)snprintf(why, sizeof(why), "no record came for %d s", PROGRESS_MS / 1000);
        else
                (void)snprintf(why, sizeof(why), "it has no link within %d s (%s%s%s)", LINK_MS / 1000, state.state,
                               state.last_error[0] ? ": " : "", state.last_error);
        finish(drain, -ETIMEDOUT, why);
}

int drain_start(Drain *drain, Link *link, DrainDone done, void *userdata)
{
        if (drain->link)
                return -EBUSY;
        drain->link = link;
        drain->done = done;
        drain->userdata = userdata;
        drain->reading = false;
        timer_arm(drain->timer, LINK_MS);
        drain_look(drain, link);
        return 0;
}

void drain_cancel(Drain *drain, const void *userdata)
{
        if (!drain->link || drain->userdata != userdata)
                return;
        drain->done = NULL;
        finish(drain, -ECANCELED, NULL);
}

int drain_new(Clock *clock, Drain **ret)
{
        CLEANUP(drain_freep) Drain *drain = calloc(1, sizeof(*drain));
        int r;

        if (!drain)
                return -ENOMEM;
        r = timer_new(clock, "drain", on_timer, drain, &drain->timer);
        if (r < 0)
                return r;
        *ret = TAKE(drain);
        return 0;
}

Drain *drain_free(Drain *drain)
{
        if (!drain)
                return NULL;
        timer_free(drain->timer);
        free(drain);
        return NULL;
}
