#include "daemon/clinic/receipt.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <stdbool.h>
#include <string.h>

#define LEDGER_ID_LENGTH 8
#define ROW_DIGITS_MAX   19

/* "0123abcd-17", as message.c writes it. A number too large for a row names none of ours. */
static bool read_id(const char *text, const char *ledger_id, ReceiptIds *ret)
{
        const char *digits = text + LEDGER_ID_LENGTH + 1;
        int64_t row = 0;

        if (strspn(text, "0123456789abcdef") != LEDGER_ID_LENGTH || text[LEDGER_ID_LENGTH] != '-' ||
            strlen(digits) < 1 || strlen(digits) > ROW_DIGITS_MAX ||
            strspn(digits, "0123456789") != strlen(digits))
                return false;
        if (strncmp(text, ledger_id, LEDGER_ID_LENGTH) != 0 ||
            integer_parse(digits, 1, INT64_MAX, &row) < 0)
                ret->n_foreign++;
        else
                ret->rows[ret->n++] = row;
        return true;
}

const char *receipt_read(const cJSON *root, const char *ledger_id, ReceiptIds *ret)
{
        const cJSON *ids = cJSON_GetObjectItemCaseSensitive(root, "ids"), *id;
        int size = cJSON_IsArray(ids) ? cJSON_GetArraySize(ids) : 0;
        ReceiptIds read = {0};

        if (size < 1 || size > RECEIPT_IDS_MAX)
                return "ids must be an array of 1 to 100 ids of messages";
        cJSON_ArrayForEach(id, ids) {
                if (!cJSON_IsString(id) || !read_id(id->valuestring, ledger_id, &read))
                        return "each of ids must be the id of a message of a gateway, as 0123abcd-17";
        }
        *ret = read;
        return NULL;
}
