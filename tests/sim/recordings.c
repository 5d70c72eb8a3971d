/* Recordings: what pods play, from CSV files or from the story itself. */
#include "sim.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_      1024
#define RECORDINGS_MAX 64

static struct {
        char name[128];
        SimRecording recording;
        PodType type;
} recordings[RECORDINGS_MAX];
static size_t n_recordings;

static double number_of(const cJSON *object, const char *key)
{
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

        return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

static void *grown(void *list, size_t n, size_t size)
{
        if ((n & (n - 1)) == 0)
                list = reallocarray(list, n ? n * 2 : 64, size);
        if (!list)
                abort();
        return list;
}

/* One column's cell of a CSV line without quotes: ours have none. NAN: blank or absent. */
static double cell(const char *line, int column)
{
        double value;
        char *end;

        for (; column > 0 && line; column--) {
                line = strchr(line, ',');
                line = line ? line + 1 : NULL;
        }
        if (!line)
                return (double)NAN;
        value = strtod(line, &end);
        return end == line ? (double)NAN : value;
}

static int column_of(const char *header, const char *name)
{
        size_t length = strlen(name);

        for (int column = 0; header; column++) {
                if (strncmp(header, name, length) == 0 && strchr(",\r\n", header[length]))
                        return column;
                header = strchr(header, ',');
                header = header ? header + 1 : NULL;
        }
        return 1000; /* no line has so many */
}

static int64_t integer_cell(const char *line, int column)
{
        double value = cell(line, column);

        return isnan(value) ? NULL_INTEGER : llround(value);
}

/* A word of a column, "" when there is none. */
static void word_cell(const char *line, int column, char *ret, size_t size)
{
        size_t length;

        for (; column > 0 && line; column--) {
                line = strchr(line, ',');
                line = line ? line + 1 : NULL;
        }
        length = line ? strcspn(line, ",\r\n") : 0;
        (void)snprintf(ret, size, "%.*s", (int)length, line ? line : "");
}

/* Of the kind in column `kind`, a stride without that column; its fields are named as in exports. */
static bool read_entry(const char *header, const char *line, SimEntry *ret)
{
        static const int kinds[] = {RECORD_STRIDE, RECORD_TRUNK_STRIDE, RECORD_POSTURE_EPOCH,
                                    RECORD_EXERCISE_EVENT, RECORD_MOVEMENT_TRIAL, RECORD_CALIBRATION};
        const FieldTable *table = NULL;
        char kind[32];
        double due_s;

        word_cell(line, column_of(header, "kind"), kind, sizeof(kind));
        *ret = (SimEntry){.at_ms = llround(cell(line, column_of(header, "t_s")) * 1000)};
        for (size_t i = 0; i < ARRAY_SIZE(kinds) && !table; i++) {
                if (strcmp(record_kind_name(kinds[i]), kind[0] ? kind : "stride") != 0)
                        continue;
                ret->record.kind = kinds[i];
                table = record_fields(kinds[i]);
        }
        for (size_t i = 0; table && i < table->n_fields; i++)
                *field_integer(&table->fields[i], &ret->record) =
                        integer_cell(line, column_of(header, table->fields[i].path));
        due_s = cell(line, column_of(header, "known_s"));
        ret->due_ms = ret->at_ms; /* known when it ends, as far as it says when */
        if (!isnan(due_s))
                ret->due_ms = llround(due_s * 1000);
        else if (ret->record.kind == RECORD_STRIDE)
                ret->due_ms += ret->record.stride.stride_time_1024 * 1000 / TICK_HZ;
        else if (ret->record.kind == RECORD_POSTURE_EPOCH)
                ret->due_ms += ret->record.posture.duration_ms;
        return table;
}

/* A row with `times` stands for so many, one behind the other. */
static bool add_entries(const char *header, const char *line, SimRecording *ret)
{
        int64_t times = integer_cell(line, column_of(header, "times"));
        int64_t step_ms = integer_cell(line, column_of(header, "duration_ms"));
        SimEntry entry;

        if (!read_entry(header, line, &entry))
                return false;
        for (int64_t i = 0; i < (times == NULL_INTEGER ? 1 : times); i++) {
                ret->entries = grown(ret->entries, ret->n, sizeof(SimEntry));
                ret->entries[ret->n] = entry;
                ret->entries[ret->n].at_ms += i > 0 ? i * step_ms : 0;
                ret->entries[ret->n++].due_ms += i > 0 ? i * step_ms : 0;
                if (step_ms == NULL_INTEGER)
                        break;
        }
        return true;
}

static int read_csv(const char *path, PodType type, SimRecording *ret)
{
        FILE *file = fopen(path, "r");
        char header[LINE_MAX_], line[LINE_MAX_];

        if (!file)
                return -errno;
        if (!fgets(header, sizeof(header), file))
                header[0] = '\0';
        while (fgets(line, sizeof(line), file)) {
                if (isnan(cell(line, column_of(header, "t_s"))))
                        continue;
                if (type == POD_STRIDE) {
                        if (!add_entries(header, line, ret)) {
                                (void)fclose(file);
                                return -EINVAL;
                        }
                        continue;
                }
                ret->rows = grown(ret->rows, ret->n, sizeof(SimRow));
                ret->rows[ret->n++] = (SimRow){
                        .at_ms = llround(cell(line, column_of(header, "t_s")) * 1000),
                        .speed_mps = cell(line, column_of(header, "speed_mps")),
                        .cadence_spm = cell(line, column_of(header, "cadence_spm")),
                        .heart_rate_bpm = cell(line, column_of(header, "heart_rate_bpm"))};
        }
        return fclose(file) == 0 && ret->n > 0 ? 0 : -EINVAL;
}

const SimRecording *recording_of(Sim *sim, const char *name, PodType type)
{
        char path[1024];

        for (size_t i = 0; i < n_recordings; i++) {
                if (recordings[i].type == type && strcmp(recordings[i].name, name) == 0)
                        return &recordings[i].recording;
        }
        if (n_recordings == RECORDINGS_MAX)
                return NULL;
        if (name[0] == '/')
                (void)text_copy(path, sizeof(path), name);
        else
                (void)snprintf(path, sizeof(path), "%s/%s", sim->directory, name);
        if (read_csv(path, type, &recordings[n_recordings].recording) < 0) {
                (void)fprintf(stderr, "sim: %s is no recording\n", path);
                return NULL;
        }
        (void)text_copy(recordings[n_recordings].name, sizeof(recordings[0].name), name);
        recordings[n_recordings].type = type;
        return &recordings[n_recordings++].recording;
}

/* "rows" of an event: [{t_s, speed_mps, cadence_spm, heart_rate_bpm}] */
const SimRecording *recording_inline(const cJSON *rows)
{
        SimRecording *recording;
        const cJSON *row;

        if (n_recordings == RECORDINGS_MAX)
                return NULL;
        recording = &recordings[n_recordings++].recording;
        cJSON_ArrayForEach(row, rows) {
                recording->rows = grown(recording->rows, recording->n, sizeof(SimRow));
                recording->rows[recording->n++] = (SimRow){
                        .at_ms = llround(number_of(row, "t_s") * 1000),
                        .speed_mps = number_of(row, "speed_mps"),
                        .cadence_spm = number_of(row, "cadence_spm"),
                        .heart_rate_bpm = number_of(row, "heart_rate_bpm")};
        }
        return recording;
}
