#include "base/log.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* The place of a call in the source is no news in the journal. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

static const char *const message_ids[] = {
#define LOG_ID(name, id) [LOG_##name] = id,
        LOG_IDS
#undef LOG_ID
};

static const char *const level_words[] = {
        [LOG_LEVEL_ERROR] = "error",   [LOG_LEVEL_WARNING] = "warning", [LOG_LEVEL_NOTICE] = "note",
        [LOG_LEVEL_INFO] = "info",     [LOG_LEVEL_DEBUG] = "debug",
};

/* Written once at start and at a reload, read by any thread. */
static atomic_int highest_level = LOG_LEVEL_INFO;

void log_set_level(LogLevel level)
{
        atomic_store(&highest_level, (int)level);
}

/* systemd tells a service which socket its stderr is: "device:inode". */
static bool stderr_is_journal(void)
{
        const char *stream = getenv("JOURNAL_STREAM");
        unsigned long long device, inode;
        struct stat status;

        return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
               fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device &&
               status.st_ino == inode;
}

static void to_journal(LogId id, LogLevel level, const char *pod, const char *runner,
                       const char *sentence)
{
        char pod_field[64], runner_field[64];

        (void)snprintf(pod_field, sizeof(pod_field), "POD=%s", pod ? pod : "-");
        (void)snprintf(runner_field, sizeof(runner_field), "RUNNER=%s", runner ? runner : "-");
        (void)sd_journal_send("MESSAGE_ID=%s", message_ids[id], "PRIORITY=%i", (int)level,
                              "MESSAGE=%s", sentence, "%s", pod_field, "%s", runner_field, NULL);
}

static void to_stderr(LogLevel level, const char *pod, const char *runner, const char *sentence)
{
        (void)fprintf(stderr, "%s: %s%s%s%s%s\n", level_words[level], sentence, pod ? " pod=" : "",
                      pod ? pod : "", runner ? " runner=" : "", runner ? runner : "");
}

void log_event(LogId id, LogLevel level, const char *pod, const char *runner, const char *format,
               ...)
{
        char sentence[1024];
        va_list arguments;

        if ((int)level > atomic_load(&highest_level))
                return;
        va_start(arguments, format);
        (void)vsnprintf(sentence, sizeof(sentence), format, arguments);
        va_end(arguments);
        text_make_printable(sentence);
        if (stderr_is_journal())
                to_journal(id, level, pod, runner, sentence);
        else
                to_stderr(level, pod, runner, sentence);
}
