/* clinic.h: the clinic's store, as simple as can be: a message is kept under its id, the second one
 * with the same id must be the same. */
#pragma once

#include "daemon/clinic/message.h"

#define CLINIC_MESSAGES_MAX 6000

typedef struct ClinicMessage {
        bool there;
        bool fixed; /* a week or a run: the same content each time */
        int copies; /* in the store; more than one: doubled */
        char topic[TOPIC_MAX];
        char *payload;
} ClinicMessage;

typedef struct ModelClinic {
        ClinicMessage messages[CLINIC_MESSAGES_MAX]; /* by the number in the id */
        const char *ledger_id;
        bool forgets, doubles; /* broken on purpose */
        unsigned received;
        char wrong[300]; /* the first thing that was, or "" */
} ModelClinic;

/* A message as it came from the broker, and the row it was made of. */
void clinic_receive(ModelClinic *clinic, const OutboxRow *row, const Message *message);
void clinic_clear(ModelClinic *clinic);
/* Newest revision there is of a week or run, from what the messages themselves say; its steps.
 * 0: none. */
int64_t clinic_newest(const ModelClinic *clinic, const char *topic_end, int64_t *ret_steps);
/* The last word there is an empty one: it is cleared. */
bool clinic_forgot(const ModelClinic *clinic, const char *topic_end);
/* How many different topics like a week's or a run's ("/week/", "/run/") are not cleared. */
size_t clinic_topics(const ModelClinic *clinic, const char *part);
