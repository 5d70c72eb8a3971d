/* suspects.h: Private to clinic. Topics that a broker may have cut the connection for, or refused.
 *
 * A broker of before MQTT 5 has no word for "you may not write this": many end the connection, and say
 * nothing. Whatever was under way then is a suspect. Suspects go last and one at a time, so that the next
 * cut proves whose it was. What a row is about counts, not its number: a newer one of the same is no better. */
#pragma once

#include "daemon/ledger/outbox.h"

#define SUSPECTS_MAX   64 /* the one noted longest ago makes room: it would be noted again */
#define SUSPECT_PROOFS 3  /* a connection may be lost by chance while one row is under way, not so often */

typedef struct Suspect {
        OutboxKind kind, clears;
        char runner[ID_SIZE];
        char key[80];
        int proofs;
        char why[160]; /* for people */
} Suspect;

typedef struct Suspects {
        Suspect list[SUSPECTS_MAX]; /* oldest first */
        size_t n;
} Suspects;

Suspect *suspects_find(Suspects *suspects, const OutboxRow *row); /* NULL: none */
/* Adds to its proofs; which it has then. */
int suspects_note(Suspects *suspects, const OutboxRow *row, int proofs, const char *why);
/* The broker took it after all. */
void suspects_clear(Suspects *suspects, const OutboxRow *row);
static inline bool suspect_is_proven(const Suspect *suspect)
{
        return suspect && suspect->proofs >= SUSPECT_PROOFS;
}
