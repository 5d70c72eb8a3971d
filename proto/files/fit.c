#include "proto/files/fit.h"

#include "base/cleanup.h"

#include <errno.h>
#include <string.h>

#define EPOCH_MS        631065600000LL /* 1989-12-31, FIT's second 0 */
#define LOCALS          16
#define FIELDS_MAX      255
#define SPORT_RUNNING   1
#define FIELD_TIMESTAMP 253

/* ---- what is read of which message ---- */

typedef enum Base { BASE_TIME, BASE_UNSIGNED } Base;

typedef struct Wanted {
        uint16_t global; /* number of the message */
        uint8_t number;  /* of the field */
        uint8_t size;    /* octets */
        Base base;
        size_t offset; /* in FitMessage */
        double scale;
        bool adds; /* to what is there: a fraction; a later one of the same member replaces it otherwise */
} Wanted;

enum { GLOBAL_SESSION = 18, GLOBAL_LAP = 19, GLOBAL_RECORD = 20 };

#define WANT(global_, number_, size_, base_, member_, scale_, adds_)                               \
        {                                                                                          \
                GLOBAL_##global_, number_, size_, BASE_##base_, offsetof(FitMessage, member_),     \
                        scale_, adds_                                                              \
        }

/* Of one member the better source stands later. */
static const Wanted wanted[] = {
        WANT(SESSION, 253, 4, TIME, utc_ms, 1, false),
        WANT(SESSION, 2, 4, TIME, start_utc_ms, 1, false),
        WANT(SESSION, 5, 1, UNSIGNED, sport, 1, false),
        WANT(SESSION, 7, 4, UNSIGNED, elapsed_s, 1000, false),
        WANT(SESSION, 8, 4, UNSIGNED, timer_s, 1000, false),
        WANT(SESSION, 9, 4, UNSIGNED, distance_m, 100, false),
        WANT(SESSION, 10, 4, UNSIGNED, cycles, 1, false),
        WANT(SESSION, 14, 2, UNSIGNED, speed_mps, 1000, false),
        WANT(SESSION, 124, 4, UNSIGNED, speed_mps, 1000, false),
        WANT(SESSION, 16, 1, UNSIGNED, heart_rate_bpm, 1, false),
        WANT(SESSION, 18, 1, UNSIGNED, cadence_rpm, 1, false),
        WANT(SESSION, 92, 1, UNSIGNED, cadence_rpm, 128, true),
        WANT(LAP, 253, 4, TIME, utc_ms, 1, false),
        WANT(LAP, 2, 4, TIME, start_utc_ms, 1, false),
        WANT(LAP, 7, 4, UNSIGNED, elapsed_s, 1000, false),
        WANT(LAP, 8, 4, UNSIGNED, timer_s, 1000, false),
        WANT(LAP, 9, 4, UNSIGNED, distance_m, 100, false),
        WANT(LAP, 10, 4, UNSIGNED, cycles, 1, false),
        WANT(LAP, 13, 2, UNSIGNED, speed_mps, 1000, false),
        WANT(LAP, 110, 4, UNSIGNED, speed_mps, 1000, false),
        WANT(LAP, 15, 1, UNSIGNED, heart_rate_bpm, 1, false),
        WANT(LAP, 17, 1, UNSIGNED, cadence_rpm, 1, false),
        WANT(LAP, 80, 1, UNSIGNED, cadence_rpm, 128, true),
        WANT(RECORD, 253, 4, TIME, utc_ms, 1, false),
        WANT(RECORD, 3, 1, UNSIGNED, heart_rate_bpm, 1, false),
        WANT(RECORD, 4, 1, UNSIGNED, cadence_rpm, 1, false),
        WANT(RECORD, 53, 1, UNSIGNED, cadence_rpm, 128, true),
        WANT(RECORD, 5, 4, UNSIGNED, distance_m, 100, false),
        WANT(RECORD, 6, 2, UNSIGNED, speed_mps, 1000, false),
        WANT(RECORD, 73, 4, UNSIGNED, speed_mps, 1000, false),
};

/* ---- octets ---- */

