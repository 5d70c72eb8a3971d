#include "daemon/open-ledger.h"

#include "base/log.h"
#include "daemon/ledger/condition.h"
#include "daemon/ledger/ledger-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

void ledger_path_of(const Config *config, char ret[static LEDGER_PATH_MAX])
{
        _Static_assert(sizeof(config->state_directory) + sizeof("/ledger.db") <= LEDGER_PATH_MAX, "fits");
        (void)snprintf(ret, LEDGER_PATH_MAX, "%s/ledger.db", config->state_directory);
}

/* A large one takes its time: no failed start. */
static void on_progress(void *userdata)
{
        (void)userdata;
        (void)sd_notify(false, "EXTEND_TIMEOUT_USEC=60000000\nSTATUS=Looking through the ledger");
}

/* Closes it again when it is damaged. */
static int look_through(const char *path, Ledger **ledger, char *message, size_t size)
{
        int r = ledger_file_check(path, on_progress, NULL, message, size);

        if (r == -EUCLEAN) {
                *ledger = ledger_close(*ledger);
                return r;
        }
        if (r < 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                          "the ledger could not be looked through: %s; it is tried again within the week", message);
        else
                r = ledger_note_checked(*ledger);
        return 0; /* what cannot be noted is done again */
}

static int open_or_rebuild(const char *path, Clock *clock, Suspicion suspicion, Ledger **ret, char *message,
                           size_t size)
{
        CLEANUP(ledger_closep) Ledger *ledger = NULL;
        int r = suspicion == SUSPECT_DAMAGE ? -EUCLEAN : ledger_open(path, clock, &ledger, message, size);

        if (r >= 0)
                r = look_through(path, &ledger, message, size);
        if (r == -EUCLEAN && ledger_file_was_ours(path)) {
                r = ledger_file_rebuild(path, clock, on_progress, NULL, message, size);
                if (r >= 0)
                        r = ledger_open(path, clock, &ledger, message, size);
        }
        if (r >= 0)
                *ret = TAKE(ledger);
        return r;
}

int open_ledger(const Config *config, Clock *clock, Suspicion suspicion, Ledger **ret, char *ret_message,
                size_t size)
{
        char path[LEDGER_PATH_MAX];
        int r;

        ledger_path_of(config, path);
        if (mkdir(config->state_directory, 0700) < 0 && errno != EEXIST) {
                r = -errno;
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL, "cannot make %s: %s",
                          config->state_directory, strerror(-r));
                return r;
        }
        r = open_or_rebuild(path, clock, suspicion, ret, ret_message, size);
        if (r < 0 && r != -ENOSPC)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL, "%s", ret_message);
        return r;
}
