/* floor: the least a program can do with a Stride Service pod, to measure strided against.
 *
 *   floor ADDRESS COUNTER [DATABASE]
 *
 * Finds, connects and bonds one pod by sd-bus, has its notifications by AcquireNotify, switches live
 * records on, asks page by page for what it holds. Without DATABASE it reads packets and forgets them.
 * With one, every record is a row: one prepared insert each, committed (WAL, synchronous FULL) by
 * strided's own rule: after 500 ms, after 256 records, and before a page is confirmed to the pod. It
 * knows no holes, no contradictions, no time, no coverage. COUNTER is a file of three uint64_t: packets,
 * records, and links that are live. Synchronous, no recovery but a new link: a yardstick, no example. */
#include "proto/record.h"
#include "proto/stride-service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#define FLUSH_MS    500
#define PENDING_MAX 256
#define EPOCHS_MAX  32
#define PATH_SIZE   160
#define ADAPTER     "/org/bluez/hci0"

typedef struct Epoch {
        uint32_t epoch, first, last;
} Epoch;

typedef struct Floor {
        sd_bus *bus;
        char device[PATH_SIZE], records[PATH_SIZE], control[PATH_SIZE];
        bool heard;
        int records_fd, control_fd;
        Epoch epochs[EPOCHS_MAX];
        size_t n_epochs, at;
        uint32_t page_first;
        sqlite3 *db;
        sqlite3_stmt *insert;
        Record pending[PENDING_MAX];
        size_t n_pending;
        uint32_t crc32; /* of the page so far */
        int64_t flush_ms; /* when; 0: nothing pends */
        uint64_t *counter;
} Floor;

enum { PACKETS, RECORDS, LINKS };

static void check(int r, const char *what)
{
        if (r >= 0)
                return;
        (void)fprintf(stderr, "floor: %s: %s\n", what, strerror(-r));
        exit(EXIT_FAILURE);
}

