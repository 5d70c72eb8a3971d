/* scan, pair, pods */
#include "cli/daemon.h"

#include "base/text.h"
#include "proto/record.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SCAN_S 10
#define PAIR_S 180 /* find, wait for a turn, connect, bond, resolve: each with its own limit */

/* {"NAME": array} */
static cJSON *named(const char *name, cJSON *value)
{
        cJSON *object = cJSON_CreateObject();

        (void)cJSON_AddItemToObject(object, name, value); /* fails only without memory */
        return object;
}

static const Column seen_columns[] = {
        {"ADDRESS", "address", SHAPE_TEXT}, {"NAME", "name", SHAPE_TEXT},
        {"KIND", "driver", SHAPE_TEXT},     {"SIGNAL dBm", "rssi_dbm", SHAPE_NUMBER},
        {"PAIRED HERE", "known", SHAPE_YES},
};

static int run_scan(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        int64_t seconds = SCAN_S;
        int code;

        if (argc > 2 || (argc == 2 && argv[1][0] == '-'))
                return verb_misused(invocation, &verb_scan, "'%s' is not understood", argv[argc > 2 ? 2 : 1]);
        if (argc == 2 && integer_parse(argv[1], 1, 60, &seconds) < 0)
                return verb_misused(invocation, &verb_scan, "'%s': a scan takes 1 to 60 seconds", argv[1]);
        if (!invocation->json && !invocation->quiet && isatty(STDERR_FILENO))
                (void)fprintf(stderr, "listening for %d s …\n", (int)seconds);
        code = daemon_call(invocation, "Scan", (unsigned)seconds + 30, &reply, "u", (uint32_t)seconds);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json) {
                CLEANUP(cJSON_Deletep) cJSON *object = named("pods", TAKE(reply));

                return output_json(object);
        }
        if (cJSON_GetArraySize(reply) == 0)
                return output_error(invocation, EXIT_NOT_FOUND, "none",
                                    "no pod is in range",
                                    "wake it (move it, or press its button), bring it closer, try again");
        output_table(reply, seen_columns, ARRAY_SIZE(seen_columns));
        (void)printf("\nnext: stridectl pair ADDRESS --runner RUNNER --placement PLACEMENT\n");
        return EXIT_DONE;
}

const Verb verb_scan = {
        .name = "scan", .arguments = "[SECONDS]", .summary = "find pods in range", .run = run_scan};

typedef struct PairArguments {
        const char *address, *runner, *placement;
        bool yes;
} PairArguments;

static int parse_pair(const Invocation *invocation, int argc, char **argv, PairArguments *ret)
{
        Placement placement;

        *ret = (PairArguments){0};
        for (int i = 1; i < argc; i++) {
                const char **value = strcmp(argv[i], "--runner") == 0      ? &ret->runner
                                     : strcmp(argv[i], "--placement") == 0 ? &ret->placement
                                                                           : NULL;

                if (value && i + 1 == argc)
                        return verb_misused(invocation, &verb_pair, "%s needs a value", argv[i]);
                if (value)
                        *value = argv[++i];
                else if (strcmp(argv[i], "--yes") == 0)
                        ret->yes = true;
                else if (argv[i][0] == '-' || ret->address)
                        return verb_misused(invocation, &verb_pair, "'%s' is not understood", argv[i]);
                else
                        ret->address = argv[i];
        }
        if (!ret->address || !ret->runner || !ret->placement)
                return verb_misused(invocation, &verb_pair, "%s is missing",
                                    !ret->address  ? "the pod's address (find it with: stridectl scan)"
                                    : !ret->runner ? "--runner (list them with: stridectl runners)"
                                                   : "--placement");
        if (placement_parse(ret->placement, &placement) < 0)
                return verb_misused(invocation, &verb_pair,
                                    "'%s' is no placement; there are: left-foot right-foot sacrum "
                                    "thoracolumbar left-thigh right-thigh chest",
                                    ret->placement);
        return EXIT_DONE;
}

/* It takes its time: a person is told at once what for. */
static int call_pair(const Invocation *invocation, const PairArguments *arguments, bool confirmed,
                     cJSON **ret)
{
        char patience[80];
        Invocation patient = *invocation;

        (void)snprintf(patience, sizeof(patience), "looking for %.17s, up to 30 s; wake it now …",
                       arguments->address);
        if (!invocation->json && !invocation->quiet)
                patient.patience = patience;
        return daemon_call(&patient, "Pair", PAIR_S, ret, "sssb", arguments->address,
                           arguments->runner, arguments->placement, (int)confirmed);
}

/* ---- what the pod asks while it bonds ---- */

#define PASSKEY_MAX 999999

