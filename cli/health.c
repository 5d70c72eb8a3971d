/* status, doctor */
#include "cli/daemon.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const Column status_pods[] = {
        {"POD", "address", SHAPE_TEXT},       {"RUNNER", "runner", SHAPE_TEXT},
        {"PLACEMENT", "placement", SHAPE_TEXT}, {"LINK", "link", SHAPE_TEXT},
        {"LAST HEARD (UTC)", "last_heard", SHAPE_TIME}, {"BATTERY %", "battery_pct", SHAPE_NUMBER},
        {"MISSING", "missing", SHAPE_NUMBER}, {"LOST", "lost", SHAPE_NUMBER},
};

static const Column status_runners[] = {
        {"RUNNER", "runner", SHAPE_TEXT},     {"WEEK", "week", SHAPE_TEXT},
        {"STATE", "state", SHAPE_TEXT},       {"SO FAR", "distance_m", SHAPE_KILOMETRES},
        {"RUNS", "runs", SHAPE_NUMBER},       {"PAIN", "pain_mean", SHAPE_REAL},
        {"NO RUN", "empty", SHAPE_TEXT},      {"CONSENT", "consent", SHAPE_YES},
        {"RED FLAGS", "redflags.open", SHAPE_NUMBER}, {"UNANSWERED", "redflags.unanswered", SHAPE_NUMBER},
};

static void show_clinic(const cJSON *status)
{
        double waiting = json_number_at(status, "clinic.waiting");

        if (!cJSON_IsTrue(json_at(status, "clinic.configured")))
                (void)printf("clinic   no broker is configured");
        else if (cJSON_IsTrue(json_at(status, "clinic.connected")))
                (void)printf("clinic   connected%s",
                             cJSON_IsTrue(json_at(status, "clinic.tls")) ? "" : ", not encrypted");
        else
                (void)printf("clinic   NOT connected (%s)", json_text_at(status, "clinic.last_error"));
        (void)printf("; last receipt %.19s; %.0f row%s wait%s",
                     json_text_at(status, "clinic.last_receipt")[0]
                             ? json_text_at(status, "clinic.last_receipt")
                             : "never",
                     waiting, waiting == 1 ? "" : "s", waiting == 1 ? "s" : "");
        if (json_number_at(status, "clinic.unconfirmed") > 0)
                (void)printf("; %.0f not confirmed by the archive", json_number_at(status, "clinic.unconfirmed"));
        if (json_text_at(status, "clinic.resend")[0])
                (void)printf("; resend %s, which it asked for, so far %.0f rows", json_text_at(status, "clinic.resend"),
                             json_number_at(status, "clinic.resend_rows"));
        (void)putchar('\n');
}

/* The worst finding: "error" before "warning" before "notice"; NULL: there is none. */
static const cJSON *worst_finding(const cJSON *findings)
{
        static const char *const severities[] = {"error", "warning", "notice"};
        const cJSON *finding;

        for (size_t i = 0; i < ARRAY_SIZE(severities); i++) {
                cJSON_ArrayForEach(finding, findings) {
                        if (strcmp(json_text_at(finding, "severity"), severities[i]) == 0)
                                return finding;
                }
        }
        return NULL;
}

/* By the doctor's word, so that the two never contradict each other. */
static int show_next(const Invocation *invocation)
{
        CLEANUP(cJSON_Deletep) cJSON *findings = NULL;
        int code = daemon_call(invocation, "Doctor", 0, &findings, "");
        const cJSON *worst;

        if (code != EXIT_DONE)
                return code;
        worst = worst_finding(findings);
        if (worst && strcmp(json_text_at(worst, "severity"), "notice") == 0)
                (void)printf("next: %s\n", json_text_at(worst, "fix"));
        else if (worst)
                (void)printf("next: stridectl doctor (%s)\n", json_text_at(worst, "cause"));
        return EXIT_DONE;
}

static int run_status(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *status = NULL;
        int code;

        if (argc > 1)
                return verb_misused(invocation, &verb_status, "'%s' is not understood", argv[1]);
        code = daemon_call(invocation, "Status", 0, &status, "");
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(status);
        (void)printf("gateway  strided %s; %.19s UTC, clock %s; radio %s; ",
                     json_text_at(status, "gateway.version"), json_text_at(status, "gateway.now"),
                     json_text_at(status, "gateway.clock"), json_text_at(status, "gateway.radio"));
        if (cJSON_IsNumber(json_at(status, "gateway.used_octets")))
                (void)printf("ledger %.1f MB, %.1f GB free, ", json_number_at(status, "gateway.used_octets") / 1e6,
                             json_number_at(status, "gateway.free_octets") / 1e9);
        else
                (void)printf("ledger NOT where it was opened, ");
        (void)printf("disk %s\n", json_text_at(status, "gateway.disk"));
        show_clinic(status);
        if (cJSON_GetArraySize(json_at(status, "pods")) > 0)
                output_table(json_at(status, "pods"), status_pods, ARRAY_SIZE(status_pods));
        if (cJSON_GetArraySize(json_at(status, "runners")) > 0)
                output_table(json_at(status, "runners"), status_runners, ARRAY_SIZE(status_runners));
        return show_next(invocation);
}

const Verb verb_status = {
        .name = "status", .arguments = "", .summary = "is it well, and what to do next", .run = run_status};

static int run_doctor(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *findings = NULL;
        const cJSON *finding;
        const char *worst;
        bool bad;
        int code;

        if (argc > 2 || (argc == 2 && argv[1][0] == '-'))
                return verb_misused(invocation, &verb_doctor, "'%s' is not understood", argv[argc > 2 ? 2 : 1]);
        if (argc == 2)
                code = daemon_call(invocation, "DoctorPod", 0, &findings, "s", argv[1]);
        else
                code = daemon_call(invocation, "Doctor", 0, &findings, "");
        if (code != EXIT_DONE)
                return code;
        worst = json_text_at(worst_finding(findings), "severity");
        bad = strcmp(worst, "error") == 0;
        if (invocation->json) {
                CLEANUP(cJSON_Deletep) cJSON *object = cJSON_CreateObject();

                (void)cJSON_AddStringToObject(object, "verdict", bad ? "not well" : "well"); /* memory */
                (void)cJSON_AddItemToObject(object, "findings", TAKE(findings));             /* memory */
                code = output_json(object);
                return code != EXIT_DONE ? code : bad ? EXIT_FAILED : EXIT_DONE;
        }
        cJSON_ArrayForEach(finding, findings) {
                const char *evidence = json_text_at(finding, "evidence");

                (void)printf("%-7s  %s  %s%s%s%s\n         → %s\n", json_text_at(finding, "severity"),
                             json_text_at(finding, "id"), json_text_at(finding, "cause"),
                             evidence[0] ? " (" : "", evidence, evidence[0] ? ")" : "",
                             json_text_at(finding, "fix"));
        }
        (void)printf("verdict: %s\n", bad                             ? "not well"
                                      : strcmp(worst, "warning") == 0 ? "well, but see the warnings"
                                                                      : "well");
        return bad ? EXIT_FAILED : EXIT_DONE;
}

const Verb verb_doctor = {.name = "doctor",
                          .arguments = "[POD]",
                          .summary = "what is not well, and what to do about it",
                          .help = "With the address of a pod: of that one, and what there is to say of its bond.\n"
                                  "Exit code 0: well; 1: at least one error.\n",
                          .name_first = true,
                          .run = run_doctor};