static int64_t now_ms(clockid_t id)
{
        struct timespec now;

        (void)clock_gettime(id, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- storing ---- */

static void sql(Floor *floor, const char *text)
{
        if (sqlite3_exec(floor->db, text, NULL, NULL, NULL) == SQLITE_OK)
                return;
        (void)fprintf(stderr, "floor: %s: %s\n", text, sqlite3_errmsg(floor->db));
        exit(EXIT_FAILURE);
}

static void open_database(Floor *floor, const char *path)
{
        if (sqlite3_open(path, &floor->db) != SQLITE_OK)
                exit(EXIT_FAILURE);
        sql(floor, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                   "CREATE TABLE record (epoch INTEGER, seq INTEGER, kind INTEGER, tick INTEGER,"
                   " received INTEGER, body BLOB, PRIMARY KEY (epoch, seq)) WITHOUT ROWID");
        if (sqlite3_prepare_v2(floor->db, "INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?)", -1,
                               &floor->insert, NULL) != SQLITE_OK)
                exit(EXIT_FAILURE);
}

static void insert(Floor *floor, const Record *record, int64_t received_ms)
{
        (void)sqlite3_bind_int64(floor->insert, 1, record->epoch);
        (void)sqlite3_bind_int64(floor->insert, 2, record->seq);
        (void)sqlite3_bind_int64(floor->insert, 3, record->kind);
        (void)sqlite3_bind_int64(floor->insert, 4, record->tick);
        (void)sqlite3_bind_int64(floor->insert, 5, received_ms);
        (void)sqlite3_bind_blob(floor->insert, 6, record->body, (int)record->body_size, SQLITE_STATIC);
        if (sqlite3_step(floor->insert) != SQLITE_DONE || sqlite3_reset(floor->insert) != SQLITE_OK)
                check(-EIO, "insert");
}

static void flush(Floor *floor)
{
        int64_t received_ms = now_ms(CLOCK_REALTIME);

        floor->flush_ms = 0;
        if (floor->n_pending == 0)
                return;
        if (floor->db) {
                sql(floor, "BEGIN IMMEDIATE");
                for (size_t i = 0; i < floor->n_pending; i++)
                        insert(floor, &floor->pending[i], received_ms);
                sql(floor, "COMMIT");
        }
        floor->counter[RECORDS] += floor->n_pending;
        floor->n_pending = 0;
}

static void take_packet(Floor *floor, const uint8_t *data, size_t size)
{
        StridePacket packet;
        int r = stride_packet_begin(&packet, data, size);

        floor->counter[PACKETS]++;
        while (r >= 0) {
                Record *record = &floor->pending[floor->n_pending];

                r = stride_packet_next(&packet, floor->epochs[floor->n_epochs - 1].epoch, record);
                if (r <= 0)
                        break;
                if (record->from_store && floor->db)
                        floor->crc32 = stride_crc32(floor->crc32, record);
                if (++floor->n_pending == PENDING_MAX)
                        flush(floor);
        }
        check(r, "a packet");
        if (floor->n_pending > 0 && floor->flush_ms == 0)
                floor->flush_ms = now_ms(CLOCK_MONOTONIC) + FLUSH_MS;
}

/* ---- the conversation ---- */

static void request(Floor *floor, StrideRequest request)
{
        uint8_t data[20];
        size_t size = stride_request_encode(&request, data);
        sd_bus_message *call = NULL;

        check(sd_bus_message_new_method_call(floor->bus, &call, "org.bluez", floor->control,
                                             "org.bluez.GattCharacteristic1", "WriteValue"),
              "WriteValue");
        check(sd_bus_message_append_array(call, 'y', data, size), "WriteValue");
        check(sd_bus_message_append(call, "a{sv}", 0), "WriteValue");
        check(sd_bus_call(floor->bus, call, 0, NULL, NULL), "WriteValue");
        sd_bus_message_unref(call);
}

/* The next page of what the pod holds, or nothing more to do. */
static void next_page(Floor *floor)
{
        const Epoch *epoch = &floor->epochs[floor->at];
        uint32_t last;

        while (floor->at < floor->n_epochs && (epoch->last == 0 || floor->page_first > epoch->last)) {
                epoch = &floor->epochs[++floor->at];
                floor->page_first = epoch->first;
        }
        if (floor->at == floor->n_epochs)
                return;
        last = floor->page_first + STRIDE_PAGE_RECORDS - 1;
        floor->crc32 = 0;
        request(floor, (StrideRequest){.opcode = STRIDE_OP_REPORT, .epoch = epoch->epoch,
                                       .first = floor->page_first,
                                       .last = last < epoch->last ? last : epoch->last});
}

static void on_listed(Floor *floor, const StrideResponse *response)
{
        floor->epochs[floor->n_epochs++] = (Epoch){response->epoch, response->first, response->last};
        if (floor->n_epochs < response->total)
                request(floor, (StrideRequest){.opcode = STRIDE_OP_LIST_EPOCHS,
                                               .index = (uint8_t)floor->n_epochs});
        else
                request(floor, (StrideRequest){.opcode = STRIDE_OP_LIVE, .on = 1});
}

static void take_answer(Floor *floor, const uint8_t *data, size_t size)
{
        StrideResponse response;

        check(stride_response_decode(data, size, &response), "an answer");
        if (response.status != STRIDE_OK)
                check(-EPROTO, stride_status_name(response.status));
        switch (response.opcode) {
        case STRIDE_OP_LIST_EPOCHS:
                on_listed(floor, &response);
                return;
        case STRIDE_OP_LIVE:
                floor->counter[LINKS]++;
                floor->at = 0;
                floor->page_first = floor->epochs[0].first;
                next_page(floor);
                return;
        case STRIDE_OP_REPORT:
                flush(floor);
                if (floor->db) {
                        request(floor, (StrideRequest){.opcode = STRIDE_OP_DURABLE, .epoch = response.epoch,
                                                       .first = floor->page_first, .last = response.last,
                                                       .crc32 = floor->crc32});
                        return;
                }
                floor->page_first = response.last + 1;
                next_page(floor);
                return;
        case STRIDE_OP_DURABLE:
                floor->page_first = response.last + 1;
                next_page(floor);
                return;
        default:
                check(-EPROTO, "an answer to something else");
        }
}

/* ---- the link ---- */

/* Any signal about the device while we search: it was heard. */
static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        Floor *floor = userdata;
        const char *path = sd_bus_message_get_path(m), *text;

        (void)error;
        if (sd_bus_message_is_signal(m, NULL, "InterfacesAdded")) {
                if (sd_bus_message_read(m, "o", &path) < 0)
                        return 0;
        } else if (sd_bus_message_skip(m, "s") < 0 || sd_bus_message_enter_container(m, 'a', "{sv}") < 0 ||
                   sd_bus_message_enter_container(m, 'e', "sv") <= 0 ||
                   sd_bus_message_read(m, "s", &text) < 0 || strcmp(text, "RSSI") != 0) {
                return 0;
        }
        floor->heard |= strcmp(path, floor->device) == 0;
        return 0;
}

static void find(Floor *floor)
{
        floor->heard = false;
        check(sd_bus_call_method(floor->bus, "org.bluez", ADAPTER, "org.bluez.Adapter1", "StartDiscovery",
                                 NULL, NULL, ""),
              "StartDiscovery");
        while (!floor->heard) {
                int r = sd_bus_process(floor->bus, NULL);

                check(r, "the bus");
                if (r == 0)
                        check(sd_bus_wait(floor->bus, UINT64_MAX), "the bus");
        }
        check(sd_bus_call_method(floor->bus, "org.bluez", ADAPTER, "org.bluez.Adapter1", "StopDiscovery",
                                 NULL, NULL, ""),
              "StopDiscovery");
}

/* The object of our device whose UUID it is. */
static void note_object(Floor *floor, const char *path, const char *uuid)
{
        if (strncmp(path, floor->device, strlen(floor->device)) != 0)
                return;
        if (strcmp(uuid, STRIDE_RECORDS_UUID) == 0)
                (void)snprintf(floor->records, PATH_SIZE, "%s", path);
        if (strcmp(uuid, STRIDE_CONTROL_UUID) == 0)
                (void)snprintf(floor->control, PATH_SIZE, "%s", path);
}

static void look_up(Floor *floor)
{
        sd_bus_message *reply = NULL;
        const char *path, *name, *uuid;

        check(sd_bus_call_method(floor->bus, "org.bluez", "/", "org.freedesktop.DBus.ObjectManager",
                                 "GetManagedObjects", NULL, &reply, ""),
              "GetManagedObjects");
        check(sd_bus_message_enter_container(reply, 'a', "{oa{sa{sv}}}"), "objects");
        while (sd_bus_message_enter_container(reply, 'e', "oa{sa{sv}}") > 0) {
                check(sd_bus_message_read(reply, "o", &path), "objects");
                check(sd_bus_message_enter_container(reply, 'a', "{sa{sv}}"), "objects");
                while (sd_bus_message_enter_container(reply, 'e', "sa{sv}") > 0) {
                        check(sd_bus_message_skip(reply, "s"), "objects");
                        check(sd_bus_message_enter_container(reply, 'a', "{sv}"), "objects");
                        while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
                                check(sd_bus_message_read(reply, "s", &name), "objects");
                                if (strcmp(name, "UUID") == 0) {
                                        check(sd_bus_message_read(reply, "v", "s", &uuid), "objects");
                                        note_object(floor, path, uuid);
                                } else {
                                        check(sd_bus_message_skip(reply, "v"), "objects");
                                }
                                check(sd_bus_message_exit_container(reply), "objects");
                        }
                        check(sd_bus_message_exit_container(reply), "objects");
                        check(sd_bus_message_exit_container(reply), "objects");
                }
                check(sd_bus_message_exit_container(reply), "objects");
                check(sd_bus_message_exit_container(reply), "objects");
        }
        sd_bus_message_unref(reply);
        if (!floor->records[0] || !floor->control[0])
                check(-ENODEV, "the Stride Service");
}