static uint16_t crc16(const uint8_t *data, size_t size)
{
        static const uint16_t table[16] = {
                0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
                0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
        };
        uint16_t crc = 0;

        for (size_t i = 0; i < size; i++) {
                for (int half = 0; half < 2; half++) {
                        unsigned nibble = (data[i] >> (4 * half)) & 0xF;

                        crc = (uint16_t)((crc >> 4) ^ table[(crc ^ nibble) & 0xF]);
                }
        }
        return crc;
}

static uint32_t read_unsigned(const uint8_t *at, size_t size, bool big_endian)
{
        uint32_t value = 0;

        for (size_t i = 0; i < size; i++)
                value = value << 8 | at[big_endian ? i : size - 1 - i];
        return value;
}

/* ---- messages ---- */

typedef struct Laid {
        uint8_t number, size;
} Laid;

typedef struct Definition {
        bool is_there, big_endian;
        uint16_t global;
        uint16_t size; /* of a message, developers' fields too */
        uint8_t n_fields;
        Laid fields[FIELDS_MAX];
} Definition;

typedef struct Walk {
        const uint8_t *data;
        size_t size, at;
        Definition definitions[LOCALS];
        uint32_t time; /* of the last timestamp; compressed ones count from it */
        bool has_time;
        FitFunction function;
        void *userdata;
        const char *fault;
} Walk;

static int bad(Walk *walk, const char *fault)
{
        walk->fault = fault;
        return -EBADMSG;
}

static const uint8_t *take(Walk *walk, size_t size)
{
        const uint8_t *at = walk->data + walk->at;

        if (walk->size - walk->at < size)
                return NULL;
        walk->at += size;
        return at;
}

static int read_definition(Walk *walk, unsigned local, bool has_developers)
{
        Definition *definition = &walk->definitions[local];
        const uint8_t *head = take(walk, 5), *fields, *count;
        unsigned size = 0;

        *definition = (Definition){0};
        if (!head)
                return bad(walk, "truncated");
        if (head[1] > 1)
                return bad(walk, "bad_definition");
        definition->big_endian = head[1] == 1;
        definition->global = (uint16_t)read_unsigned(head + 2, 2, definition->big_endian);
        definition->n_fields = head[4];
        fields = take(walk, 3U * head[4]);
        if (!fields)
                return bad(walk, "truncated");
        for (unsigned i = 0; i < head[4]; i++) {
                definition->fields[i] = (Laid){fields[3 * i], fields[3 * i + 1]};
                size += fields[3 * i + 1];
        }
        if (has_developers) {
                count = take(walk, 1);
                fields = count ? take(walk, 3U * count[0]) : NULL;
                if (!fields)
                        return bad(walk, "truncated");
                for (unsigned i = 0; i < count[0]; i++)
                        size += fields[3 * i + 1];
        }
        definition->size = (uint16_t)size; /* at most 2 * 255 * 255, and it fits: see below */
        if (size > UINT16_MAX)
                return bad(walk, "bad_definition");
        definition->is_there = true;
        return 0;
}

static bool is_invalid(uint32_t value, size_t size)
{
        return value == (size == 4 ? UINT32_MAX : (1U << (8 * size)) - 1);
}

static void set_member(const Wanted *want, uint32_t raw, FitMessage *message)
{
        char *member = (char *)message + want->offset;
        double value = raw / want->scale;

        if (want->base == BASE_TIME)
                *(int64_t *)(void *)member = EPOCH_MS + 1000LL * raw;
        else if (!want->adds)
                *(double *)(void *)member = value;
        else if (!isnan(*(double *)(void *)member))
                *(double *)(void *)member += value;
}

static const uint8_t *find_field(const Definition *definition, const uint8_t *body, uint8_t number,
                                 uint8_t size)
{
        for (unsigned i = 0; i < definition->n_fields; i++) {
                if (definition->fields[i].number == number)
                        return definition->fields[i].size == size ? body : NULL;
                body += definition->fields[i].size;
        }
        return NULL;
}