static bool read_passkey(uint32_t *ret)
{
        char line[32] = "";
        int64_t passkey;

        (void)printf("The pod shows a passkey of six digits; type it: ");
        (void)fflush(stdout); /* the answer shows whether it was read */
        if (!fgets(line, sizeof(line), stdin))
                return false;
        line[strcspn(line, "\n")] = '\0';
        if (integer_parse(line, 0, PASSKEY_MAX, &passkey) < 0)
                return false;
        *ret = (uint32_t)passkey;
        return true;
}

static bool read_comparison(uint32_t passkey)
{
        char line[8] = "";

        (void)printf("Does the pod show %06u? [y/N] ", passkey);
        (void)fflush(stdout); /* as above */
        return fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
}

/* Nobody at a terminal: no is said at once, and the pairing ends with that reason. */
static int on_question(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        const Invocation *invocation = userdata;
        const char *address, *kind;
        uint32_t passkey;
        bool yes = false;
        int r = sd_bus_message_read(signal, "ssu", &address, &kind, &passkey);

        (void)error;
        if (r < 0)
                return r;
        if (strcmp(kind, "show") == 0) {
                (void)fprintf(stderr, "enter %06u at the pod …\n", passkey);
                return 0;
        }
        if (output_can_ask(invocation))
                yes = strcmp(kind, "enter") == 0 ? read_passkey(&passkey) : read_comparison(passkey);
        r = sd_bus_call_method_async(sd_bus_message_get_bus(signal), NULL, "org.strided1", "/org/strided1",
                                     "org.strided1.Manager", "AnswerPairing", NULL, NULL, "sbu", address, (int)yes,
                                     passkey);
        return r < 0 ? r : 0;
}

static int run_pair(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        PairArguments arguments;
        int code = parse_pair(invocation, argc, argv, &arguments);

        if (code == EXIT_DONE)
                code = daemon_listen(invocation, "PairingQuestion", on_question, (void *)(uintptr_t)invocation);
        if (code != EXIT_DONE)
                return code;
        code = call_pair(invocation, &arguments, arguments.yes, &reply);
        if (code == EXIT_CONFIRMED)
                code = call_pair(invocation, &arguments, true, &reply);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(reply);
        (void)printf("✓ %s (%s, %s) is paired: %s of %s\n", json_text_at(reply, "name"),
                     json_text_at(reply, "address"), json_text_at(reply, "driver"),
                     json_text_at(reply, "placement"), json_text_at(reply, "runner"));
        if (!cJSON_IsTrue(json_at(reply, "bonded")))
                (void)printf("  it cannot bond: it is heard by its address\n");
        return EXIT_DONE;
}

const Verb verb_pair = {
        .name = "pair",
        .arguments = "ADDRESS --runner RUNNER --placement PLACEMENT [--yes]",
        .summary = "make a pod known and assign it to a runner",
        .help = "PLACEMENT is left-foot, right-foot, sacrum, thoracolumbar, left-thigh, right-thigh or\n"
                "chest. Pods that are read: those with the Stride Service, Running Speed and Cadence,\n"
                "Heart Rate, or Cycling Power. Pairing a known pod again moves it from now on.\n"
                "A pod that another runner wears, or a place where this runner wears one already, wants\n"
                "a yes: at a terminal you are asked, anywhere else --yes says it beforehand.\n"
                "A pod with a display or keys asks for its passkey, or whether two numbers agree: that is\n"
                "asked at a terminal only, and --yes does not answer it.\n",
        .run = run_pair,
};

/* ---- unpair ---- */

#define UNPAIR_S 3600 /* the daemon ends it by itself when nothing comes any more */

static void show_given_up(const cJSON *pod)
{
        const cJSON *range;
        const char *since = json_text_at(pod, "reported");

        if (cJSON_IsTrue(json_at(pod, "read_to_end")))
                return;
        (void)printf("  not read to its end: %s; given up:\n", json_text_at(pod, "why_not"));
        cJSON_ArrayForEach(range, json_at(pod, "ranges"))
                (void)printf("    epoch %.0f: %.0f–%.0f\n", json_number_at(range, "epoch"),
                             json_number_at(range, "first"), json_number_at(range, "last"));
        (void)printf("    and what it made since %s\n", since[0] ? since : "ever: it was never read to its end");
}

