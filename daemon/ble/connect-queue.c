#include "daemon/ble/connect-queue.h"

#include <errno.h>
#include <string.h>

#define WAITING_MAX 32

typedef struct Waiting {
        ConnectGranted granted;
        void *userdata;
} Waiting;

struct ConnectQueue {
        Timer *turn; /* grants from the loop, never from inside a call */
        Waiting waiting[WAITING_MAX]; /* [0] has its turn once `given` */
        size_t n;
        bool given;
};

static void on_turn(void *userdata)
{
        ConnectQueue *queue = userdata;

        if (queue->given || queue->n == 0)
                return;
        queue->given = true;
        queue->waiting[0].granted(queue->waiting[0].userdata);
}

int connect_queue_new(Clock *clock, ConnectQueue **ret)
{
        CLEANUP(connect_queue_freep) ConnectQueue *queue = calloc(1, sizeof(*queue));
        int r;

        if (!queue)
                return -ENOMEM;
        r = timer_new(clock, "connect-turn", on_turn, queue, &queue->turn);
        if (r < 0)
                return r;
        *ret = TAKE(queue);
        return 0;
}

ConnectQueue *connect_queue_free(ConnectQueue *queue)
{
        if (!queue)
                return NULL;
        timer_free(queue->turn);
        free(queue);
        return NULL;
}

int connect_queue_enter(ConnectQueue *queue, ConnectGranted granted, void *userdata)
{
        if (queue->n == WAITING_MAX)
                return -ENOBUFS;
        queue->waiting[queue->n++] = (Waiting){granted, userdata};
        if (!queue->given)
                timer_arm(queue->turn, 0);
        return 0;
}

void connect_queue_leave(ConnectQueue *queue, void *userdata)
{
        for (size_t i = 0; i < queue->n; i++) {
                if (queue->waiting[i].userdata != userdata)
                        continue;
                queue->n--;
                memmove(&queue->waiting[i], &queue->waiting[i + 1],
                        (queue->n - i) * sizeof(queue->waiting[0]));
                if (i == 0)
                        queue->given = false;
                if (!queue->given && queue->n > 0)
                        timer_arm(queue->turn, 0);
                return;
        }
}
