/* config.h: /etc/strided/strided.conf and its drop-ins, as one struct.
 *
 * The table of options in config.c, and for what weeks are made by that in measure/options.c, is the
 * only list of them: parser, defaults, ranges and `strided --print-config` (the commented default file) come from it. Pods, runners and
 * assignments are state, not configuration: they are in the ledger. */
#pragma once

#include "base/cleanup.h"
#include "daemon/clinic/clinic.h"
#include "daemon/measure/options.h"

#include <stdio.h>

typedef struct Config {
        ClinicConfig clinic;
        char state_directory[256];
        MeasureParameters measure;
        uint32_t min_free_mb;
        uint32_t size_max_mb; /* 0: no bound */
        uint32_t keep_records_days;
        uint32_t redflag_minutes;
        int64_t log_level; /* syslog's number */
} Config;

#define CONFIG_DEFAULT_PATH "/etc/strided/strided.conf"
/* The systemd credential (a file in $CREDENTIALS_DIRECTORY) that password_file is when the
 * configuration names none. */
#define CREDENTIAL_PASSWORD "broker-password"

/* Every option at its default. */
void config_init(Config *config);
/* Reads `path`, then the drop-ins PATH.d/NAME.conf in order of name. All errors
 * are written to `errors` as "file:line: what, and the nearest known key"; their number
 * is returned, 0: good. On errors *config holds what could be read: do not use it.
 * A missing `path` is an error unless it is CONFIG_DEFAULT_PATH. */
int config_read(const char *path, Config *config, FILE *errors) MUST_CHECK;
/* The default file: each option with its meaning, commented out. */
void config_print(FILE *out);