static int run_unpair(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        const char *address = NULL;
        Invocation patient = *invocation;
        bool forced = false;
        int code;

        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--force") == 0)
                        forced = true;
                else if (argv[i][0] == '-' || address)
                        return verb_misused(invocation, &verb_unpair, "'%s' is not understood", argv[i]);
                else
                        address = argv[i];
        }
        if (!address)
                return verb_misused(invocation, &verb_unpair, "the pod's address is missing (list them with: stridectl pods)");
        if (!invocation->json && !invocation->quiet)
                patient.patience = "reading it to its end; keep it near …";
        code = daemon_call(&patient, "Unpair", UNPAIR_S, &reply, "sb", address, (int)forced);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(reply);
        (void)printf("✓ %s (%s) is unpaired: it was %s of %s%s\n", json_text_at(reply, "name"),
                     json_text_at(reply, "address"), json_text_at(reply, "placement"), json_text_at(reply, "runner"),
                     cJSON_IsTrue(json_at(reply, "read_to_end")) ? "; all it had is here" : "");
        show_given_up(reply);
        if (!cJSON_IsTrue(json_at(reply, "bond_removed")))
                (void)printf("  bluetoothd keeps its bond (%s)\n  next: bluetoothctl remove %s\n",
                             json_text_at(reply, "bond_error"), json_text_at(reply, "address"));
        return EXIT_DONE;
}

const Verb verb_unpair = {
        .name = "unpair",
        .arguments = "ADDRESS [--force]",
        .summary = "read a pod to its end and give it back",
        .help = "Keep the pod near the gateway: what it holds is read first, then it is nobody's, then its\n"
                "bond is removed. What it told stays its runner's. When something stays on it that is not\n"
                "here, it stays paired, and you are told what. --force gives it back all the same, and\n"
                "names what is lost; a pod that is not there is not waited for.\n",
        .name_first = true,
        .run = run_unpair,
};

static const Column pod_columns[] = {
        {"ADDRESS", "address", SHAPE_TEXT},       {"RUNNER", "runner", SHAPE_TEXT},
        {"PLACEMENT", "placement", SHAPE_TEXT},   {"KIND", "driver", SHAPE_TEXT},
        {"LINK", "link.state", SHAPE_TEXT},       {"LAST HEARD (UTC)", "last_heard", SHAPE_TIME},
        {"BATTERY %", "battery_pct", SHAPE_NUMBER}, {"RECORDS", "records.received", SHAPE_NUMBER},
        {"MISSING", "records.missing", SHAPE_NUMBER}, {"LOST", "records.lost", SHAPE_NUMBER},
};

static const Column pod_lines[] = {
        {"address", "address", SHAPE_TEXT},
        {"name", "name", SHAPE_TEXT},
        {"made by", "manufacturer", SHAPE_TEXT},
        {"firmware", "firmware", SHAPE_TEXT},
        {"kind", "driver", SHAPE_TEXT},
        {"runner", "runner", SHAPE_TEXT},
        {"placement", "placement", SHAPE_TEXT},
        {"bonded", "bonded", SHAPE_YES},
        {"link", "link.state", SHAPE_TEXT},
        {"last error", "link.last_error", SHAPE_TEXT},
        {"last heard (UTC)", "last_heard", SHAPE_TIME},
        {"read to its end (UTC)", "reported", SHAPE_TIME},
        {"battery %", "battery_pct", SHAPE_NUMBER},
        {"cadence counts", "cadence_counts", SHAPE_TEXT},
        {"records received", "records.received", SHAPE_NUMBER},
        {"  missing", "records.missing", SHAPE_NUMBER},
        {"  lost by the pod", "records.lost", SHAPE_NUMBER},
        {"  asked again", "records.asked_again", SHAPE_NUMBER},
        {"packets unread", "records.unread_packets", SHAPE_NUMBER},
        {"contradictions", "records.contradictions", SHAPE_NUMBER},
};

#define RANGES_SHOWN 8 /* of a state, in a line for people; --json has all */

/* "; lost 12–19 (overwritten), 40–41 (corrupt)". False: there are none. */
static bool show_ranges(const cJSON *ranges, const char *state)
{
        const cJSON *range;
        int n = 0;

        cJSON_ArrayForEach(range, ranges) {
                const char *reason = json_text_at(range, "reason");

                if (strcmp(json_text_at(range, "state"), state) != 0 || n++ >= RANGES_SHOWN)
                        continue;
                if (n == 1)
                        (void)printf("%s ", state);
                (void)printf("%s%.0f–%.0f%s%s%s", n == 1 ? "" : ", ", json_number_at(range, "first"),
                             json_number_at(range, "last"), reason[0] ? " (" : "", reason,
                             reason[0] ? ")" : "");
        }
        if (n > RANGES_SHOWN)
                (void)printf(" and %d more", n - RANGES_SHOWN);
        return n > 0;
}

/* "epoch 3: received 1–3003, 3020–48211; missing 3004–3019, asked again 2×; lost none; …" */
static void show_epoch(const cJSON *epoch)
{
        const cJSON *ranges = json_at(epoch, "ranges");

        (void)printf("epoch %.0f: ", json_number_at(epoch, "epoch"));
        if (!show_ranges(ranges, "received"))
                (void)printf("received none");
        (void)printf("; ");
        if (!show_ranges(ranges, "missing"))
                (void)printf("missing none");
        (void)printf(", asked again %.0f×; ", json_number_at(epoch, "asked_again"));
        if (!show_ranges(ranges, "lost"))
                (void)printf("lost none");
        (void)printf("; confirmed to the pod up to %.0f\n", json_number_at(epoch, "durable"));
}

