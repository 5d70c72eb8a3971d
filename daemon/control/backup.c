/* Backup: a copy of the ledger into a file that the client opened. */
#include "daemon/control/dict.h"
#include "daemon/control/state.h"

#include "daemon/ledger/condition.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ours to give away, or -errno and *why. */
static int take_descriptor(int given, const char **why)
{
        struct stat status;
        int flags = fcntl(given, F_GETFL);

        *why = "cannot be used";
        if (flags < 0 || fstat(given, &status) < 0)
                return -errno;
        *why = "must be an empty file, open for reading and writing";
        if (!S_ISREG(status.st_mode) || status.st_size != 0 || (flags & O_ACCMODE) != O_RDWR || (flags & O_APPEND))
                return -EINVAL;
        given = fcntl(given, F_DUPFD_CLOEXEC, 16);
        return given < 0 ? -errno : given;
}

int method_backup(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Control *control = userdata;
        const char *why;
        int given, fd, r = sd_bus_message_read(call, "h", &given);

        if (r < 0)
                return r;
        if (control->backup)
                return sd_bus_error_set(error, ERROR_BUSY,
                                        "another backup is under way\ntry again in a minute");
        fd = take_descriptor(given, &why);
        if (fd < 0)
                return sd_bus_error_setf(error, ERROR_INVALID, "the descriptor %s\nuse: stridectl backup FILE", why);
        control->backup_fd = fd;
        r = control->wishes->backup(fd, control->wishes_userdata);
        if (r < 0) {
                closep(&control->backup_fd);
                return sd_bus_error_setf(error, ERROR_LEDGER,
                                         "the copy cannot be begun: %s\nlook with: stridectl doctor", strerror(-r));
        }
        control->backup = sd_bus_message_ref(call);
        return 1;
}

static int answer(Control *control, sd_bus_message *call, int64_t octets)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(call, &reply);

        if (r >= 0)
                r = dict_open(reply);
        if (r >= 0)
                r = dict_integer(reply, "octets", octets);
        if (r >= 0)
                r = dict_text(reply, "ledger_id", ledger_id(control->ledger));
        if (r >= 0)
                r = dict_close(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

void control_backup_done(Control *control, int result, const char *said)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *call = TAKE(control->backup);
        CLEANUP(closep) int fd = control->backup_fd;
        struct stat status;

        control->backup_fd = -1;
        if (!call)
                return;
        if (result >= 0 && fstat(fd, &status) < 0)
                result = -errno;
        if (result < 0) {
                /* fails when the client went away; as below */
                (void)sd_bus_reply_method_errorf(call, ERROR_LEDGER, "%s\n%s", said[0] ? said : strerror(-result),
                                                 result == -ENOSPC ? "make room where the copy goes; look with: df -h"
                                                                   : "look with: stridectl doctor");
                return;
        }
        if (ledger_note_backup(control->ledger) < 0)
                result = 0; /* only its age will not be known */
        (void)answer(control, call, status.st_size);
}