static int acquire(Floor *floor, const char *path)
{
        sd_bus_message *reply = NULL;
        int fd;

        check(sd_bus_call_method(floor->bus, "org.bluez", path, "org.bluez.GattCharacteristic1",
                                 "AcquireNotify", NULL, &reply, "a{sv}", 0),
              "AcquireNotify");
        check(sd_bus_message_read(reply, "h", &fd), "AcquireNotify");
        fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        check(fd, "dup");
        sd_bus_message_unref(reply);
        return fd;
}

static void open_link(Floor *floor)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;

        check(sd_bus_call_method(floor->bus, "org.bluez", floor->device, "org.bluez.Device1", "Connect",
                                 NULL, NULL, ""),
              "Connect");
        if (sd_bus_call_method(floor->bus, "org.bluez", floor->device, "org.bluez.Device1", "Pair", &error,
                               NULL, "") < 0 &&
            !sd_bus_error_has_name(&error, "org.bluez.Error.AlreadyExists"))
                check(-EACCES, "Pair");
        sd_bus_error_free(&error);
        look_up(floor);
        floor->records_fd = acquire(floor, floor->records);
        floor->control_fd = acquire(floor, floor->control);
        floor->n_epochs = 0;
        request(floor, (StrideRequest){.opcode = STRIDE_OP_LIST_EPOCHS});
}

