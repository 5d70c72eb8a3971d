#include "daemon/config.h"

#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <glob.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum OptionType {
        OPTION_TEXT,
        OPTION_ID,      /* text that is safe as a topic level */
        OPTION_INTEGER, /* uint32_t */
        OPTION_PORT,    /* uint16_t */
        OPTION_SWITCH,  /* bool: yes or no */
        OPTION_LEVEL,   /* int64_t: a log level by name */
        OPTION_PROOF,   /* int64_t: a ClinicProof by name */
        OPTION_LANGUAGE,
} OptionType;

typedef struct Option {
        const char *section;
        const char *key;
        OptionType type;
        size_t offset;
        size_t size;
        int64_t min;
        int64_t max;
        const char *fallback;
        const char *meaning;
} Option;

#define OPTION(section_, key_, type_, member_, min_, max_, fallback_, meaning_)                    \
        {                                                                                          \
                .section = section_, .key = key_, .type = type_,                                   \
                .offset = offsetof(Config, member_), .size = sizeof(((Config *)0)->member_),       \
                .min = min_, .max = max_, .fallback = fallback_, .meaning = meaning_               \
        }

static const Option options[] = {
        OPTION("gateway", "clinic", OPTION_ID, clinic.clinic, 0, 0, "clinic",
               "The clinic's id: second level of every topic."),
        OPTION("gateway", "gateway", OPTION_ID, clinic.gateway, 0, 0, "gateway",
               "This gateway's id at the clinic: third level of every topic."),
        OPTION("gateway", "state_directory", OPTION_TEXT, state_directory, 0, 0,
               "/var/lib/strided", "Where the ledger lives."),
        OPTION("gateway", "log_level", OPTION_LEVEL, log_level, 0, 0, "info",
               "error, warning, notice, info or debug."),
        OPTION("ledger", "min_free_mb", OPTION_INTEGER, min_free_mb, 0, 1000000, "64",
               "With less than this free where the ledger is, MiB, pods' memories are not read: "
               "they keep their records until there is room again."),
        OPTION("ledger", "size_max_mb", OPTION_INTEGER, size_max_mb, 0, 1000000, "4096",
               "The ledger's budget, MiB: from 80 % on raw records go earlier, at 95 % pods' memories "
               "are not read. 0: as large as the file system allows."),
        OPTION("ledger", "keep_records_days", OPTION_INTEGER, keep_records_days, 90, 36500, "730",
               "How long raw records of pods are kept, days. Runs, weeks and the diary stay for ever."),
        OPTION("broker", "host", OPTION_TEXT, clinic.host, 0, 0, "",
               "Name or address of the clinic's MQTT broker. Empty: everything is kept "
               "here and waits."),
        OPTION("broker", "port", OPTION_PORT, clinic.port, 1, 65535, "8883", "Its port."),
        OPTION("broker", "tls", OPTION_SWITCH, clinic.tls, 0, 0, "yes",
               "yes: TLS 1.2 or newer, certificate verified. no: plaintext, for a "
               "broker on this machine only; every status shows it."),
        OPTION("broker", "ca_file", OPTION_TEXT, clinic.ca_file, 0, 0, "",
               "PEM file of the authority that signed the broker's certificate. Empty: the "
               "system's."),
        OPTION("broker", "user", OPTION_TEXT, clinic.user, 0, 0, "",
               "User name at the broker. Empty: none."),
        OPTION("broker", "password_file", OPTION_TEXT, clinic.password_file, 0, 0, "",
               "File whose first line is the password. Empty: the systemd credential "
               CREDENTIAL_PASSWORD ", if there is one."),
        OPTION("broker", "confirm", OPTION_PROOF, clinic.confirm, 0, 0, "puback",
               "puback: what the broker has taken is delivered. receipt: weeks, runs and answers only "
               "once the clinic's archive says that it has stored them."),
        OPTION("broker", "receipt_within_s", OPTION_INTEGER, clinic.receipt_within_s, 1, 30 * 86400,
               "86400",
               "With confirm = receipt: what is not confirmed so long after the broker took it is sent "
               "again, under the same id, seconds. Each time in vain it waits twice as long."),
        OPTION("broker", "keep_alive_s", OPTION_INTEGER, clinic.keep_alive_s, 10, 3600, "60",
               "MQTT keep alive, seconds."),
        OPTION("broker", "status_interval_s", OPTION_INTEGER, clinic.status_interval_s, 10, 86400,
               "300", "How often the gateway says how it is, seconds."),
        OPTION("diary", "redflag_minutes", OPTION_INTEGER, redflag_minutes, 1, 1440, "30",
               "When the clinic has not acknowledged a red flag for so long, the runner is told to "
               "call, minutes."),
        OPTION("measure", "acwr", OPTION_SWITCH, measure.acwr, 0, 0, "no",
               "yes: weeks also tell the acute to chronic workload ratio, with its critique."),
        OPTION("measure", "language", OPTION_LANGUAGE, measure.language, 0, 0, "en",
               "Of a week's sentence: en or de."),
};

