/* inbound-case.h: Private to clinic/inbound. One message under judgement, and those who take it. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/diary.h"
#include "proto/forms.h"

#include <cjson/cJSON.h>

typedef struct Inbound Inbound;

/* What is known of a message so far, and the verdict. */
typedef struct Case {
        Ledger *ledger;
        Clock *clock;
        const Inbound *inbound;
        const char *text; /* the payload, terminated */
        const cJSON *root;
        Ack ack; /* runner, id and the verdict */
} Case;

/* The verdict: returns 0 and 1. */
int case_refuse(Case *c, const char *code, const char *format, ...) PRINTF_LIKE(3, 4);
int case_accept(Case *c, const char *code, const char *format, ...) PRINTF_LIKE(3, 4);
/* Fills what the form's rules name; the record was begun with everything null. 1; 0: refused. */
int case_read(Case *c, const Form *form, void *record);

/* 1: accepted; 0: refused; -errno of the ledger. The envelope is good, the runner is here. */
int take_diary(Case *c);
int take_plan(Case *c);
int take_assessment(Case *c);
int take_acknowledge(Case *c);
int take_resend(Case *c);
int take_consent(Case *c);
