/* log-ids.h: every kind of line the daemon writes, once.
 *
 * LOG_ID(name, id): the id is the journal's MESSAGE_ID and never changes. */
#pragma once

#define LOG_IDS                                                                                    \
        LOG_ID(DAEMON_STARTED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0001")                                 \
        LOG_ID(DAEMON_STOPPED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0002")                                 \
        LOG_ID(DAEMON_FAILED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0003")                                  \
        LOG_ID(CONFIG_INVALID, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0004")                                 \
        LOG_ID(LEDGER_OPENED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0010")                                  \
        LOG_ID(LEDGER_FAILED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0011")                                  \
        LOG_ID(DISK_STATE, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0014")                                     \
        LOG_ID(RECORD_CONTRADICTS, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0012")                             \
        LOG_ID(RECORD_UNKNOWN, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0013")                                 \
        LOG_ID(RADIO_STATE, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0020")                                    \
        LOG_ID(LINK_STATE, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0021")                                     \
        LOG_ID(LINK_LOST, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0022")                                      \
        LOG_ID(PACKET_REFUSED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0023")                                 \
        LOG_ID(BACKFILL, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0024")                                       \
        LOG_ID(POD_PAIRED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0025")                                     \
        LOG_ID(BROKER_STATE, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0030")                                   \
        LOG_ID(OUTBOX, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0031")                                         \
        LOG_ID(INBOUND_REFUSED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0032")                                \
        LOG_ID(REDFLAG, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0033")                                        \
        LOG_ID(DERIVED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0040")                                        \
        LOG_ID(CONSENT_CHANGED, "4c1c2b6f4c1e4c0d9a3e8a1f5a4b0041")

typedef enum LogId {
#define LOG_ID(name, id) LOG_##name,
        LOG_IDS
#undef LOG_ID
} LogId;
