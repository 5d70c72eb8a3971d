#include "daemon/clinic/inbound.h"

#include "base/log.h"
#include "daemon/clinic/inbound-case.h"
#include "daemon/clinic/receipt.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/roster.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

DEFINE_CLEANUP(cJSON *, cJSON_Delete);

static int take_receipt(Case *c)
{
        ReceiptCount count = {0};
        ReceiptIds ids;
        const char *fault = receipt_read(c->root, &ids);
        int r;

        if (fault)
                return case_refuse(c, "invalid_field", "%s", fault);
        r = receipts_take(c->ledger, c->ack.runner, ids.rows, ids.n, &count);
        if (r < 0)
                return r;
        if (c->inbound->receipts) {
                c->inbound->receipts->settled += count.settled;
                c->inbound->receipts->known += count.known;
                c->inbound->receipts->unknown += count.unknown + (int64_t)ids.n_foreign;
        }
        return case_accept(c, "stored", "stored");
}

/* An answer is a row that needs a receipt: answered receipts would go round for ever. */
static const struct Taker {
        const char *what;
        int (*take)(Case *c);
        bool silent; /* has no answer, and is not kept when refused */
} takers[] = {
        {"diary", take_diary, false},
        {"plan", take_plan, false},
        {"assessment", take_assessment, false},
        {"acknowledge", take_acknowledge, false},
        {"resend", take_resend, false},
        {"consent", take_consent, false},
        {"receipt", take_receipt, true},
};

static const struct Taker *find_taker(const char *what)
{
        for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
                if (strcmp(takers[i].what, what) == 0)
                        return &takers[i];
        }
        return NULL;
}

/* ---- what all have in common ---- */

static int check_runner(Case *c)
{
        Runner runner;
        int r = runner_get(c->ledger, c->ack.runner, &runner);

        if (r < 0)
                return r;
        return r > 0 ? 1 : case_refuse(c, "unknown_runner", "no runner %s lives here", c->ack.runner);
}

/* An escaped NUL would end a text of ours early: what is stored would not be what was sent. */
static bool has_escaped_nul(const char *text)
{
        for (; *text; text++) {
                if (text[0] == '\\' && strncmp(text + 1, "u0000", 5) == 0)
                        return true;
                if (text[0] == '\\' && text[1] != '\0')
                        text++; /* the escaped character begins nothing */
        }
        return false;
}

/* Of two values of one key every reader takes another one: no entry can mean that. */
static bool has_double_key(const cJSON *value)
{
        for (const cJSON *item = value->child; item; item = item->next) {
                if (has_double_key(item))
                        return true;
                for (const cJSON *other = value->child; cJSON_IsObject(value) && other != item;
                     other = other->next) {
                        if (strcmp(other->string, item->string) == 0)
                                return true;
                }
        }
        return false;
}

/* The topic says whose it is. A payload that says so, too, must agree: a form that was filled in
 * for somebody else would otherwise land in this runner's diary. */
static int check_named_runner(Case *c)
{
        const cJSON *runner = cJSON_GetObjectItemCaseSensitive(c->root, "runner");

        if (!runner || cJSON_IsNull(runner))
                return 1;
        if (!cJSON_IsString(runner))
                return case_refuse(c, "invalid_field", "runner must be a text, or left away");
        if (strcmp(runner->valuestring, c->ack.runner) != 0)
                return case_refuse(c, "wrong_runner", "the payload names another runner than the topic, which "
                                                 "is for %s", c->ack.runner);
        return 1;
}

static int check_envelope(Case *c)
{
        const cJSON *id = cJSON_GetObjectItemCaseSensitive(c->root, "id");
        const cJSON *version = cJSON_GetObjectItemCaseSensitive(c->root, "v");
        int r;

        if (!cJSON_IsObject(c->root))
                return case_refuse(c, "invalid_json", "the payload is no JSON object");
        if (has_escaped_nul(c->text))
                return case_refuse(c, "invalid_json", "a text in it holds a NUL");
        if (has_double_key(c->root))
                return case_refuse(c, "invalid_json", "an object in it has a key twice");
        if (!cJSON_IsString(id) || !id_is_valid(id->valuestring))
                return case_refuse(c, "invalid_field", "id must be 1 to 40 letters, digits, '.', '_' or '-'");
        (void)text_copy(c->ack.id, sizeof(c->ack.id), id->valuestring);
        if (!text_is_utf8(c->text))
                return case_refuse(c, "invalid_field", "the payload is not UTF-8");
        if (!cJSON_IsNumber(version) || version->valuedouble != 1)
                return case_refuse(c, "wrong_version", "v must be 1: this gateway speaks no other version");
        r = check_named_runner(c);
        return r > 0 ? check_runner(c) : r;
}

static int judge(Case *c, const char *what)
{
        const struct Taker *taker = find_taker(what);
        int r;

        if (c->inbound->size > INBOUND_PAYLOAD_MAX)
                return case_refuse(c, "too_large", "%zu octets are more than %d", c->inbound->size,
                              INBOUND_PAYLOAD_MAX);
        r = check_envelope(c);
        if (r <= 0)
                return r;
        return taker ? taker->take(c) : case_refuse(c, "unknown_kind", "nothing here takes in/%s", what);
}

static int answer(Case *c, const char *what)
{
        bool silent = find_taker(what) && find_taker(what)->silent;
        int r = silent ? 0 : ack_put(c->ledger, &c->ack);

        if (r < 0 || c->ack.accepted)
                return r;
        log_event(LOG_INBOUND_REFUSED, LOG_LEVEL_WARNING, NULL, c->ack.runner,
                  "message %s on in/%s refused: %s (%s)", c->ack.id, what, c->ack.message, c->ack.code);
        if (silent)
                return 0;
        return refused_keep(c->ledger, c->inbound->topic, c->inbound->payload,
                            c->inbound->size < INBOUND_PAYLOAD_MAX ? c->inbound->size
                                                                   : INBOUND_PAYLOAD_MAX,
                            c->ack.message);
}

/* NULL unless the payload is one JSON value and nothing else. `text` has room for the largest. */
static cJSON *parse(const Inbound *inbound, char text[static INBOUND_PAYLOAD_MAX + 1])
{
        text[0] = '\0';
        if (inbound->size > INBOUND_PAYLOAD_MAX || memchr(inbound->payload, '\0', inbound->size))
                return NULL;
        memcpy(text, inbound->payload, inbound->size);
        text[inbound->size] = '\0';
        return cJSON_ParseWithOpts(text, NULL, 1);
}

int inbound_take(Ledger *ledger, Clock *clock, const TopicPrefix *prefix, const Inbound *inbound)
{
        CLEANUP(cJSON_Deletep) cJSON *root = NULL;
        char text[INBOUND_PAYLOAD_MAX + 1];
        Case c = {.ledger = ledger, .clock = clock, .inbound = inbound, .text = text, .ack.plan_version = NULL_INTEGER};
        char what[ID_SIZE];
        int verdict, r = topic_inbound_parse(prefix, inbound->topic, c.ack.runner, what);

        if (r < 0) {
                log_event(LOG_INBOUND_REFUSED, LOG_LEVEL_WARNING, NULL, NULL,
                          "a message on a topic that is not ours was dropped");
                return 0;
        }
        c.root = root = parse(inbound, text);
        r = ledger_begin(ledger);
        if (r < 0)
                return r;
        verdict = judge(&c, what);
        r = verdict < 0 ? verdict : answer(&c, what);
        if (r < 0) {
                ledger_rollback(ledger);
                return r;
        }
        r = ledger_commit(ledger);
        return r < 0 ? r : verdict;
}
