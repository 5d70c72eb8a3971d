#include "daemon/offline.h"

#include "daemon/errand.h"
#include "daemon/ledger/ledger-file.h"
#include "daemon/open-ledger.h"

#include <stdio.h>

#define MESSAGE_SIZE 1200

static int said(int result, const char *message)
{
        (void)printf("%s\n", message);
        return fflush(stdout) == 0 ? errand_exit_code(result) : EXIT_FAILURE;
}

int offline_check(const Config *config, const char *path)
{
        char configured[LEDGER_PATH_MAX], message[MESSAGE_SIZE] = "";
        int r;

        if (!path) {
                ledger_path_of(config, configured);
                path = configured;
        }
        r = ledger_file_check(path, NULL, NULL, message, sizeof(message));
        if (r >= 0)
                (void)snprintf(message, sizeof(message), "%s: good", path);
        return said(r, message);
}

int offline_restore(const Config *config, const char *from, Clock *clock)
{
        char path[LEDGER_PATH_MAX], message[MESSAGE_SIZE] = "";
        int r;

        ledger_path_of(config, path);
        r = ledger_file_restore(path, from, clock, message, sizeof(message));
        if (r < 0)
                (void)fprintf(stderr, "strided: %s\n  → nothing was changed\n", message);
        else
                (void)printf("%s\n  → systemctl start strided\n", message);
        return r < 0 || fflush(stdout) != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int offline_rebuild(const Config *config, Clock *clock)
{
        char path[LEDGER_PATH_MAX], message[MESSAGE_SIZE] = "";
        int r;

        ledger_path_of(config, path);
        r = ledger_file_rebuild(path, clock, NULL, NULL, message, sizeof(message));
        if (r < 0)
                (void)fprintf(stderr, "strided: %s\n  → nothing was changed\n", message);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int offline_backup(const char *path)
{
        char message[MESSAGE_SIZE] = "";
        int r = ledger_file_backup(path, ERRAND_FD, message, sizeof(message));

        return said(r, message);
}