/* 1: a packet; 0: none; -1: the link is gone. */
static int read_pipe(int fd, uint8_t data[static STRIDE_PACKET_MAX], size_t *ret_size)
{
        ssize_t n = read(fd, data, STRIDE_PACKET_MAX);

        *ret_size = n > 0 ? (size_t)n : 0;
        return n > 0 ? 1 : n < 0 && errno == EAGAIN ? 0 : -1;
}

static bool turn(Floor *floor)
{
        struct pollfd fds[] = {{sd_bus_get_fd(floor->bus), POLLIN, 0},
                               {floor->records_fd, POLLIN, 0},
                               {floor->control_fd, POLLIN, 0}};
        int64_t wait_ms = floor->flush_ms ? floor->flush_ms - now_ms(CLOCK_MONOTONIC) : -1;
        uint8_t data[STRIDE_PACKET_MAX];
        size_t size;
        int r;

        while (sd_bus_process(floor->bus, NULL) > 0)
                ;
        (void)poll(fds, 3, floor->flush_ms && wait_ms < 0 ? 0 : (int)wait_ms);
        while ((r = read_pipe(floor->records_fd, data, &size)) > 0)
                take_packet(floor, data, size);
        if (r == 0 && fds[2].revents && (r = read_pipe(floor->control_fd, data, &size)) > 0)
                take_answer(floor, data, size);
        if (floor->flush_ms && floor->flush_ms <= now_ms(CLOCK_MONOTONIC))
                flush(floor);
        return r >= 0;
}

static void *map_counter(const char *path)
{
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        void *at;

        if (fd < 0 || ftruncate(fd, 3 * sizeof(uint64_t)) < 0)
                check(-errno, path);
        at = mmap(NULL, 3 * sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (at == MAP_FAILED)
                check(-errno, path);
        (void)close(fd);
        return at;
}

int main(int argc, char **argv)
{
        static Floor floor;

        if (argc < 3)
                return 2;
        (void)snprintf(floor.device, PATH_SIZE, ADAPTER "/dev_%s", argv[1]);
        for (char *c = floor.device; *c; c++)
                *c = *c == ':' ? '_' : *c;
        floor.counter = map_counter(argv[2]);
        if (argc > 3)
                open_database(&floor, argv[3]);
        check(sd_bus_open_system(&floor.bus), "the bus");
        check(sd_bus_add_match(floor.bus, NULL, "type='signal',sender='org.bluez',member='InterfacesAdded'",
                               on_signal, &floor),
              "match");
        check(sd_bus_match_signal(floor.bus, NULL, "org.bluez", floor.device,
                                  "org.freedesktop.DBus.Properties", "PropertiesChanged", on_signal, &floor),
              "match");
        for (;;) {
                find(&floor);
                open_link(&floor);
                while (turn(&floor))
                        ;
                flush(&floor);
                (void)close(floor.records_fd);
                (void)close(floor.control_fd);
        }
}