static const char *const level_names[] = {
        [LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARNING] = "warning",
        [LOG_LEVEL_NOTICE] = "notice", [LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug",
};

static int set_level(int64_t *ret, const char *value)
{
        for (size_t i = 0; i < ARRAY_SIZE(level_names); i++) {
                if (level_names[i] && strcmp(level_names[i], value) == 0) {
                        *ret = (int64_t)i;
                        return 0;
                }
        }
        return -EINVAL;
}

static int set_proof(int64_t *ret, const char *value)
{
        for (int64_t proof = CLINIC_PUBACK; proof <= CLINIC_RECEIPT; proof++) {
                if (strcmp(clinic_proof_name((ClinicProof)proof), value) == 0) {
                        *ret = proof;
                        return 0;
                }
        }
        return -EINVAL;
}

static int set_switch(bool *ret, const char *value)
{
        if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
                return -EINVAL;
        *ret = strcmp(value, "yes") == 0;
        return 0;
}

/* 0; -EINVAL: not of the option's form; -ERANGE: out of range; -ENOBUFS: too long. */
static int option_set(const Option *option, Config *config, const char *value)
{
        void *member = (char *)config + option->offset;
        int64_t number = 0;
        int r;

        switch (option->type) {
        case OPTION_ID:
                if (!id_is_valid(value))
                        return -EINVAL;
                return text_copy(member, option->size, value) ? 0 : -ENOBUFS;
        case OPTION_TEXT:
                return text_copy(member, option->size, value) ? 0 : -ENOBUFS;
        case OPTION_INTEGER:
                r = integer_parse(value, option->min, option->max, &number);
                if (r == 0)
                        *(uint32_t *)member = (uint32_t)number;
                return r;
        case OPTION_PORT:
                r = integer_parse(value, option->min, option->max, &number);
                if (r == 0)
                        *(uint16_t *)member = (uint16_t)number;
                return r;
        case OPTION_SWITCH:
                return set_switch(member, value);
        case OPTION_LEVEL:
                return set_level(member, value);
        case OPTION_PROOF:
                return set_proof(member, value);
        case OPTION_LANGUAGE:
                return language_parse(value, member);
        }
        return -EINVAL;
}

void config_init(Config *config)
{
        *config = (Config){.measure = measure_defaults};
        for (size_t i = 0; i < ARRAY_SIZE(options); i++)
                (void)option_set(&options[i], config, options[i].fallback); /* tested: all fit */
}

/* ---- reading ---- */

typedef struct Reading {
        Config *config;
        const char *path;
        FILE *file;
        FILE *errors;
        int line;
        bool in_line; /* its end was not read yet */
        bool in_comment;
        int n_errors;
} Reading;

static void complain(Reading *reading, const char *format, ...) PRINTF_LIKE(2, 3);
static void complain(Reading *reading, const char *format, ...)
{
        va_list arguments;

        reading->n_errors++;
        (void)fprintf(reading->errors, "%s:%d: ", reading->path, reading->line);
        va_start(arguments, format);
        (void)vfprintf(reading->errors, format, arguments);
        va_end(arguments);
        (void)fputc('\n', reading->errors);
}

/* inih would append such a line to the value in front of it. */
static bool is_indented(const char *line)
{
        const char *text = line + strspn(line, " \t\r\n");

        return text > line && *text && *text != '#' && *text != ';';
}

/* inih tells no line numbers: this reader counts what it hands over. A line longer than inih's
 * buffer comes in pieces: it may be a comment. What was complained of goes on as an empty line. */
static char *read_line(char *buffer, int size, void *userdata)
{
        Reading *reading = userdata;
        char *line = fgets(buffer, size, reading->file);
        bool is_piece = reading->in_line; /* of the line that was begun */
        bool is_bad = false;

        if (!line)
                return NULL;
        reading->in_line = !strchr(line, '\n');
        if (!is_piece) {
                const char *text = line + strspn(line, " \t");

                reading->line++;
                reading->in_comment = *text == '#' || *text == ';';
                is_bad = is_indented(line);
        }
        if (is_bad)
                complain(reading, "the line begins with a blank: options and sections begin their "
                                  "line, a value ends with it");
        else if (is_piece && !reading->in_comment)
                complain(reading, "the line is longer than %d octets", size - 1);
        if (is_bad || is_piece)
                (void)text_copy(line, (size_t)size, "\n");
        return line;
}

static void complain_unknown(Reading *reading, const char *section, const char *key)
{
        const char *words[ARRAY_SIZE(options) + 128] = {0};
        const char *nearest;
        size_t n_measure, n = 0;
        const MeasureOption *of_measure = measure_options(&n_measure);

        for (size_t i = 0; i < ARRAY_SIZE(options); i++)
                words[n++] = options[i].key;
        for (size_t i = 0; i < n_measure && n + 1 < ARRAY_SIZE(words); i++)
                words[n++] = of_measure[i].key;
        nearest = nearest_word(key, words);
        if (!nearest) {
                complain(reading, "unknown option '%s' in [%s]; strided --print-config lists all",
                         key, section);
                return;
        }
        for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
                if (strcmp(options[i].key, nearest) == 0)
                        complain(reading, "unknown option '%s' in [%s]; nearest is '%s' in [%s]",
                                 key, section, nearest, options[i].section);
        }
        if (measure_option_find(nearest))
                complain(reading, "unknown option '%s' in [%s]; nearest is '%s' in [measure]", key, section,
                         nearest);
}

