/* What pods and the clinic have to say: always the same under the same number. */
#include "tests/faults/power-cut/life.h"

const char *pod_address(int pod)
{
        static const char *const addresses[PODS] = {"C0:00:00:00:00:01", "C0:00:00:00:00:02"};

        return addresses[pod];
}

/* Of every 29 numbers one stands for three that the pod has lost. A minute and a half of running,
 * then an hour of rest. */
bool pod_record(int pod, uint32_t epoch, uint32_t seq, Record *ret)
{
        uint32_t tick = (seq + seq / 90 * 3600) * TICK_HZ;
        Record record = {.epoch = epoch, .seq = seq, .tick = tick, .from_store = true};
        int r;

        if (seq == 0 || seq % 29 == 1 || seq % 29 == 2) {
                if (seq != 1 && seq != 2)
                        return false;
        }
        if (seq % 29 == 0) {
                record.kind = RECORD_LOST;
                record.lost = (Lost){.last_seq = seq + 2, .reason = LOST_OVERWRITTEN};
        } else if (seq == 1 || seq % 97 == 96) {
                record.kind = RECORD_ANCHOR;
                record.anchor = (Anchor){.utc_ms = START_UTC_MS + (epoch - EPOCH_FIRST) * 86400000LL +
                                                   (int64_t)tick * 1000 / TICK_HZ,
                                         .clock_quality = CLOCK_SYNCHRONISED};
        } else if (seq % 41 == 0) {
                record.kind = RECORD_BATTERY;
                record.battery = (Battery){.level_pct = seq % 100};
        } else {
                record.kind = RECORD_STRIDE;
                record.stride = (Stride){.stride_time_1024 = 1024,
                                         .contact_time_1024 = 250 + seq % 7,
                                         .stride_length_mm = 2000 + pod + seq % 13,
                                         .peak_impact_mg = 2500,
                                         .running = 1,
                                         .quality = 3};
        }
        r = record_encode(&record);
        *ret = record;
        return r >= 0;
}

bool message_is_good(uint32_t number)
{
        return number % 9 != 5;
}

int64_t message_pain(uint32_t number)
{
        return message_is_good(number) ? number % 11 : 11;
}
