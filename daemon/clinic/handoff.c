#include "daemon/clinic/handoff.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#define NEWS_MAX 256

struct Handoff {
        pthread_mutex_t mutex;
        News queue[NEWS_MAX];
        size_t first, n;
        int fd;
        sd_event_source *source;
        NewsFunction news;
        void (*drained)(void *userdata);
        void *userdata;
};

/* One word about the spool is enough: it is read whole. */
static bool is_known(const Handoff *handoff, const News *news)
{
        for (size_t i = 0; news->kind == NEWS_MESSAGE && i < handoff->n; i++) {
                if (handoff->queue[(handoff->first + i) % NEWS_MAX].kind == NEWS_MESSAGE)
                        return true;
        }
        return false;
}

void handoff_tell(Handoff *handoff, const News *news)
{
        uint64_t one = 1;

        (void)pthread_mutex_lock(&handoff->mutex);
        if (!is_known(handoff, news) && handoff->n < NEWS_MAX)
                handoff->queue[(handoff->first + handoff->n++) % NEWS_MAX] = *news;
        (void)pthread_mutex_unlock(&handoff->mutex);
        if (write(handoff->fd, &one, sizeof(one)) < 0)
                return; /* the counter is full: it is awake */
}

static bool take(Handoff *handoff, News *ret)
{
        bool any;

        (void)pthread_mutex_lock(&handoff->mutex);
        any = handoff->n > 0;
        if (any) {
                *ret = handoff->queue[handoff->first];
                handoff->first = (handoff->first + 1) % NEWS_MAX;
                handoff->n--;
        }
        (void)pthread_mutex_unlock(&handoff->mutex);
        return any;
}

static int on_event(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Handoff *handoff = userdata;
        uint64_t count;
        News news;

        (void)source, (void)revents;
        if (read(fd, &count, sizeof(count)) < 0)
                return 0;
        while (take(handoff, &news))
                handoff->news(&news, handoff->userdata);
        handoff->drained(handoff->userdata);
        return 0;
}

void handoff_clear(Handoff *handoff)
{
        News news;

        while (take(handoff, &news))
                ;
}

int handoff_new(sd_event *event, NewsFunction news, void (*drained)(void *userdata), void *userdata,
                Handoff **ret)
{
        CLEANUP(handoff_freep) Handoff *handoff = calloc(1, sizeof(*handoff));
        int r;

        if (!handoff)
                return -ENOMEM;
        (void)pthread_mutex_init(&handoff->mutex, NULL); /* cannot fail with default attributes */
        handoff->news = news;
        handoff->drained = drained;
        handoff->userdata = userdata;
        handoff->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (handoff->fd < 0)
                return -errno;
        r = sd_event_add_io(event, &handoff->source, handoff->fd, EPOLLIN, on_event, handoff);
        if (r >= 0)
                r = sd_event_source_set_description(handoff->source, "mqtt");
        if (r < 0)
                return r;
        *ret = TAKE(handoff);
        return 0;
}

Handoff *handoff_free(Handoff *handoff)
{
        if (!handoff)
                return NULL;
        sd_event_source_disable_unref(handoff->source);
        if (handoff->fd >= 0)
                (void)close(handoff->fd); /* nothing left to do if it fails */
        (void)pthread_mutex_destroy(&handoff->mutex);
        free(handoff);
        return NULL;
}
