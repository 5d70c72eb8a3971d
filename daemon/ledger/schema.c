#include "daemon/ledger/schema.h"

#include <errno.h>
#include <stdio.h>

/* A group's table (proto/groups.h): its key, its head, its own columns. All weeks due: they have no
 * row in it yet. */
#define GROUP_TABLE(name, path, columns)                                                           \
        "CREATE TABLE " name " (runner TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL," \
        " " path "_method INTEGER, " path "_n INTEGER, " path "_coverage REAL, " path "_error REAL," \
        " " columns ", PRIMARY KEY (runner, key, revision)) WITHOUT ROWID;"
#define WEEKS_ARE_DUE                                                                              \
        "INSERT OR IGNORE INTO due_week (runner, week) SELECT DISTINCT runner, week FROM week;"
/* The same for groups that come from records: a span a runner, derived day by day. */
#define RUNS_ARE_DIRTY                                                                             \
        "INSERT INTO dirty (runner, from_utc_ms, to_utc_ms) SELECT runner, min(start), max(\"end\")" \
        " FROM run GROUP BY runner;"
#define IMPACT_COLUMNS                                                                             \
        "load_impact_left_clipped INTEGER, load_impact_left_peak_max_g REAL,"                      \
        " load_impact_left_bone_sum REAL, load_impact_left_bone_stimulus REAL,"                    \
        " load_impact_right_clipped INTEGER, load_impact_right_peak_max_g REAL,"                   \
        " load_impact_right_bone_sum REAL, load_impact_right_bone_stimulus REAL,"                  \
        " load_impact_sum_g REAL, load_impact_bone_stimulus REAL, load_impact_exponent REAL,"      \
        " load_impact_is_lower_bound INTEGER"

/* What the feet, and trunk and thighs, tell of a run and of a week alike. */
#define GAIT_COLUMNS \
        "gait_steady_s REAL, gait_contact_ms REAL, gait_flight_ms REAL, gait_duty_factor REAL, " \
        "gait_cadence_spm REAL, gait_stride_length_m REAL, gait_speed_mps REAL, " \
        "gait_left_strides INTEGER, gait_left_contact_ms REAL, gait_left_impact_median_g REAL, " \
        "gait_left_impact_p95_g REAL, gait_left_clipped_share REAL, gait_right_strides INTEGER, " \
        "gait_right_contact_ms REAL, gait_right_impact_median_g REAL, " \
        "gait_right_impact_p95_g REAL, gait_right_clipped_share REAL, " \
        "gait_symmetry_contact_pct REAL, gait_symmetry_impact_pct REAL, gait_stride_cv_pct REAL, " \
        "gait_spring_force_bw REAL, gait_spring_sinking_mm REAL, gait_spring_vertical_kn_m REAL, " \
        "gait_spring_leg_kn_m REAL, gait_spring_oscillation_mm REAL, " \
        "gait_drift_contact_pct REAL, gait_drift_contact_effect REAL, " \
        "gait_drift_cadence_pct REAL, gait_drift_cadence_effect REAL, " \
        "gait_efficiency_first_m_per_beat REAL, gait_efficiency_second_m_per_beat REAL, " \
        "gait_efficiency_decoupling_pct REAL"
#define TRUNK_COLUMNS \
        "trunk_steady_s REAL, trunk_tilt_mean_deg REAL, trunk_tilt_range_deg REAL, " \
        "trunk_obliquity_range_deg REAL, trunk_rotation_range_deg REAL, " \
        "trunk_drop_left_deg REAL, trunk_drop_right_deg REAL, trunk_lumbar_mean_deg REAL, " \
        "trunk_lumbar_max_deg REAL, trunk_lumbar_range_deg REAL, " \
        "trunk_hip_left_flexion_deg REAL, trunk_hip_left_extension_deg REAL, " \
        "trunk_hip_right_flexion_deg REAL, trunk_hip_right_extension_deg REAL, " \
        "trunk_oscillation_mm REAL"

