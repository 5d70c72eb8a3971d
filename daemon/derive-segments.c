#include "daemon/derive-segments.h"

#include "daemon/ledger/records.h"
#include "daemon/measure/run-gait.h"
#include "daemon/measure/run-trunk.h"

#define CENTIMETRES 100.0

static int on_record(const StoredRecord *stored, void *userdata)
{
        Heard heard = {
                .record = &stored->record,
                .address = stored->address,
                .placement = stored->placement,
                .utc_ms = stored->utc_ms,
                .utc_error_ms = stored->utc_error_ms,
                .received_utc_ms = stored->received_utc_ms,
        };

        return segments_add(userdata, &heard);
}

int derive_run_segments(Ledger *ledger, const Runner *runner, const Activity *activity, Run *run)
{
        CLEANUP(segments_freep) Segments *segments = NULL;
        RunBody body = {.mass_kg = runner->mass_kg, .height_m = runner->height_cm / CENTIMETRES};
        int r = run_gait(activity, &body, run);

        if (r >= 0)
                r = segments_new(&segments);
        if (r >= 0)
                r = records_of_kind(ledger, runner->id, RECORD_TRUNK_STRIDE, run->start_utc_ms,
                                    run->end_utc_ms + 1, on_record, segments);
        if (r >= 0)
                r = records_of_kind(ledger, runner->id, RECORD_CALIBRATION,
                                    run->start_utc_ms - standing_defaults.age_max_ms,
                                    run->start_utc_ms + 1, on_record, segments);
        if (r < 0)
                return r;
        segments_sort(segments);
        return run_trunk(segments, run);
}

static int found(const StoredRecord *stored, void *userdata)
{
        *(int64_t *)userdata = stored->utc_ms;
        return 0;
}

int derive_reach(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t *to_utc_ms)
{
        int64_t newest = NULL_INTEGER;
        int r = records_of_kind(ledger, runner, RECORD_CALIBRATION, from_utc_ms, *to_utc_ms + 1, found,
                                &newest);

        if (r >= 0 && newest != NULL_INTEGER && newest + standing_defaults.age_max_ms > *to_utc_ms)
                *to_utc_ms = newest + standing_defaults.age_max_ms;
        return r;
}
