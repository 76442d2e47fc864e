/* delay_box A B MILLISECONDS - hold every frame between two interfaces for a constant time.
 *
 * For kernels without netem. Each direction is a queue in order of arrival; since the delay is
 * constant, it is also in order of departure. PACKET_VNET_HDR carries along what the sender left to
 * be offloaded (checksums, segmentation), so frames pass unchanged. Ends when its parent ends. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

#define LONGEST (66 * 1024)
#define BUFFER (64 << 20)

struct frame { struct frame *next; int64_t due; size_t size; char data[]; };
struct side { int in, out; struct frame *first, **last; };

static int64_t now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static int attach(const char *name)
{
    int one = 1, size = BUFFER, s = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
    struct sockaddr_ll here = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
                               .sll_ifindex = (int)if_nametoindex(name)};
    struct packet_mreq all = {.mr_ifindex = here.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    if (s < 0 || !here.sll_ifindex
        || setsockopt(s, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one)
        || setsockopt(s, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one)
        || setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all)
        || bind(s, (struct sockaddr *)&here, sizeof here)) {
        perror(name);
        exit(1);
    }
    setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
    return s;
}

static void take(struct side *from, int64_t delay)
{
    static char buffer[LONGEST];
    ssize_t size;
    while ((size = recv(from->in, buffer, sizeof buffer, 0)) > 0) {
        struct frame *held = malloc(sizeof *held + (size_t)size);
        if (!held)
            exit(1);
        held->next = NULL, held->due = now() + delay, held->size = (size_t)size;
        memcpy(held->data, buffer, held->size);
        *from->last = held, from->last = &held->next;
    }
}

static void release(struct side *from, int64_t at)
{
    struct frame *held;
    while ((held = from->first) && held->due <= at) {
        send(from->out, held->data, held->size, 0);
        if (!(from->first = held->next))
            from->last = &from->first;
        free(held);
    }
}

int main(int count, char **words)
{
    if (count != 4)
        return fprintf(stderr, "usage: delay_box A B MILLISECONDS\n"), 2;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int64_t delay = (int64_t)(atof(words[3]) * 1e6);
    int a = attach(words[1]), b = attach(words[2]);
    struct side sides[2] = {{a, b, NULL, NULL}, {b, a, NULL, NULL}};
    struct pollfd ready[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    for (int i = 0; i < 2; i++)
        sides[i].last = &sides[i].first;
    puts("ready");
    fflush(stdout);
    for (;;) {
        int64_t next = INT64_MAX, at = now();
        for (int i = 0; i < 2; i++) {
            release(&sides[i], at);
            if (sides[i].first && sides[i].first->due < next)
                next = sides[i].first->due;
        }
        int64_t left = next - now();
        struct timespec wait = {left / 1000000000, left % 1000000000}, none = {0, 0};
        ppoll(ready, 2, next == INT64_MAX ? NULL : left > 0 ? &wait : &none, NULL);
        for (int i = 0; i < 2; i++)
            take(&sides[i], delay);
    }
}