static void set_null(FitMessage *message, FitKind kind)
{
        *message = (FitMessage){
                .kind = kind, .utc_ms = NULL_INTEGER, .start_utc_ms = NULL_INTEGER,
                .distance_m = NULL_REAL, .elapsed_s = NULL_REAL, .timer_s = NULL_REAL,
                .speed_mps = NULL_REAL, .cadence_rpm = NULL_REAL, .cycles = NULL_REAL,
                .heart_rate_bpm = NULL_REAL, .sport = NULL_REAL,
        };
}

static int tell(Walk *walk, const Definition *definition, const uint8_t *body, bool is_compressed)
{
        FitMessage message;

        set_null(&message, definition->global == GLOBAL_SESSION ? FIT_SESSION
                           : definition->global == GLOBAL_LAP   ? FIT_LAP
                                                                : FIT_RECORD);
        if (is_compressed)
                message.utc_ms = EPOCH_MS + 1000LL * walk->time;
        for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
                const uint8_t *at;
                uint32_t raw;

                if (wanted[i].global != definition->global)
                        continue;
                at = find_field(definition, body, wanted[i].number, wanted[i].size);
                if (!at)
                        continue;
                raw = read_unsigned(at, wanted[i].size, definition->big_endian);
                if (!is_invalid(raw, wanted[i].size))
                        set_member(&wanted[i], raw, &message);
        }
        return walk->function(&message, walk->userdata);
}

static int read_data(Walk *walk, unsigned local, int compressed_s)
{
        const Definition *definition = &walk->definitions[local];
        const uint8_t *body, *time;

        if (!definition->is_there)
                return bad(walk, "bad_definition");
        body = take(walk, definition->size);
        if (!body)
                return bad(walk, "truncated");
        if (compressed_s >= 0)
                walk->time += ((unsigned)compressed_s - walk->time) & 0x1F;
        time = find_field(definition, body, FIELD_TIMESTAMP, 4);
        if (time && !is_invalid(read_unsigned(time, 4, definition->big_endian), 4)) {
                walk->time = read_unsigned(time, 4, definition->big_endian);
                walk->has_time = true;
        }
        if (definition->global < GLOBAL_SESSION || definition->global > GLOBAL_RECORD)
                return 0;
        return tell(walk, definition, body, compressed_s >= 0 && walk->has_time);
}

static int read_message(Walk *walk)
{
        const uint8_t *head = take(walk, 1);

        if (head[0] & 0x80)
                return read_data(walk, (head[0] >> 5) & 0x3, head[0] & 0x1F);
        if (head[0] & 0x40)
                return read_definition(walk, head[0] & 0xF, head[0] & 0x20);
        return read_data(walk, head[0] & 0xF, -1);
}

/* ---- files ---- */

bool fit_is(const uint8_t *data, size_t size)
{
        return size >= 12 && data[0] >= 12 && memcmp(data + 8, ".FIT", 4) == 0;
}

/* One of those that may follow each other; *size octets of it. */
static int walk_one(Walk *walk, const uint8_t *data, size_t *size)
{
        size_t head, body;
        int r = 0;

        if (!fit_is(data, *size))
                return bad(walk, "not_fit");
        head = data[0];
        body = read_unsigned(data + 4, 4, false);
        if (*size < head || *size - head < 2 || body > *size - head - 2)
                return bad(walk, "truncated");
        if (head >= 14 && read_unsigned(data + 12, 2, false) != 0 &&
            read_unsigned(data + 12, 2, false) != crc16(data, 12))
                return bad(walk, "bad_crc");
        if (read_unsigned(data + head + body, 2, false) != crc16(data, head + body))
                return bad(walk, "bad_crc");
        *walk = (Walk){.data = data, .size = head + body, .at = head,
                       .function = walk->function, .userdata = walk->userdata};
        while (r == 0 && walk->at < walk->size)
                r = read_message(walk);
        *size = head + body + 2;
        return r;
}

int fit_walk(const uint8_t *data, size_t size, FitFunction function, void *userdata,
             const char **ret_fault)
{
        Walk walk = {.function = function, .userdata = userdata};
        int r;

        *ret_fault = NULL;
        do {
                size_t n = size;

                r = walk_one(&walk, data, &n);
                data += n;
                size -= n;
        } while (r == 0 && size > 0);
        *ret_fault = walk.fault;
        return r;
}