static void complain_value(Reading *reading, const Option *option, const char *value, int error)
{
        if (error == -ERANGE)
                complain(reading, "%s = %s is outside %lld to %lld", option->key, value,
                         (long long)option->min, (long long)option->max);
        else if (error == -ENOBUFS)
                complain(reading, "%s: the value is longer than %zu octets", option->key,
                         option->size - 1);
        else
                complain(reading, "%s = '%s' is not valid. %s", option->key, value,
                         option->meaning);
}

static void take_measure(Reading *reading, const MeasureOption *option, const char *value)
{
        int r = measure_option_set(option, &reading->config->measure, value);

        if (r == -ERANGE)
                complain(reading, "%s = %s is outside %g to %g", option->key, value, option->min, option->max);
        else if (r < 0)
                complain(reading, "%s = '%s' is not valid. %s", option->key, value, option->meaning);
}

static int take_pair(void *userdata, const char *section, const char *key, const char *value)
{
        Reading *reading = userdata;
        int r;

        for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
                if (strcmp(options[i].section, section) != 0 || strcmp(options[i].key, key) != 0)
                        continue;
                r = option_set(&options[i], reading->config, value);
                if (r < 0)
                        complain_value(reading, &options[i], value, r);
                return 1;
        }
        if (strcmp(section, "measure") == 0 && measure_option_find(key)) {
                take_measure(reading, measure_option_find(key), value);
                return 1;
        }
        complain_unknown(reading, section, key);
        return 1;
}

