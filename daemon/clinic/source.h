/* source.h: Private to clinic. What messages are made of. */
#pragma once

#include "daemon/clinic/clinic.h"
#include "proto/topic.h"

typedef struct MessageSource { /* borrowed */
        Ledger *ledger;
        Clock *clock;
        const TopicPrefix *prefix;
        const ClinicConfig *config;
        const ClinicObserver *observer;
        void *userdata;
        int64_t refused_inbound;
} MessageSource;
