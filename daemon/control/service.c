/* Implements control.h: the service on the bus, and what its methods share. */
#include "daemon/control/control.h"

#include "daemon/control/state.h"
#include "daemon/ledger/roster.h"

#include <errno.h>
#include <string.h>

int control_ledger_failed(const Control *control, sd_bus_error *error, int r)
{
        if (sd_bus_error_is_set(error))
                return r; /* somebody knew better */
        if (r == -EAGAIN)
                return sd_bus_error_setf(error, ERROR_BUSY,
                                         "the clock is not set yet: nothing can be dated, nothing "
                                         "changed\nconnect the gateway to the network, look with: "
                                         "timedatectl status, and try again");
        return sd_bus_error_setf(error, ERROR_LEDGER,
                                 "the ledger failed: %s (%s)\nlook with: stridectl doctor",
                                 strerror(-r), ledger_error(control->ledger));
}

int control_need_runner(Control *control, const char *id, sd_bus_error *error)
{
        Runner runner;
        int r = runner_get(control->ledger, id, &runner);

        if (r < 0)
                return control_ledger_failed(control, error, r);
        if (r == 0)
                return sd_bus_error_setf(error, ERROR_NOT_FOUND,
                                         "no runner %s is known here\nlist them with: stridectl runners; "
                                         "add one with: stridectl runners add %s --zone Europe/Berlin",
                                         id, id);
        return 0;
}

static int get_radio(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        RadioState radio;

        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        ble_radio_state(control->ble, &radio);
        return sd_bus_message_append(reply, "s", radio.stage);
}

static int get_connected(sd_bus *bus, const char *path, const char *interface, const char *property,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        ClinicState clinic = {0};

        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        if (control->clinic)
                clinic_state(control->clinic, &clinic);
        return sd_bus_message_append(reply, "b", clinic.connected);
}

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const Control *control = userdata;

        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        return sd_bus_message_append(reply, "s", control->version);
}

/* `in` and `out` are ("type", name, …), or NOTHING. */
#define METHOD(name, in, out, function)                                                            \
        SD_BUS_METHOD_WITH_ARGS(name, SD_BUS_ARGS in, SD_BUS_RESULT out, function,                 \
                                SD_BUS_VTABLE_UNPRIVILEGED)
#define NOTHING (NULL)

/* proto/dbus says what each means; a test compares. Who may call is the bus policy's word:
 * systemd/org.strided1.conf. */
static const sd_bus_vtable manager_vtable[] = {
        SD_BUS_VTABLE_START(0),
        METHOD("Status", NOTHING, ("a{sv}", status), method_status),
        METHOD("Doctor", NOTHING, ("aa{sv}", findings), method_doctor),
        METHOD("DoctorPod", ("s", address), ("aa{sv}", findings), method_doctor_pod),
        METHOD("Backup", ("h", file), ("a{sv}", backup), method_backup),
        METHOD("Scan", ("u", seconds), ("aa{sv}", pods), method_scan),
        METHOD("Pair", ("s", address, "s", runner, "s", placement, "b", confirmed), ("a{sv}", pod),
               method_pair),
        METHOD("AnswerPairing", ("s", address, "b", yes, "u", passkey), NOTHING, method_answer_pairing),
        METHOD("Unpair", ("s", address, "b", forced), ("a{sv}", pod), method_unpair),
        METHOD("ListPods", NOTHING, ("aa{sv}", pods), method_list_pods),
        METHOD("GetPod", ("s", address), ("a{sv}", pod), method_get_pod),
        METHOD("CorrectPlacement", ("s", address, "s", placement, "s", from, "b", confirmed), ("b", corrected),
               method_correct_placement),
        METHOD("AddRunner", ("s", id, "s", zone, "a{sv}", options), NOTHING,
               method_add_runner),
        METHOD("ListRunners", NOTHING, ("aa{sv}", runners), method_list_runners),
        METHOD("MoveRunner", ("s", runner, "s", zone, "s", from), NOTHING, method_move_runner),
        METHOD("SetConsent", ("s", runner, "b", consent), NOTHING, method_set_consent),
        METHOD("AddDiary", ("s", runner, "a{sv}", contents), ("a{sv}", entry), method_add_diary),
        METHOD("ImportRuns", ("s", runner, "s", kind, "s", file, "b", dry, "a(uxxdddd)", rows),
               ("aa{sv}", outcomes), method_import_runs),
        METHOD("ListDiary", ("s", runner), ("aa{sv}", entries), method_list_diary),
        METHOD("ListPlans", ("s", runner), ("aa{sv}", plans), method_list_plans),
        METHOD("ListAssessments", ("s", runner), ("aa{sv}", assessments), method_list_assessments),
        METHOD("ListWeeks", ("s", runner, "b", all_revisions), ("aa{sv}", weeks),
               method_list_weeks),
        METHOD("GetWeek", ("s", runner, "s", week, "x", revision), ("a{sv}", contents),
               method_get_week),
        METHOD("ListRuns", ("s", runner), ("aa{sv}", runs), method_list_runs),
        METHOD("Reprocess", NOTHING, ("a{sv}", counts), method_reprocess),
        METHOD("ListOutbox", NOTHING, ("a{sv}", outbox), method_list_outbox),
        METHOD("Export", ("s", what, "s", cursor, "u", limit),
               ("aa{sv}", rows, "s", next_cursor), method_export),
        SD_BUS_SIGNAL_WITH_ARGS("PairingQuestion", SD_BUS_ARGS("s", address, "s", kind, "u", passkey), 0),
        SD_BUS_PROPERTY("Radio", "s", get_radio, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("ClinicConnected", "b", get_connected, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};

void control_set_clinic(Control *control, Clinic *clinic)
{
        control->clinic = clinic;
        control_clinic_changed(control);
}

int control_new(sd_bus *bus, Clock *clock, Ledger *ledger, Ble *ble, Clinic *clinic,
                const ControlWishes *wishes, void *userdata, const char *version, Control **ret)
{
        CLEANUP(control_freep) Control *control = calloc(1, sizeof(*control));
        int r;

        if (!control)
                return -ENOMEM;
        control->bus = bus;
        control->clock = clock;
        control->ledger = ledger;
        control->ble = ble;
        control->clinic = clinic;
        control->wishes = wishes;
        control->wishes_userdata = userdata;
        control->backup_fd = -1;
        control->started_boottime_ms = clock_boottime_ms(clock);
        (void)text_copy(control->version, sizeof(control->version), version);
        r = sd_bus_add_object_vtable(bus, &control->manager, MANAGER_PATH, MANAGER_INTERFACE,
                                     manager_vtable, control);
        if (r >= 0)
                r = objects_add(control);
        if (r >= 0)
                r = news_start(control);
        if (r < 0)
                return r;
        *ret = TAKE(control);
        return 0;
}

Control *control_free(Control *control)
{
        if (!control)
                return NULL;
        long_calls_end(control);
        control_backup_done(control, -ECANCELED, "strided stops\ntry again when it runs");
        news_stop(control);
        objects_remove(control);
        sd_bus_slot_unref(control->manager);
        free(control);
        return NULL;
}