static int read_file(const char *path, bool required, Config *config, FILE *errors)
{
        Reading reading = {.config = config, .path = path, .errors = errors};
        int r;

        reading.file = fopen(path, "re");
        if (!reading.file) {
                if (errno == ENOENT && !required)
                        return 0;
                (void)fprintf(errors, "%s: cannot be read: %s\n", path, strerror(errno));
                return 1;
        }
        r = ini_parse_stream(read_line, &reading, take_pair, &reading);
        (void)fclose(reading.file); /* read only: nothing can be lost */
        if (r > 0) {
                reading.line = r;
                complain(&reading, "neither [section] nor key = value");
        }
        return reading.n_errors;
}

/* Whatever files they come from, so it is asked of all together. */
static int check_measure(const Config *config, const char *path, FILE *errors)
{
        const char *low, *high;

        if (!measure_options_clash(&config->measure, &low, &high))
                return 0;
        (void)fprintf(errors, "%s: [measure] %s must not be above %s\n", path, low, high);
        return 1;
}

/* systemd hands a service its secrets as files of a directory that only it can read. */
static void use_credential(Config *config)
{
        const char *directory = getenv("CREDENTIALS_DIRECTORY");
        char path[sizeof(config->clinic.password_file)];

        if (config->clinic.password_file[0] || !directory)
                return;
        if ((size_t)snprintf(path, sizeof(path), "%s/" CREDENTIAL_PASSWORD, directory) < sizeof(path) &&
            access(path, F_OK) == 0)
                (void)text_copy(config->clinic.password_file, sizeof(path), path); /* as long as path */
}

int config_read(const char *path, Config *config, FILE *errors)
{
        char pattern[512];
        glob_t found = {0};
        int n_errors;

        config_init(config);
        n_errors = read_file(path, strcmp(path, CONFIG_DEFAULT_PATH) != 0, config, errors);
        if ((size_t)snprintf(pattern, sizeof(pattern), "%s.d/*.conf", path) >= sizeof(pattern)) {
                (void)fprintf(errors, "%s.d: the path is too long\n", path);
                return n_errors + 1;
        }
        if (glob(pattern, 0, NULL, &found) == 0) {
                for (size_t i = 0; i < found.gl_pathc; i++)
                        n_errors += read_file(found.gl_pathv[i], true, config, errors);
        }
        globfree(&found);
        n_errors += check_measure(config, path, errors);
        use_credential(config);
        return n_errors;
}

static void print_measure(FILE *out)
{
        size_t n;
        const MeasureOption *of_measure = measure_options(&n);

        for (size_t i = 0; i < n; i++) {
                char value[32];

                measure_option_format(measure_option_get(&of_measure[i], &measure_defaults), value,
                                      sizeof(value));
                (void)fprintf(out, "# %s (%g to %g)\n#%s = %s\n", of_measure[i].meaning, of_measure[i].min,
                              of_measure[i].max, of_measure[i].key, value);
        }
}

/* [measure] is the last section: the table of measures goes on with it. */
void config_print(FILE *out)
{
        const char *section = "";

        (void)fprintf(out, "# strided: every option with its default. Uncomment to change.\n"
                           "# Drop-ins: strided.conf.d/*.conf. Check: strided --check-config\n");
        for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
                if (strcmp(section, options[i].section) != 0)
                        (void)fprintf(out, "\n[%s]\n", options[i].section);
                section = options[i].section;
                (void)fprintf(out, "# %s\n#%s = %s\n", options[i].meaning, options[i].key,
                              options[i].fallback);
        }
        print_measure(out);
}
