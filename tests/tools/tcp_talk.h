/* A classic capture file, and TCP conversations said into it: Ethernet, IPv4, TCP, with right checksums. */
#ifndef TESTS_TOOLS_TCP_TALK_H
#define TESTS_TOOLS_TCP_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { TCP_TALK_MSS = 1448, TALK_FIN = 1, TALK_SYN = 2, TALK_RST = 4, TALK_PSH = 8, TALK_ACK = 16 };

/* Captures begin at a round time, so that nothing depends on when they were made. */
#define TCP_TALK_START 1700000000

struct tcp_file {
    FILE *file;
    uint64_t size, packets;
    uint64_t micros; /* of the capture's clock, since its start */
    uint64_t step;   /* between packets */
};

/** @return false: it cannot be opened, errno says why. */
bool tcp_file_open(struct tcp_file *f, const char *path, uint64_t step);
/** @return false: not all of it was written. */
bool tcp_file_close(struct tcp_file *f);

struct tcp_end {
    uint32_t ip, seq; /* host byte order; of its next byte */
    uint16_t port;
};

struct tcp_talk {
    struct tcp_file *file;
    struct tcp_end end[2]; /* client, server */
    bool in_pieces;        /* each segment is the first piece of a datagram whose rest never comes */
    uint16_t id;           /* of the next of these */
};

void tcp_talk_open(struct tcp_talk *t);
void tcp_talk_segment(struct tcp_talk *t, unsigned from, unsigned flags, const void *payload, size_t size);
/** In segments of TCP_TALK_MSS; nobody acknowledges them. */
void tcp_talk_say(struct tcp_talk *t, unsigned from, const void *bytes, size_t size);
/** The client is the first to end. */
void tcp_talk_close(struct tcp_talk *t);

#endif
