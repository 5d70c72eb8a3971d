#include "daemon/clinic/broker-cut.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 65536 /* more are not looked at, whatever the limit */

typedef union Peer {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
} Peer;

/* 0: connected to nobody, or not by TCP. */
static in_port_t peer_port(int fd)
{
        Peer peer;
        socklen_t size = sizeof(peer);

        if (getpeername(fd, &peer.any, &size) < 0)
                return 0;
        if (peer.any.sa_family == AF_INET)
                return ntohs(peer.v4.sin_port);
        return peer.any.sa_family == AF_INET6 ? ntohs(peer.v6.sin6_port) : 0;
}

void broker_cut(uint16_t port)
{
        long limit = sysconf(_SC_OPEN_MAX);

        if (limit < 0 || limit > DESCRIPTORS_MAX)
                limit = DESCRIPTORS_MAX;
        for (int fd = 0; fd < limit; fd++) {
                if (peer_port(fd) == port)
                        (void)shutdown(fd, SHUT_RDWR); /* fails if it is over already */
        }
}
