#include "daemon/ledger/schema.h"

#include <errno.h>
#include <stdio.h>

/* A group's table (proto/groups.h): its key, its head, its own columns. All weeks due: they have no
 * row in it yet. */
#define GROUP_TABLE(name, path, columns)                                                           \
        "CREATE TABLE " name " (runner TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL," \
        " " path "_method INTEGER, " path "_n INTEGER, " path "_coverage REAL, " path "_error REAL," \
        " " columns ", PRIMARY KEY (runner, key, revision)) WITHOUT ROWID;"
#define WEEKS_ARE_DUE "INSERT OR IGNORE INTO due_week (runner, week) SELECT DISTINCT runner, week FROM week;"

/* A migration is never edited once it was released: a change is a new one at the end. */
static const char *const migrations[] = {
        /* 1: the first ledger */
        "CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
        "INSERT INTO about VALUES ('ledger_id', lower(hex(randomblob(4))));"
        "CREATE TABLE runner (id TEXT PRIMARY KEY, zone TEXT NOT NULL, consent INTEGER NOT NULL,"
        " added INTEGER NOT NULL, mass_kg REAL, height_cm REAL, hr_max_bpm INTEGER,"
        " hr_rest_bpm INTEGER, sex TEXT) WITHOUT ROWID;"
        "CREATE TABLE pod (pod_id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, name TEXT,"
        " driver TEXT NOT NULL, bonded INTEGER NOT NULL, has_memory INTEGER NOT NULL,"
        " battery_pct INTEGER, last_heard INTEGER, reported INTEGER,"
        " cadence INTEGER NOT NULL DEFAULT 0, manufacturer TEXT, model TEXT, firmware TEXT);"
        /* from_utc_ms of a pod's first assignment is the beginning of time */
        "CREATE TABLE assignment (pod_id INTEGER NOT NULL REFERENCES pod, from_utc_ms INTEGER NOT NULL,"
        " runner TEXT NOT NULL REFERENCES runner, placement INTEGER NOT NULL,"
        " assigned INTEGER NOT NULL, PRIMARY KEY (pod_id, from_utc_ms)) WITHOUT ROWID;"
        "CREATE TABLE record (pod_id INTEGER NOT NULL REFERENCES pod, epoch INTEGER NOT NULL,"
        " seq INTEGER NOT NULL, kind INTEGER NOT NULL, tick INTEGER NOT NULL,"
        " time_tick INTEGER NOT NULL, received INTEGER NOT NULL, from_store INTEGER NOT NULL,"
        " body BLOB NOT NULL, PRIMARY KEY (pod_id, epoch, seq)) WITHOUT ROWID;"
        "CREATE INDEX record_by_time ON record (pod_id, epoch, time_tick);"
        "CREATE TABLE contradiction (pod_id INTEGER NOT NULL, epoch INTEGER NOT NULL,"
        " seq INTEGER NOT NULL, kind INTEGER NOT NULL, body BLOB NOT NULL, received INTEGER NOT NULL,"
        " UNIQUE (pod_id, epoch, seq, kind, body));"
        "CREATE TABLE epoch (pod_id INTEGER NOT NULL REFERENCES pod, epoch INTEGER NOT NULL,"
        " first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,"
        " asked_again INTEGER NOT NULL DEFAULT 0, durable_seq INTEGER NOT NULL DEFAULT 0,"
        " reference_tick INTEGER, reference_utc_ms INTEGER, drift_ppm REAL, error_ms INTEGER,"
        " anchors INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (pod_id, epoch)) WITHOUT ROWID;"
        /* received and lost seqs as ranges; none of an epoch overlap */
        "CREATE TABLE span (pod_id INTEGER NOT NULL, epoch INTEGER NOT NULL,"
        " first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL, lost INTEGER NOT NULL,"
        " PRIMARY KEY (pod_id, epoch, first_seq)) WITHOUT ROWID;"
        "CREATE TABLE anchor (pod_id INTEGER NOT NULL, epoch INTEGER NOT NULL,"
        " time_tick INTEGER NOT NULL, utc_ms INTEGER NOT NULL, quality INTEGER NOT NULL,"
        " PRIMARY KEY (pod_id, epoch, time_tick)) WITHOUT ROWID;"
        "CREATE TABLE raw_packet (id INTEGER PRIMARY KEY AUTOINCREMENT, pod TEXT NOT NULL,"
        " characteristic TEXT NOT NULL, packet BLOB NOT NULL, why TEXT NOT NULL,"
        " received INTEGER NOT NULL);"
        "CREATE INDEX raw_packet_by_pod ON raw_packet (pod, id);"
        "CREATE TABLE raw_count (pod TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE dirty (id INTEGER PRIMARY KEY AUTOINCREMENT, runner TEXT NOT NULL,"
        " from_utc_ms INTEGER NOT NULL, to_utc_ms INTEGER NOT NULL);"
        "CREATE TABLE diary (id TEXT NOT NULL, runner TEXT NOT NULL REFERENCES runner,"
        " at INTEGER NOT NULL, pain INTEGER NOT NULL, place TEXT, note TEXT,"
        " received INTEGER NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (runner, id)) WITHOUT ROWID;"
        "CREATE INDEX diary_by_time ON diary (runner, at);"
        "CREATE TABLE ack (runner TEXT NOT NULL, id TEXT NOT NULL, accepted INTEGER NOT NULL,"
        " code TEXT NOT NULL, message TEXT, PRIMARY KEY (runner, id)) WITHOUT ROWID;"
        "CREATE TABLE refused (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL,"
        " payload BLOB NOT NULL, why TEXT NOT NULL, received INTEGER NOT NULL);"
        "CREATE TABLE run (runner TEXT NOT NULL, run TEXT NOT NULL, revision INTEGER NOT NULL,"
        " state TEXT NOT NULL, start INTEGER NOT NULL, \"end\" INTEGER NOT NULL, zone TEXT,"
        " local_date TEXT, load_distance_m INTEGER, load_duration_s INTEGER, load_steps INTEGER,"
        " load_steps_estimated INTEGER, load_source TEXT, coverage REAL, load_left_steps INTEGER,"
        " load_left_impact_sum_g REAL, load_left_coverage REAL, load_right_steps INTEGER,"
        " load_right_impact_sum_g REAL, load_right_coverage REAL, load_impact_clipped INTEGER,"
        " heart_rate_mean_bpm REAL, received INTEGER, time_error_s REAL, reasons TEXT NOT NULL,"
        " made INTEGER NOT NULL, newest INTEGER NOT NULL, cleared INTEGER NOT NULL DEFAULT 0,"
        " PRIMARY KEY (runner, run, revision)) WITHOUT ROWID;"
        "CREATE INDEX run_by_time ON run (runner, start) WHERE newest = 1;"
        "CREATE TABLE week (runner TEXT NOT NULL, week TEXT NOT NULL, revision INTEGER NOT NULL,"
        " state TEXT NOT NULL, zone TEXT, coverage REAL, load_distance_m INTEGER,"
        " load_duration_s INTEGER, load_steps INTEGER, load_runs INTEGER, load_source TEXT,"
        " load_left_steps INTEGER, load_left_impact_sum_g REAL, load_right_steps INTEGER,"
        " load_right_impact_sum_g REAL, longest_run_distance_m INTEGER,"
        " longest_run_reference_m INTEGER, longest_run_band TEXT, pain_mean REAL,"
        " pain_max INTEGER, pain_days INTEGER, pain_entry_days INTEGER, pain_entries INTEGER,"
        " empty TEXT, reasons TEXT NOT NULL, changed TEXT NOT NULL, made INTEGER NOT NULL,"
        " newest INTEGER NOT NULL, cleared INTEGER NOT NULL DEFAULT 0,"
        " PRIMARY KEY (runner, week, revision)) WITHOUT ROWID;"
        "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
        " state INTEGER NOT NULL, runner TEXT NOT NULL, key TEXT NOT NULL,"
        " revision INTEGER NOT NULL, made INTEGER NOT NULL, settled INTEGER,"
        " attempts INTEGER NOT NULL DEFAULT 0);"
        "CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 0;"
        "CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, utc_ms INTEGER NOT NULL,"
        " what TEXT NOT NULL, runner TEXT, detail TEXT);",

        /* An answer is a record of its own, named by its row: a later answer to the same message
         * does not change what an earlier one says. */
        "CREATE TABLE answer (row INTEGER PRIMARY KEY AUTOINCREMENT, runner TEXT NOT NULL,"
        " id TEXT, accepted INTEGER NOT NULL, code TEXT NOT NULL, message TEXT);"
        "INSERT INTO answer (runner, id, accepted, code, message)"
        " SELECT runner, id, accepted, code, message FROM ack;"
        "UPDATE outbox SET revision = ifnull((SELECT row FROM answer WHERE answer.runner ="
        " outbox.runner AND answer.id = outbox.key), 0) WHERE kind = 5;"
        "DROP TABLE ack;"
        "ALTER TABLE answer RENAME TO ack;"
        "CREATE INDEX ack_by_id ON ack (runner, id);"
        "CREATE INDEX outbox_set_aside ON outbox (id) WHERE state = 3;",

        /* a raw packet once, with a count; the gateway's boot that a sample's ticks count from */
        "ALTER TABLE raw_packet ADD COLUMN times INTEGER NOT NULL DEFAULT 1;"
        "UPDATE raw_packet SET times = (SELECT count(*) FROM raw_packet o WHERE o.pod = raw_packet.pod"
        " AND o.characteristic = raw_packet.characteristic AND o.packet = raw_packet.packet);"
        "DELETE FROM raw_packet WHERE id NOT IN (SELECT min(id) FROM raw_packet"
        " GROUP BY pod, characteristic, packet);"
        "CREATE UNIQUE INDEX raw_packet_once ON raw_packet (pod, characteristic, packet);"
        "ALTER TABLE epoch ADD COLUMN boot TEXT;"
        "CREATE INDEX epoch_by_boot ON epoch (boot) WHERE boot IS NOT NULL;",

        /* What a run's load_distance_m and load_steps were rounded from. These hold decimals where
         * cadence was summed, as a week's do: a column's INTEGER is a preference, not a limit. */
        "ALTER TABLE run ADD COLUMN distance_mm INTEGER;"
        "ALTER TABLE run ADD COLUMN steps_1000 INTEGER;"
        "UPDATE run SET distance_mm = load_distance_m * 1000, steps_1000 = load_steps * 1000;",

        /* 2: weeks wait for derivation by themselves; what cannot be derived is set aside */
        "ALTER TABLE dirty ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE dirty ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;"
        "CREATE TABLE due_week (runner TEXT NOT NULL, week TEXT NOT NULL,"
        " failures INTEGER NOT NULL DEFAULT 0, aside INTEGER NOT NULL DEFAULT 0,"
        " PRIMARY KEY (runner, week)) WITHOUT ROWID;"
        /* contradictions are bounded, and counted beside it */
        "CREATE TABLE contradiction_count (pod_id INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
        "INSERT INTO contradiction_count SELECT pod_id, count(*) FROM contradiction GROUP BY pod_id;"
        /* stored records that could not be read back: passed over, each counted once */
        "CREATE TABLE unreadable (pod_id INTEGER NOT NULL, epoch INTEGER NOT NULL,"
        " seq INTEGER NOT NULL, PRIMARY KEY (pod_id, epoch, seq)) WITHOUT ROWID;"
        /* a row that clears says which kind's message goes (summary 2, week 3, run 4), no topic */
        "ALTER TABLE outbox ADD COLUMN clears INTEGER NOT NULL DEFAULT 0;"
        "UPDATE outbox SET clears = CASE substr(key, length(runner) + 2, 4) WHEN 'week' THEN 3"
        " WHEN 'run/' THEN 4 ELSE 2 END WHERE kind = 6;"
        "UPDATE outbox SET key = CASE clears WHEN 3 THEN substr(key, length(runner) + 7)"
        " WHEN 4 THEN substr(key, length(runner) + 6) ELSE '' END WHERE kind = 6;",

        /* a diary of more than pain, and of corrections; what the clinic sets down; red flags */
        "CREATE TABLE entry (id TEXT NOT NULL, runner TEXT NOT NULL REFERENCES runner,"
        " at INTEGER NOT NULL, pain INTEGER, place TEXT, note TEXT, received INTEGER NOT NULL,"
        " origin TEXT NOT NULL, corrects TEXT, withdrawn INTEGER, stiff_on_waking INTEGER, rpe REAL,"
        " run TEXT, stopped_for_pain INTEGER, nutrition_kept INTEGER, sitting_h REAL,"
        " ostrc_q1 INTEGER, ostrc_q2 INTEGER, ostrc_q3 INTEGER, ostrc_q4 INTEGER,"
        " redflags_numbness INTEGER, redflags_bladder INTEGER, redflags_night_pain INTEGER,"
        " redflags_trauma INTEGER, redflags_fever INTEGER, treatment_joint_manipulation INTEGER,"
        " treatment_soft_tissue INTEGER, exercises TEXT, PRIMARY KEY (runner, id)) WITHOUT ROWID;"
        "INSERT INTO entry (id, runner, at, pain, place, note, received, origin)"
        " SELECT id, runner, at, pain, place, note, received, origin FROM diary;"
        "DROP TABLE diary;"
        "ALTER TABLE entry RENAME TO diary;"
        "CREATE INDEX diary_by_time ON diary (runner, at);"
        "CREATE UNIQUE INDEX diary_by_correction ON diary (runner, corrects) WHERE corrects IS NOT NULL;"
        "CREATE INDEX diary_by_run ON diary (runner, run) WHERE run IS NOT NULL;"
        "CREATE TABLE plan (runner TEXT NOT NULL REFERENCES runner, version INTEGER NOT NULL,"
        " id TEXT NOT NULL, \"from\" TEXT NOT NULL, by TEXT, based_on INTEGER NOT NULL,"
        " per_week_joint_manipulation REAL, per_week_soft_tissue REAL, per_week_exercise REAL,"
        " per_week_nutrition REAL, exercises TEXT, baseline_week TEXT, alerts_pain_from INTEGER,"
        " alerts_spike TEXT, alerts_pain_clock INTEGER, alerts_missing_prongs INTEGER,"
        " alerts_silent_days INTEGER, note TEXT, received INTEGER NOT NULL, origin TEXT NOT NULL,"
        " PRIMARY KEY (runner, version)) WITHOUT ROWID;"
        "CREATE UNIQUE INDEX plan_by_id ON plan (runner, id);"
        "CREATE TABLE assessment (runner TEXT NOT NULL REFERENCES runner, id TEXT NOT NULL,"
        " at INTEGER NOT NULL, by TEXT, corrects TEXT, withdrawn INTEGER,"
        " movements_deep_squat INTEGER, movements_hurdle_step_left INTEGER,"
        " movements_hurdle_step_right INTEGER, movements_inline_lunge_left INTEGER,"
        " movements_inline_lunge_right INTEGER, movements_shoulder_mobility_left INTEGER,"
        " movements_shoulder_mobility_right INTEGER,"
        " movements_active_straight_leg_raise_left INTEGER,"
        " movements_active_straight_leg_raise_right INTEGER,"
        " movements_trunk_stability_pushup INTEGER, movements_rotary_stability_left INTEGER,"
        " movements_rotary_stability_right INTEGER, clearing_shoulder_left INTEGER,"
        " clearing_shoulder_right INTEGER, clearing_extension INTEGER, clearing_flexion INTEGER,"
        " joints_foot TEXT, joints_knee TEXT, joints_hip TEXT, joints_low_back TEXT,"
        " joints_upper_back TEXT, joints_shoulder TEXT, note TEXT, received INTEGER NOT NULL,"
        " origin TEXT NOT NULL, PRIMARY KEY (runner, id)) WITHOUT ROWID;"
        "CREATE INDEX assessment_by_time ON assessment (runner, at);"
        "CREATE UNIQUE INDEX assessment_by_correction ON assessment (runner, corrects)"
        " WHERE corrects IS NOT NULL;"
        "CREATE TABLE acknowledgement (runner TEXT NOT NULL REFERENCES runner, id TEXT NOT NULL,"
        " at INTEGER NOT NULL, by TEXT, alert TEXT, redflag TEXT, since INTEGER, until INTEGER,"
        " received INTEGER NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (runner, id)) WITHOUT ROWID;"
        "CREATE INDEX acknowledgement_by_alert ON acknowledgement (runner, alert, at);"
        /* answered: the acknowledgement's id; told: when the runner heard that there was none */
        "CREATE TABLE redflag (runner TEXT NOT NULL REFERENCES runner, id TEXT NOT NULL,"
        " received INTEGER NOT NULL, answered TEXT, told INTEGER,"
        " PRIMARY KEY (runner, id)) WITHOUT ROWID;"
        "CREATE INDEX redflag_open ON redflag (received) WHERE answered IS NULL;"
        "CREATE INDEX outbox_redflag ON outbox (id) WHERE state = 0 AND kind = 7;"
        "ALTER TABLE ack ADD COLUMN plan_version INTEGER;",

        /* a week's spike by impacts and steps */
        GROUP_TABLE("week_spike", "spike",
                    "spike_distance_ratio REAL, spike_impacts_sum_g REAL, spike_impacts_reference_g REAL,"
                    " spike_impacts_ratio REAL, spike_impacts_band TEXT, spike_steps_steps INTEGER,"
                    " spike_steps_reference INTEGER, spike_steps_ratio REAL, spike_steps_band TEXT,"
                    " spike_extrapolated TEXT") WEEKS_ARE_DUE,
        /* why something is derived anew; what waits now was told by records, mostly */
        "ALTER TABLE dirty ADD COLUMN why INTEGER NOT NULL DEFAULT 1;"
        "ALTER TABLE due_week ADD COLUMN why INTEGER NOT NULL DEFAULT 1;",

        /* homes: the zone of a runner's weeks since a week; '' is before all */
        "CREATE TABLE home (runner TEXT NOT NULL REFERENCES runner, from_week TEXT NOT NULL,"
        " zone TEXT NOT NULL, PRIMARY KEY (runner, from_week)) WITHOUT ROWID;"
        "INSERT INTO home SELECT id, '', zone FROM runner;",

        /* runs that files told of, with where they came from */
        "CREATE TABLE imported_run (runner TEXT NOT NULL REFERENCES runner, start INTEGER NOT NULL,"
        " \"end\" INTEGER NOT NULL, distance_m REAL, duration_s REAL NOT NULL, steps REAL,"
        " heart_rate_bpm REAL, kind TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
        " imported INTEGER NOT NULL, PRIMARY KEY (runner, start, kind, file, line)) WITHOUT ROWID;",
};

