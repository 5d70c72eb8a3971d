/* diary.h: Private to control. A diary entry as a dictionary. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "proto/clinic-records.h"

#include <systemd/sd-bus.h>

/* Its fields, and the state of its red flag. Between dict_open and dict_close. */
int dict_diary_entry(sd_bus_message *m, Ledger *ledger, const DiaryEntry *entry);