static int show_pod(const Invocation *invocation, const char *address)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        const cJSON *epoch;
        int code = daemon_call(invocation, "GetPod", 0, &reply, "s", address);

        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(reply);
        output_list(reply, pod_lines, ARRAY_SIZE(pod_lines));
        cJSON_ArrayForEach(epoch, json_at(reply, "epochs"))
                show_epoch(epoch);
        return EXIT_DONE;
}

/* ---- where it was worn ---- */

typedef struct CorrectionArguments {
        const char *placement, *from;
        bool yes;
} CorrectionArguments;

/* argv: pods ADDRESS --placement PLACEMENT --from DAY [--yes] */
static int parse_correction(const Invocation *invocation, int argc, char **argv, CorrectionArguments *ret)
{
        Placement placement;

        *ret = (CorrectionArguments){0};
        for (int i = 2; i < argc; i++) {
                const char **value = strcmp(argv[i], "--placement") == 0 ? &ret->placement
                                     : strcmp(argv[i], "--from") == 0    ? &ret->from
                                                                         : NULL;

                if (value && i + 1 == argc)
                        return verb_misused(invocation, &verb_pods, "%s needs a value", argv[i]);
                if (value)
                        *value = argv[++i];
                else if (strcmp(argv[i], "--yes") == 0)
                        ret->yes = true;
                else
                        return verb_misused(invocation, &verb_pods,
                                            argv[i][0] == '-' ? "'%s' is not understood" : "one pod at a time: '%s'",
                                            argv[i]);
        }
        if (!ret->placement || !ret->from)
                return verb_misused(invocation, &verb_pods, "%s is missing",
                                    !ret->placement ? "--placement" : "--from (from now on: stridectl pair)");
        if (placement_parse(ret->placement, &placement) < 0)
                return verb_misused(invocation, &verb_pods,
                                    "'%s' is no placement; there are: left-foot right-foot sacrum thoracolumbar "
                                    "left-thigh right-thigh chest",
                                    ret->placement);
        return EXIT_DONE;
}

static int correct_placement(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        CorrectionArguments arguments;
        int code = parse_correction(invocation, argc, argv, &arguments);

        if (code == EXIT_DONE)
                code = daemon_call(invocation, "CorrectPlacement", 0, &reply, "sssb", argv[1], arguments.placement,
                                   arguments.from, (int)arguments.yes);
        if (code == EXIT_CONFIRMED)
                code = daemon_call(invocation, "CorrectPlacement", 0, &reply, "sssb", argv[1], arguments.placement,
                                   arguments.from, 1);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return show_pod(invocation, argv[1]);
        (void)printf(cJSON_IsTrue(reply) ? "✓ %s was worn as %s since %s, until it was moved next; its runs and weeks are "
                                           "worked out anew\n"
                                         : "%s was worn as %s at %s already; nothing changed\n",
                     argv[1], arguments.placement, arguments.from);
        return EXIT_DONE;
}

static int run_pods(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        int code;

        if (argc > 2 && argv[1][0] != '-' && argv[2][0] == '-')
                return correct_placement(invocation, argc, argv);
        if (argc > 2)
                return verb_misused(invocation, &verb_pods,
                                    argv[2][0] == '-' ? "'%s' is not understood" : "one pod at a time: '%s'",
                                    argv[2]);
        if (argc == 2)
                return show_pod(invocation, argv[1]);
        code = daemon_call(invocation, "ListPods", 0, &reply, "");
        if (code != EXIT_DONE)
                return code;
        if (invocation->json) {
                CLEANUP(cJSON_Deletep) cJSON *object = named("pods", TAKE(reply));

                return output_json(object);
        }
        if (cJSON_GetArraySize(reply) == 0)
                (void)printf("no pod is paired yet; find one with: stridectl scan\n");
        else
                output_table(reply, pod_columns, ARRAY_SIZE(pod_columns));
        return EXIT_DONE;
}

const Verb verb_pods = {.name = "pods",
                        .arguments = "[ADDRESS [--placement PLACEMENT --from DAY [--yes]]]",
                        .summary = "paired pods: link, battery, what is missing; or where one was worn",
                        .help = "--placement says where a pod was worn since DAY (2026-11-10, or a time), when that was\n"
                                "noticed late: until it was moved next, runs and weeks are worked out anew, as far as\n"
                                "raw records are kept, and the clinic is told why. Of two that were swapped, say it of\n"
                                "both; the first one wants a yes. From now on: stridectl pair.\n",
                        .name_first = true,
                        .run = run_pods};
