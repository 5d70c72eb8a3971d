/* receipt.h: Private to clinic. in/receipt: {v, id, ids:[…]}, the archive's word that it has durably
 * stored the messages of these ids. The checks here and proto/mqtt/receipt.schema.json say the same. */
#pragma once

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#define RECEIPT_IDS_MAX 100

typedef struct ReceiptIds {
        int64_t rows[RECEIPT_IDS_MAX]; /* of the outbox */
        size_t n;
        size_t n_foreign; /* well made, but of another ledger: ignored */
} ReceiptIds;

/* `root`: an object whose v and id were checked. NULL: *ret is filled; else what is wrong with it, a
 * sentence. */
const char *receipt_read(const cJSON *root, const char *ledger_id, ReceiptIds *ret);
