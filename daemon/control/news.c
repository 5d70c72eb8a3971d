/* What is told unasked: changed properties, and new pods and runners. It is noted when it comes
 * and sent at the end of the loop's turn, so that ten changes in one turn are one signal. */
#include "daemon/control/state.h"

#include "daemon/ledger/roster.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-event.h>

/* An object that the bus was told of. */
typedef struct Announced {
        char *path;
        char *roster;      /* its properties that the roster holds, as one text */
        bool link_changed; /* and not yet told */
        bool is_here;      /* met by the last walk over the roster */
} Announced;

struct News {
        sd_event_source *turn;
        bool radio, clinic, roster; /* changed, and not yet told */
        Announced *list;
        size_t n;
};

static void note(Control *control)
{
        /* fails for a mistake of ours only: a source of our own loop */
        (void)sd_event_source_set_enabled(control->news->turn, SD_EVENT_ONESHOT);
}

void control_radio_changed(Control *control)
{
        control->news->radio = true;
        note(control);
}

void control_clinic_changed(Control *control)
{
        control->news->clinic = true;
        note(control);
}

void control_roster_changed(Control *control)
{
        control->news->roster = true;
        note(control);
}

static Announced *find(News *news, const char *path)
{
        for (size_t i = 0; i < news->n; i++) {
                if (strcmp(news->list[i].path, path) == 0)
                        return &news->list[i];
        }
        return NULL;
}

void control_pod_changed(Control *control, const char *address)
{
        CLEANUP(freep) char *path = objects_pod_path(address);
        Announced *pod = path ? find(control->news, path) : NULL;

        if (!pod)
                return; /* not announced yet: that will tell all of it */
        pod->link_changed = true;
        note(control);
}

/* ---- the roster ---- */

/* Takes `path` and `roster`. 1: the object is new; 0: known, *ret_changed says whether it is
 * other than it was; -ENOMEM. */
static int remember(News *news, char *path, char *roster, bool *ret_changed)
{
        CLEANUP(freep) char *own_path = path;
        CLEANUP(freep) char *own_roster = roster;
        Announced *known = path ? find(news, path) : NULL;

        if (!path || !roster)
                return -ENOMEM;
        if (known) {
                *ret_changed = strcmp(known->roster, roster) != 0;
                free(known->roster);
                known->roster = TAKE(own_roster);
                known->is_here = true;
                return 0;
        }
        known = reallocarray(news->list, news->n + 1, sizeof(*known));
        if (!known)
                return -ENOMEM;
        news->list = known;
        news->list[news->n++] = (Announced){.path = TAKE(own_path), .roster = TAKE(own_roster), .is_here = true};
        return 1;
}

static int remember_pod(News *news, const Pod *pod, bool *ret_changed)
{
        char *roster;

        if (asprintf(&roster, "%s\n%s\n%s\n%d", pod->name, pod->driver, pod->runner,
                     (int)pod->placement) < 0)
                return -ENOMEM;
        return remember(news, objects_pod_path(pod->address), roster, ret_changed);
}

static int remember_runner(News *news, const Runner *runner, bool *ret_changed)
{
        char *roster;

        if (asprintf(&roster, "%s\n%d", runner->zone, (int)runner->consent) < 0)
                return -ENOMEM;
        return remember(news, objects_runner_path(runner->id), roster, ret_changed);
}

/* Sending: nobody may be listening, no loss. */

static int tell_pod(const Pod *pod, void *userdata)
{
        Control *control = userdata;
        CLEANUP(freep) char *path = objects_pod_path(pod->address);
        bool changed = false;
        int r = remember_pod(control->news, pod, &changed);

        if (r < 0 || !path)
                return -ENOMEM;
        if (r == 1)
                (void)sd_bus_emit_object_added(control->bus, path); /* as above */
        else if (changed)
                (void)sd_bus_emit_properties_changed(control->bus, path, POD_INTERFACE, "Name", "Driver",
                                                     "Runner", "Placement", NULL); /* as above */
        return 0;
}