/* ---- runs ---- */

typedef struct Runs {
        int64_t now_utc_ms;
        FitRunFunction function;
        void *userdata;
        int64_t n;
        /* of the records since the last session */
        double steps, heart_sum, heart_s, distance_m;
        FitMessage last;
        bool has_last;
} Runs;

#define STEP_MAX_S 10 /* between two records: longer ones are pauses */

static void forget_records(Runs *runs)
{
        runs->steps = runs->heart_sum = runs->heart_s = 0;
        runs->distance_m = NULL_REAL;
        runs->has_last = false;
}

static void add_record(Runs *runs, const FitMessage *record)
{
        double dt_s = 0;

        if (record->utc_ms == NULL_INTEGER)
                return;
        if (runs->has_last)
                dt_s = (double)(record->utc_ms - runs->last.utc_ms) / 1000;
        if (dt_s > 0 && dt_s <= STEP_MAX_S) {
                if (!isnan(runs->last.cadence_rpm))
                        runs->steps += 2 * runs->last.cadence_rpm / 60 * dt_s;
                if (runs->last.heart_rate_bpm > 0) { /* 0: no strap */
                        runs->heart_sum += runs->last.heart_rate_bpm * dt_s;
                        runs->heart_s += dt_s;
                }
        }
        if (!isnan(record->distance_m))
                runs->distance_m = record->distance_m;
        runs->last = *record;
        runs->has_last = true;
}

static double first_of(double a, double b)
{
        return isnan(a) ? b : a;
}

static int on_message(const FitMessage *message, void *userdata)
{
        Runs *runs = userdata;
        ImportedRun run;
        const char *fault;
        double elapsed_s;

        if (message->kind == FIT_RECORD)
                add_record(runs, message);
        if (message->kind != FIT_SESSION)
                return 0;
        imported_run_set_null(&run);
        (void)text_copy(run.kind, sizeof(run.kind), "fit");
        run.line = ++runs->n;
        run.start_utc_ms = message->start_utc_ms;
        run.duration_s = first_of(message->timer_s, message->elapsed_s);
        elapsed_s = first_of(message->elapsed_s, message->timer_s);
        /* a timer is no shorter than what it timed */
        elapsed_s = run.duration_s > elapsed_s ? run.duration_s : elapsed_s;
        run.end_utc_ms = run.start_utc_ms != NULL_INTEGER && !isnan(elapsed_s)
                                 ? run.start_utc_ms + llround(elapsed_s * 1000)
                                 : NULL_INTEGER;
        run.distance_m = first_of(message->distance_m, runs->distance_m);
        run.steps = !isnan(message->cycles) ? 2 * message->cycles
                    : runs->steps > 0       ? runs->steps
                                            : NULL_REAL;
        run.heart_rate_bpm = first_of(message->heart_rate_bpm > 0 ? message->heart_rate_bpm : NULL_REAL,
                                      runs->heart_s > 0 ? runs->heart_sum / runs->heart_s : NULL_REAL);
        forget_records(runs);
        fault = message->sport == SPORT_RUNNING ? imported_run_fault(&run, runs->now_utc_ms)
                                                : "not_running";
        return runs->function(&run, fault, runs->userdata);
}

static int ignore_message(const FitMessage *message, void *userdata)
{
        (void)message;
        (void)userdata;
        return 0;
}

int fit_runs(const uint8_t *data, size_t size, int64_t now_utc_ms, FitRunFunction function,
             void *userdata, const char **ret_fault)
{
        Runs runs = {.now_utc_ms = now_utc_ms, .function = function, .userdata = userdata};
        int r = fit_walk(data, size, ignore_message, NULL, ret_fault);

        if (r < 0)
                return r;
        forget_records(&runs);
        r = fit_walk(data, size, on_message, &runs, ret_fault);
        if (r == 0 && runs.n == 0) {
                *ret_fault = "no_session";
                return -EBADMSG;
        }
        return r;
}