int schema_version(void)
{
        return ARRAY_SIZE(migrations);
}

const char *schema_step(int from)
{
        return migrations[from];
}

static int execute(Ledger *ledger, const char *sql)
{
        return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0
                                                                            : sql_failed(ledger);
}

static int migrate_one(Ledger *ledger, int version)
{
        char pragmas[96];
        int r = execute(ledger, "BEGIN IMMEDIATE");

        if (r < 0)
                return r;
        r = execute(ledger, migrations[version]);
        if (r >= 0) {
                (void)snprintf(pragmas, sizeof(pragmas),
                               "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                               LEDGER_APPLICATION_ID, version + 1);
                r = execute(ledger, pragmas);
        }
        if (r >= 0)
                r = execute(ledger, "COMMIT");
        if (r < 0)
                (void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL); /* r says it */
        return r;
}

int schema_check(Ledger *ledger)
{
        int64_t version = 0, application = 0, objects = 0;
        int r = sql_integer(ledger, &version, "PRAGMA user_version", "");

        if (r >= 0)
                r = sql_integer(ledger, &application, "PRAGMA application_id", "");
        if (r >= 0)
                r = sql_integer(ledger, &objects, "SELECT count(*) FROM sqlite_master", "");
        if (r < 0)
                return r;
        if (application != LEDGER_APPLICATION_ID && (application != 0 || version != 0 || objects > 0)) {
                (void)text_copy(ledger->error, sizeof(ledger->error),
                                "another program's database");
                return -EUCLEAN;
        }
        if (version > schema_version()) {
                (void)snprintf(ledger->error, sizeof(ledger->error),
                               "version %lld, this program knows up to %d", (long long)version,
                               schema_version());
                return -ENOTUNIQ;
        }
        return 0;
}

int schema_migrate(Ledger *ledger)
{
        int64_t version = 0;
        int r = sql_integer(ledger, &version, "PRAGMA user_version", "");

        if (r < 0)
                return r;
        for (int i = (int)version; i < schema_version(); i++) {
                r = migrate_one(ledger, i);
                if (r < 0)
                        return r;
        }
        return 0;
}
