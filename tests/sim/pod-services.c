/* What a pod offers: the characteristics of its type, and what they read. */
#include "pod.h"

#include <string.h>

static size_t read_battery(const Sim *sim, const SimPod *pod, uint8_t *ret)
{
        (void)sim;
        ret[0] = (uint8_t)pod->battery_pct;
        return 1;
}

static size_t read_maker(const Sim *sim, const SimPod *pod, uint8_t *ret)
{
        (void)sim, (void)pod;
        memcpy(ret, "Simulated", 9);
        return 9;
}

static size_t read_feature(const Sim *sim, const SimPod *pod, uint8_t *ret)
{
        bool foot = pod->placement == PLACEMENT_LEFT_FOOT || pod->placement == PLACEMENT_RIGHT_FOOT;
        StrideFeature feature = {.major = STRIDE_VERSION_MAJOR, .minor = STRIDE_VERSION_MINOR,
                                 .features = foot ? 0x00F : 0x1F8, .tick_hz = TICK_HZ,
                                 .capacity = pod->capacity ? (uint32_t)pod->capacity : 200000};

        (void)sim;
        return stride_feature_encode(&feature, ret);
}

static size_t read_rsc_feature(const Sim *sim, const SimPod *pod, uint8_t *ret)
{
        (void)sim, (void)pod;
        ret[0] = 0x05; /* stride length, walking or running */
        ret[1] = 0;
        return 2;
}

#define COMMON                                                                                     \
        {SIG("180f"), SIG("2a19"), {"read", "notify", NULL}, read_battery},                        \
                {SIG("180a"), SIG("2a29"), {"read", NULL}, read_maker}

static const SimCharacteristic stride_characteristics[] = {
        {STRIDE_SERVICE_UUID, STRIDE_FEATURE_UUID, {"read", NULL}, read_feature},
        {STRIDE_SERVICE_UUID, STRIDE_RECORDS_UUID, {"notify", NULL}, NULL},
        {STRIDE_SERVICE_UUID, STRIDE_CONTROL_UUID, {"write", "indicate", NULL}, NULL},
        COMMON,
};

static const SimCharacteristic rsc_characteristics[] = {
        {SIG("1814"), SIG("2a53"), {"notify", NULL}, NULL},
        {SIG("1814"), SIG("2a54"), {"read", NULL}, read_rsc_feature},
        COMMON,
};

static const SimCharacteristic heart_rate_characteristics[] = {
        {SIG("180d"), SIG("2a37"), {"notify", NULL}, NULL},
        COMMON,
};

const SimCharacteristic *pod_characteristics(const SimPod *pod, size_t *ret_n)
{
        static const struct {
                const SimCharacteristic *list;
                size_t n;
        } types[] = {
                [POD_STRIDE] = {stride_characteristics, ARRAY_SIZE(stride_characteristics)},
                [POD_RSC] = {rsc_characteristics, ARRAY_SIZE(rsc_characteristics)},
                [POD_HEART_RATE] = {heart_rate_characteristics, ARRAY_SIZE(heart_rate_characteristics)},
        };

        *ret_n = types[pod->type].n;
        return types[pod->type].list;
}
