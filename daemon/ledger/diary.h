/* diary.h: what runners say, and the answers to inbound messages. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "proto/clinic-records.h"

/* 1: stored; 0: the same entry was there already; -EEXIST: that id is taken by an entry with other
 * content (the first one stays); -EALREADY: another entry has corrected the same one; -ELOOP: by way
 * of others it would correct itself; -ENOENT: no such runner; -EINVAL: it was not begun with
 * diary_entry_set_null. Weeks are derived anew; a red flag in it is raised (redflags.h). */
int diary_store(Ledger *ledger, const DiaryEntry *entry) MUST_CHECK;
/* In force or not. 1, 0. */
int diary_get(Ledger *ledger, const char *runner, const char *id, DiaryEntry *ret) MUST_CHECK;

/* All that read a diary to reckon with it see the entries in force: neither corrected nor withdrawn.
 * Any field of an entry may be null, pain too. */
typedef int (*DiaryFunction)(const DiaryEntry *entry, void *userdata);
/* Entries with from <= at < to in order of time; `runner` NULL: of all. */
int diary_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
               DiaryFunction function, void *userdata) MUST_CHECK;
/* Entries with an rpe or stopped_for_pain: those that name a run that began from <= start < to, however
 * late they were made, and those of from <= at < to that name none, or one that is not known. */
int diary_about_runs_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                          DiaryFunction function, void *userdata) MUST_CHECK;
/* Everything that was ever said, in order of time. `superseded_by`: the id of the entry that corrects
 * or withdraws it, or "". */
typedef int (*DiaryHistoryFunction)(const DiaryEntry *entry, const char *superseded_by, void *userdata);
int diary_history_each(Ledger *ledger, const char *runner, DiaryHistoryFunction function,
                       void *userdata) MUST_CHECK;

/* The answer to an inbound message, published on {runner}/ack/{id}. */
typedef struct Ack {
        char runner[ID_SIZE];
        char id[ID_SIZE];   /* of the inbound message; "": it had none that could be read */
        int64_t accepted;
        char code[32];      /* "stored" "duplicate" "invalid_json" "wrong_runner" … */
        char message[200];  /* a sentence for people */
        int64_t plan_version; /* of an answer about a plan: the version in force; else null */
} Ack;

extern const FieldTable ack_fields;

#define ACKS_MAX 10000

/* Keeps an answer and queues it. An answer never changes: a message that came twice is answered
 * twice. An empty ack->id is filled in: "unreadable-" and the answer's own number, which no other
 * has. Needs no consent: it carries no measure. The newest ACKS_MAX are kept. */
int ack_put(Ledger *ledger, Ack *ack) MUST_CHECK;
/* The answer that an outbox row of kind ACK names by its revision. 1, 0. */
int ack_of_row(Ledger *ledger, int64_t revision, Ack *ret) MUST_CHECK;
/* The newest answer to that message. 1, 0. */
int ack_get(Ledger *ledger, const char *runner, const char *id, Ack *ret) MUST_CHECK;
/* Answers whose outbox rows are gone go, too. */
int ack_prune(Ledger *ledger) MUST_CHECK;
/* Refused payloads are kept for a human: bounded to the newest 1000. */
int refused_keep(Ledger *ledger, const char *topic, const void *payload, size_t size,
                 const char *why) MUST_CHECK;
int refused_count(Ledger *ledger, int64_t *ret) MUST_CHECK;
