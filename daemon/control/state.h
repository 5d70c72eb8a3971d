/* state.h: Private to control. What every method of the bus works with. */
#pragma once

#include "daemon/control/control.h"

#include <systemd/sd-bus.h>

#define MANAGER_PATH      "/org/strided1"
#define MANAGER_INTERFACE "org.strided1.Manager"
#define POD_INTERFACE     "org.strided1.Pod"
#define RUNNER_INTERFACE  "org.strided1.Runner"

typedef struct LongCall LongCall;
typedef struct News News;

struct Control {
        sd_bus *bus;
        Clock *clock;
        Ledger *ledger;
        Ble *ble;
        Clinic *clinic; /* or NULL */
        char version[32];
        int64_t started_boottime_ms;
        uint32_t diary_count; /* makes ids of entries given here */
        sd_bus_slot *manager, *tree;
        sd_bus_slot *pods, *pod_list;
        sd_bus_slot *runners, *runner_list;
        const ControlWishes *wishes;
        void *wishes_userdata;
        sd_bus_message *backup; /* the call under way, or NULL */
        int backup_fd;          /* -1: none */
        LongCall *calls; /* scans and pairings under way */
        News *news;      /* what changed in this turn */
};

/* Errors of org.strided1; see proto/dbus. The text is "what happened\nwhat to do next". */
#define ERROR_NOT_FOUND  "org.strided1.Error.NotFound"
#define ERROR_NO_POD     "org.strided1.Error.PodNotFound"
#define ERROR_INVALID    "org.strided1.Error.Invalid"
#define ERROR_EXISTS     "org.strided1.Error.Exists"
#define ERROR_UNSURE     "org.strided1.Error.Unconfirmed"
#define ERROR_BUSY       "org.strided1.Error.Busy"
#define ERROR_RADIO      "org.strided1.Error.RadioNotUsable"
#define ERROR_TIMEOUT    "org.strided1.Error.Timeout"
#define ERROR_REFUSED    "org.strided1.Error.Refused"
#define ERROR_PASSKEY    "org.strided1.Error.WrongPasskey"
#define ERROR_UNANSWERED "org.strided1.Error.Unanswered"
#define ERROR_NO_DATA    "org.strided1.Error.NoData"
#define ERROR_LEDGER     "org.strided1.Error.Ledger"

/* The ledger's failure as an error of ours, unless `error` is set already. */
int control_ledger_failed(const Control *control, sd_bus_error *error, int r);
/* 0 and *ret, or an error with the next step. */
int control_need_runner(Control *control, const char *id, sd_bus_error *error);

/* Methods, by what they are about. */
typedef int Method(sd_bus_message *call, void *userdata, sd_bus_error *error);
Method method_status;                                                     /* status.c */
Method method_doctor;                                                     /* doctor.c */
Method method_doctor_pod;                                                 /* doctor-pods.c */
Method method_backup;                                                     /* backup.c */
Method method_scan, method_pair, method_answer_pairing;                   /* radio.c */
Method method_unpair;                                                     /* unpair.c */
Method method_list_pods, method_get_pod;                                  /* roster.c */
Method method_correct_placement;                                          /* placement.c */
Method method_add_runner, method_list_runners, method_set_consent, method_move_runner; /* roster.c */
Method method_add_diary, method_list_diary;                               /* diary.c */
Method method_list_plans, method_list_assessments;                        /* diary.c */
Method method_import_runs;                                                /* import.c */
Method method_list_weeks, method_get_week, method_list_runs;              /* report.c */
Method method_reprocess;                                                  /* reprocess.c */
Method method_list_outbox, method_export;                                 /* export.c */
void long_calls_end(Control *control);                                    /* long-call.c */
/* Under way; each has a match at the message bus, which says when its client is gone. */
int64_t long_calls_count(const Control *control);                         /* long-call.c */

/* ---- objects.c: one object a pod and a runner ---- */

int objects_add(Control *control) MUST_CHECK;
void objects_remove(Control *control);
/* Paths of objects, to be freed by the caller; NULL: no memory. */
char *objects_pod_path(const char *address) MUST_CHECK;
char *objects_runner_path(const char *id) MUST_CHECK;

/* ---- news.c: signals, once a turn of the loop ---- */

int news_start(Control *control) MUST_CHECK; /* 0, -ENOMEM, -EIO */
void news_stop(Control *control);