#define FLAG_COLUMNS(id)                                                                           \
        "flags_" id "_state TEXT, flags_" id "_since TEXT, flags_" id "_measure TEXT, flags_" id   \
        "_value REAL, flags_" id "_reference REAL, flags_" id "_limit REAL, flags_" id "_against TEXT"

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

        /* why something is derived anew; a week that a migration makes due has a new method */
        "ALTER TABLE dirty ADD COLUMN why INTEGER NOT NULL DEFAULT 1;"
        "ALTER TABLE due_week ADD COLUMN why INTEGER NOT NULL DEFAULT 64;",

        /* homes: the zone of a runner's weeks since a week; '' is before all */
        "CREATE TABLE home (runner TEXT NOT NULL REFERENCES runner, from_week TEXT NOT NULL,"
        " zone TEXT NOT NULL, PRIMARY KEY (runner, from_week)) WITHOUT ROWID;"
        "INSERT INTO home SELECT id, '', zone FROM runner;",

        /* groups of measures: load, runs and pain. Runs are derived again, weeks after them */
        GROUP_TABLE("run_impact", "load_impact", IMPACT_COLUMNS)
        GROUP_TABLE("run_effort", "load_effort",
                    "load_effort_rating REAL, load_effort_session_rpe_au REAL, load_effort_trimp_au REAL")
        GROUP_TABLE("run_spike", "spike",
                    "spike_distance_reference_m REAL, spike_distance_ratio REAL, spike_distance_band TEXT,"
                    " spike_impacts_reference_g REAL, spike_impacts_ratio REAL, spike_impacts_band TEXT,"
                    " spike_steps_reference REAL, spike_steps_ratio REAL, spike_steps_band TEXT,"
                    " spike_extrapolated TEXT")
        GROUP_TABLE("week_days", "load_days",
                    "load_days_state TEXT, load_days_distance_m TEXT, load_days_is_lower_bound INTEGER,"
                    " load_days_monotony REAL, load_days_strain_m REAL, load_days_change_m REAL,"
                    " load_days_change_percent REAL")
        GROUP_TABLE("week_impact", "load_impact", IMPACT_COLUMNS)
        GROUP_TABLE("week_effort", "load_effort",
                    "load_effort_session_rpe_au REAL, load_effort_n_missing INTEGER,"
                    " load_effort_is_partial INTEGER, load_effort_daily_au TEXT, load_effort_monotony REAL,"
                    " load_effort_strain_au REAL, load_effort_change_au REAL,"
                    " load_effort_change_percent REAL, load_effort_trimp_au REAL,"
                    " load_effort_trimp_n_missing INTEGER")
        GROUP_TABLE("week_acwr", "load_acwr",
                    "load_acwr_acute_m REAL, load_acwr_chronic_m REAL, load_acwr_coupled REAL,"
                    " load_acwr_uncoupled REAL, load_acwr_weighted REAL, load_acwr_critique TEXT")
        GROUP_TABLE("week_spike", "spike",
                    "spike_distance_ratio REAL, spike_impacts_sum_g REAL, spike_impacts_reference_g REAL,"
                    " spike_impacts_ratio REAL, spike_impacts_band TEXT, spike_steps_steps REAL,"
                    " spike_steps_reference REAL, spike_steps_ratio REAL, spike_steps_band TEXT,"
                    " spike_extrapolated TEXT")
        GROUP_TABLE("run_pain", "pain",
                    "pain_through INTEGER, pain_stopped INTEGER, pain_level INTEGER,"
                    " pain_next_morning INTEGER, pain_after_48h INTEGER, pain_band_low REAL,"
                    " pain_band_high REAL, pain_band_n INTEGER, pain_next_morning_word TEXT,"
                    " pain_after_48h_word TEXT")
        GROUP_TABLE("week_pain_runs", "pain_runs",
                    "pain_runs_through INTEGER, pain_runs_level_max INTEGER,"
                    " pain_runs_above_morning INTEGER, pain_runs_above_48h INTEGER")
        RUNS_ARE_DIRTY WEEKS_ARE_DUE,

        /* groups of measures: the course of pain */
        GROUP_TABLE("week_pain_week", "pain_week",
                    "pain_week_daily TEXT, pain_week_is_complete INTEGER")
        GROUP_TABLE("week_pain_change", "pain_change",
                    "pain_change_baseline_week TEXT, pain_change_baseline_mean REAL,"
                    " pain_change_drop REAL, pain_change_percent REAL, pain_change_word TEXT")
        GROUP_TABLE("week_pain_ostrc", "pain_ostrc",
                    "pain_ostrc_severity INTEGER, pain_ostrc_problem INTEGER,"
                    " pain_ostrc_substantial INTEGER")
        GROUP_TABLE("week_pain_clock", "pain_clock",
                    "pain_clock_verdict TEXT, pain_clock_start TEXT, pain_clock_is_older INTEGER,"
                    " pain_clock_span_days INTEGER, pain_clock_pain_days INTEGER,"
                    " pain_clock_pauses INTEGER, pain_clock_reaches TEXT, pain_clock_alert TEXT")
        GROUP_TABLE("week_pain_trend", "pain_trend",
                    "pain_trend_slope REAL, pain_trend_slope_low REAL, pain_trend_slope_high REAL,"
                    " pain_trend_p REAL, pain_trend_word TEXT")
        GROUP_TABLE("week_pain_load", "pain_load",
                    "pain_load_pairs TEXT, pain_load_show TEXT, pain_load_tau_b TEXT,"
                    " pain_load_spearman TEXT, pain_load_p TEXT, pain_load_p_holm TEXT")
        WEEKS_ARE_DUE,

        /* gait, trunk: of runs and weeks */
        GROUP_TABLE("run_gait", "gait", GAIT_COLUMNS)
        GROUP_TABLE("run_trunk", "trunk", TRUNK_COLUMNS)
        GROUP_TABLE("week_gait", "gait", GAIT_COLUMNS)
        GROUP_TABLE("week_trunk", "trunk", TRUNK_COLUMNS) RUNS_ARE_DIRTY WEEKS_ARE_DUE,

        /* what pods tell of days; sitting, exercises and flags of weeks */
        "CREATE TABLE sensed_day (runner TEXT NOT NULL, day INTEGER NOT NULL, source TEXT, sit_s REAL,"
        " upright_s REAL, lying_s REAL, wear_s REAL, bouts INTEGER, breaks INTEGER, longest_s REAL,"
        " prolonged INTEGER, prolonged_s REAL, w50_s REAL, fault TEXT, bridge_reps INTEGER,"
        " bridge_hold_s REAL, stretch_left INTEGER, stretch_left_s REAL, stretch_right INTEGER,"
        " stretch_right_s REAL, PRIMARY KEY (runner, day)) WITHOUT ROWID;"
        GROUP_TABLE("week_sitting", "sitting",
                    "sitting_source TEXT, sitting_valid_days INTEGER, sitting_hours_per_day REAL,"
                    " sitting_pct_of_wear REAL, sitting_breaks_per_hour REAL, sitting_longest_min REAL,"
                    " sitting_bouts INTEGER, sitting_breaks INTEGER, sitting_prolonged INTEGER,"
                    " sitting_sit_h TEXT, sitting_wear_h TEXT")
        GROUP_TABLE("week_exercises", "exercises",
                    "exercises_bridge_days INTEGER, exercises_bridge_reps INTEGER,"
                    " exercises_bridge_hold_s REAL, exercises_stretch_days INTEGER,"
                    " exercises_stretch_left_holds INTEGER, exercises_stretch_left_seconds REAL,"
                    " exercises_stretch_right_holds INTEGER, exercises_stretch_right_seconds REAL")
        GROUP_TABLE("week_flags", "flags",
                    "flags_raised TEXT, " FLAG_COLUMNS("lumbar_hyperextension") ", "
                    FLAG_COLUMNS("pelvic_drop_high") ", " FLAG_COLUMNS("reduced_hip_extension") ", "
                    FLAG_COLUMNS("asymmetry")) WEEKS_ARE_DUE,

        /* retention: the numbers of an epoch below kept_seq were let go, gone_tick was its first */
        "ALTER TABLE epoch ADD COLUMN kept_seq INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE epoch ADD COLUMN gone_tick INTEGER;"
        /* the ledger whose row it was first, if that is another one: its id stays in the message's */
        "ALTER TABLE outbox ADD COLUMN ledger TEXT;",

        /* what is looked up with every late record is found by an index, however long the history */
        "CREATE INDEX run_by_length ON run (runner, \"end\" - start) WHERE newest = 1;"
        "CREATE INDEX week_not_cleared ON week (runner, week) WHERE newest = 1 AND cleared = 0;"
        "CREATE INDEX run_not_cleared ON run (\"end\") WHERE newest = 1 AND cleared = 0;"
        "CREATE INDEX outbox_waiting_of ON outbox (runner, kind) WHERE state = 0;"
        "CREATE INDEX epoch_by_time ON epoch (pod_id, reference_utc_ms) WHERE anchors > 0;",

        /* when what a week is made of came */
        "ALTER TABLE week ADD COLUMN received INTEGER;",

        /* when the broker took what the archive has yet to confirm, and how often it did not in time */
        "ALTER TABLE outbox ADD COLUMN taken INTEGER;"
        "ALTER TABLE outbox ADD COLUMN unconfirmed INTEGER NOT NULL DEFAULT 0;"
        "CREATE INDEX outbox_taken ON outbox (taken) WHERE state = 4;",

        /* records of kinds that the first version did not know, or could not read: see reprocess.c */
        "CREATE INDEX record_unread ON record (pod_id, epoch, seq) WHERE kind NOT IN (1, 3, 4, 5, 6, 7, 96);",

        /* a week in one sentence */
        GROUP_TABLE("week_verdict", "verdict",
                    "verdict_alert TEXT, verdict_since TEXT, verdict_sentence TEXT,"
                    " verdict_language TEXT, verdict_phrases TEXT") WEEKS_ARE_DUE,

        /* groups of a week: care plan, treatments, assessment */
        GROUP_TABLE("week_plan", "plan",
                    "plan_version INTEGER, plan_first_day TEXT, plan_done TEXT, plan_expected TEXT,"
                    " plan_adherence TEXT, plan_status TEXT, plan_missing TEXT, plan_not_planned TEXT,"
                    " plan_complete INTEGER, plan_items TEXT, plan_units TEXT, plan_prescribed TEXT,"
                    " plan_told TEXT, plan_sensed TEXT")
        GROUP_TABLE("week_treatment", "treatment",
                    "treatment_marks TEXT, treatment_effect TEXT, treatment_distance_before_m TEXT,"
                    " treatment_distance_after_m TEXT, treatment_pain_before TEXT, treatment_pain_after TEXT")
        GROUP_TABLE("week_assessment", "assessment",
                    "assessment_at INTEGER, assessment_left TEXT, assessment_right TEXT,"
                    " assessment_final TEXT, assessment_composite INTEGER, assessment_asymmetric TEXT,"
                    " assessment_painful TEXT, assessment_overridden TEXT, assessment_joints TEXT,"
                    " assessment_before INTEGER, assessment_change TEXT,"
                    " assessment_composite_change INTEGER, assessment_new_pain TEXT,"
                    " assessment_joints_change TEXT")
        WEEKS_ARE_DUE,

        /* trunk strides, postures, … of a stretch of time; pods on feet have none in it */
        "CREATE INDEX record_segments ON record (pod_id, epoch, kind, time_tick)"
        " WHERE kind IN (16, 17, 18, 19, 20);",

        /* runs that files told of, with where they came from */
        "CREATE TABLE imported_run (runner TEXT NOT NULL REFERENCES runner, start INTEGER NOT NULL,"
        " \"end\" INTEGER NOT NULL, distance_m REAL, duration_s REAL NOT NULL, steps REAL,"
        " heart_rate_bpm REAL, kind TEXT NOT NULL, file TEXT NOT NULL, line INTEGER NOT NULL,"
        " imported INTEGER NOT NULL, PRIMARY KEY (runner, start, kind, file, line)) WITHOUT ROWID;",

        /* A pod may be nobody's: then its newest assignment has no runner. */
        "CREATE TABLE assignment_or_none (pod_id INTEGER NOT NULL REFERENCES pod, from_utc_ms INTEGER NOT NULL,"
        " runner TEXT REFERENCES runner, placement INTEGER NOT NULL,"
        " assigned INTEGER NOT NULL, PRIMARY KEY (pod_id, from_utc_ms)) WITHOUT ROWID;"
        "INSERT INTO assignment_or_none SELECT pod_id, from_utc_ms, runner, placement, assigned FROM assignment;"
        "DROP TABLE assignment;"
        "ALTER TABLE assignment_or_none RENAME TO assignment;",

        /* angles between two pods, held together by contacts and no longer by clocks */
        "INSERT INTO dirty (runner, from_utc_ms, to_utc_ms) SELECT runner, min(start), max(\"end\") FROM run"
        " WHERE runner IN (SELECT runner FROM run_trunk) GROUP BY runner;",

        /* what an archive that lost something asks for; how far its rows wait again: see resend.c */
        "CREATE TABLE resend (n INTEGER PRIMARY KEY AUTOINCREMENT, runner TEXT NOT NULL REFERENCES runner,"
        " id TEXT NOT NULL, since INTEGER NOT NULL, received INTEGER NOT NULL, origin TEXT NOT NULL,"
        " rows INTEGER NOT NULL, ended INTEGER, at_row INTEGER NOT NULL DEFAULT 0,"
        " last_row INTEGER NOT NULL DEFAULT 0, UNIQUE (runner, id));"
        "CREATE INDEX resend_open ON resend (n) WHERE ended IS NULL;",

        /* what pods measured, beside what the clinician marked and scored; of days, the movements */
        "ALTER TABLE sensed_day ADD COLUMN trial_left_deg TEXT;"
        "ALTER TABLE sensed_day ADD COLUMN trial_right_deg TEXT;"
        "ALTER TABLE sensed_day ADD COLUMN trial_sites TEXT;"
        "ALTER TABLE week_assessment ADD COLUMN assessment_measured_runs INTEGER;"
        "ALTER TABLE week_assessment ADD COLUMN assessment_measured_hip_extension_left_deg REAL;"
        "ALTER TABLE week_assessment ADD COLUMN assessment_measured_hip_extension_right_deg REAL;"
        "ALTER TABLE week_assessment ADD COLUMN assessment_measured_lumbar_extension_deg REAL;"
        "ALTER TABLE week_assessment ADD COLUMN assessment_trials_left_deg TEXT;"
        "ALTER TABLE week_assessment ADD COLUMN assessment_trials_right_deg TEXT;"
        "ALTER TABLE week_assessment ADD COLUMN assessment_trials_sites TEXT;"
        "INSERT INTO dirty (runner, from_utc_ms, to_utc_ms) SELECT runner, at - 86400000, at + 86400000"
        " FROM assessment;" WEEKS_ARE_DUE,
        /* by which options a week was made: none that is not at its default */
        "ALTER TABLE week ADD COLUMN settings TEXT DEFAULT ',';",
        /* every reason that stands in a week, and what stood when somebody acknowledged */
        "ALTER TABLE week_verdict ADD COLUMN verdict_standing TEXT;"
        "ALTER TABLE acknowledgement ADD COLUMN saw TEXT;" WEEKS_ARE_DUE,
        /* why a row was set aside, and whether the broker's side can mend that */
        "ALTER TABLE outbox ADD COLUMN refusal TEXT;"
        "ALTER TABLE outbox ADD COLUMN mendable INTEGER NOT NULL DEFAULT 0;",

        /* when a pod's memory was last read to its end while the epoch ran. Of those before the newest nobody
         * remembers it */
        "ALTER TABLE epoch ADD COLUMN reported INTEGER;"
        "UPDATE epoch SET reported = (SELECT reported FROM pod WHERE pod.pod_id = epoch.pod_id) WHERE epoch ="
        " (SELECT max(epoch) FROM epoch n WHERE n.pod_id = epoch.pod_id);",

        /* two chains of its records met, each dated by a clock, whole laps of the counter apart: see laps.c */
        "ALTER TABLE epoch ADD COLUMN laps_apart INTEGER;",
        /* weeks that a wrong clock made */
        "ALTER TABLE week ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;",

        /* what a week lacks; where lost ranges lie is known when the records around them were let go */
        "ALTER TABLE week_days ADD COLUMN load_days_lost INTEGER;"
        "ALTER TABLE week_days ADD COLUMN load_days_lost_reasons TEXT;"
        "CREATE TABLE lost_bound (pod_id INTEGER NOT NULL, epoch INTEGER NOT NULL, first_seq INTEGER NOT NULL,"
        " last_seq INTEGER NOT NULL, from_tick INTEGER, to_tick INTEGER, reason INTEGER NOT NULL,"
        " PRIMARY KEY (pod_id, epoch, first_seq)) WITHOUT ROWID;"
        "CREATE INDEX span_lost ON span (pod_id, epoch, first_seq, last_seq) WHERE lost = 1;"
        "CREATE INDEX epoch_without_time ON epoch (pod_id, epoch) WHERE anchors = 0;" WEEKS_ARE_DUE,
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
                return -EMEDIUMTYPE;
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