static int tell_runner(const Runner *runner, void *userdata)
{
        Control *control = userdata;
        CLEANUP(freep) char *path = objects_runner_path(runner->id);
        bool changed = false;
        int r = remember_runner(control->news, runner, &changed);

        if (r < 0 || !path)
                return -ENOMEM;
        if (r == 1)
                (void)sd_bus_emit_object_added(control->bus, path); /* as above */
        else if (changed)
                (void)sd_bus_emit_properties_changed(control->bus, path, RUNNER_INTERFACE, "Zone",
                                                     "Consent", NULL); /* as above */
        return 0;
}

/* Whatever the walk did not meet: a pod that was given back. */
static void tell_gone(Control *control)
{
        News *news = control->news;

        for (size_t i = news->n; i-- > 0;) {
                if (news->list[i].is_here)
                        continue;
                (void)sd_bus_emit_object_removed(control->bus, news->list[i].path); /* as above */
                free(news->list[i].path);
                free(news->list[i].roster);
                news->list[i] = news->list[--news->n];
        }
}

/* 0; -errno: the roster could not be read to its end; the rest is told another time. */
static int tell_roster(Control *control)
{
        int r;

        for (size_t i = 0; i < control->news->n; i++)
                control->news->list[i].is_here = false;
        r = runner_each(control->ledger, tell_runner, control);
        if (r >= 0)
                r = pod_each(control->ledger, tell_pod, control);
        if (r >= 0)
                tell_gone(control);
        return r;
}

/* ---- the end of a turn ---- */

static int on_turn(sd_event_source *source, void *userdata)
{
        Control *control = userdata;
        News *news = control->news;

        (void)source;
        if (news->radio)
                (void)sd_bus_emit_properties_changed(control->bus, MANAGER_PATH, MANAGER_INTERFACE,
                                                     "Radio", NULL); /* as above */
        if (news->clinic)
                (void)sd_bus_emit_properties_changed(control->bus, MANAGER_PATH, MANAGER_INTERFACE,
                                                     "ClinicConnected", NULL); /* as above */
        news->radio = news->clinic = false;
        if (news->roster && tell_roster(control) >= 0)
                news->roster = false; /* else with the next news */
        for (size_t i = 0; i < news->n; i++) {
                if (!news->list[i].link_changed)
                        continue;
                news->list[i].link_changed = false;
                (void)sd_bus_emit_properties_changed(control->bus, news->list[i].path, POD_INTERFACE,
                                                     "Link", "BatteryPercent", "LastHeard",
                                                     NULL); /* as above */
        }
        return 0;
}

/* ---- life ---- */

static int know_pod(const Pod *pod, void *userdata)
{
        bool changed;
        int r = remember_pod(userdata, pod, &changed);

        return r < 0 ? r : 0;
}

static int know_runner(const Runner *runner, void *userdata)
{
        bool changed;
        int r = remember_runner(userdata, runner, &changed);

        return r < 0 ? r : 0;
}

int news_start(Control *control)
{
        News *news = control->news = calloc(1, sizeof(*news));
        int r;

        if (!news)
                return -ENOMEM;
        r = sd_event_add_defer(sd_bus_get_event(control->bus), &news->turn, on_turn, control);
        if (r >= 0)
                r = sd_event_source_set_enabled(news->turn, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(news->turn, "signals of this turn");
        if (r >= 0)
                r = runner_each(control->ledger, know_runner, news);
        return r < 0 ? r : pod_each(control->ledger, know_pod, news);
}

void news_stop(Control *control)
{
        News *news = control->news;

        if (!news)
                return;
        (void)sd_event_source_disable_unref(news->turn);
        for (size_t i = 0; i < news->n; i++) {
                free(news->list[i].path);
                free(news->list[i].roster);
        }
        free(news->list);
        control->news = NULL;
        free(news);
}
