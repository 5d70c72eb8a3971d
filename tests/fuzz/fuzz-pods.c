/* Every decoder of the pods. The first octet picks the characteristic. */
#include "tests/fuzz/fuzz.h"

#include "base/text.h"
#include "proto/pods/pods.h"

#include <errno.h>

static const PodCharacteristic *pick(uint8_t index)
{
        size_t n = 0;

        for (size_t i = 0; i < n_pod_drivers; i++)
                n += pod_drivers[i]->n_characteristics;
        index = (uint8_t)(index % n);
        for (size_t i = 0;; i++) {
                if (index < pod_drivers[i]->n_characteristics)
                        return &pod_drivers[i]->characteristics[index];
                index = (uint8_t)(index - pod_drivers[i]->n_characteristics);
        }
}

static void check_values(const PodValues *values)
{
        PROMISE(values->n <= POD_VALUES_MAX && values->n_integers <= POD_INTEGERS_MAX);
        for (size_t i = 0; i < values->n; i++) {
                const PodValue *value = &values->list[i];

                PROMISE(value->name && value->name[0]);
                PROMISE(memchr(value->text, '\0', sizeof(value->text)));
                if (value->type == POD_TEXT)
                        PROMISE(text_is_utf8(value->text)); /* it goes into JSON */
                if (value->type == POD_INTEGER_LIST)
                        PROMISE(value->first_integer + value->n_integers <= values->n_integers);
        }
}

/* What was read can be written, and read again. */
static void check_sample(Record *record)
{
        Record again;

        PROMISE(record->kind == RECORD_SAMPLE);
        PROMISE(record->sample.n_rr >= 0 && record->sample.n_rr <= RR_MAX);
        PROMISE(record_encode(record) == 0);
        again = *record;
        memset(&again.sample, 0x55, sizeof(again.sample));
        PROMISE(record_decode(&again) == 0);
        PROMISE(fields_equal(record_fields(RECORD_SAMPLE), record, &again));
        for (int64_t i = 0; i < record->sample.n_rr; i++)
                PROMISE(record->sample.rr_1024[i] == again.sample.rr_1024[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static PodValues values;
        const PodCharacteristic *characteristic;
        Record record = {0};
        int described, sampled;

        if (size == 0)
                return 0;
        characteristic = pick(data[0]);
        data++, size--;
        memset(&values, 0, sizeof(values));
        described = characteristic->describe(data, size, &values);
        PROMISE(described == 0 || described == -EBADMSG);
        PROMISE((described == 0) == (values.error[0] == '\0'));
        check_values(&values);
        if (!characteristic->sample)
                return 0;
        sampled = characteristic->sample(data, size, &record);
        PROMISE(sampled == 0 || sampled == 1 || sampled == -EBADMSG);
        PROMISE(described == 0 || sampled != 1); /* what cannot be told is not kept as a sample */
        if (sampled == 1)
                check_sample(&record);
        return 0;
}
