#include "daemon/clinic/suspects.h"

#include <string.h>

Suspect *suspects_find(Suspects *suspects, const OutboxRow *row)
{
        for (size_t i = 0; i < suspects->n; i++) {
                Suspect *suspect = &suspects->list[i];

                if (suspect->kind == row->kind && suspect->clears == row->clears &&
                    strcmp(suspect->runner, row->runner) == 0 && strcmp(suspect->key, row->key) == 0)
                        return suspect;
        }
        return NULL;
}

static void forget(Suspects *suspects, size_t i)
{
        suspects->n--;
        memmove(&suspects->list[i], &suspects->list[i + 1], (suspects->n - i) * sizeof(suspects->list[0]));
}

int suspects_note(Suspects *suspects, const OutboxRow *row, int proofs, const char *why)
{
        Suspect *suspect = suspects_find(suspects, row);

        if (!suspect) {
                if (suspects->n == SUSPECTS_MAX)
                        forget(suspects, 0);
                suspect = &suspects->list[suspects->n++];
                *suspect = (Suspect){.kind = row->kind, .clears = row->clears};
                (void)text_copy(suspect->runner, sizeof(suspect->runner), row->runner);
                (void)text_copy(suspect->key, sizeof(suspect->key), row->key);
        }
        if (suspect->proofs < SUSPECT_PROOFS)
                suspect->proofs += proofs;
        (void)text_copy(suspect->why, sizeof(suspect->why), why);
        return suspect->proofs;
}

void suspects_clear(Suspects *suspects, const OutboxRow *row)
{
        Suspect *suspect = suspects_find(suspects, row);

        if (suspect)
                forget(suspects, (size_t)(suspect - suspects->list));
}
