/* SPDX-License-Identifier: GPL-2.0-only */
/* UDP ways out: every way to give a datagram its destination. */
#include "attack.h"

#include <netinet/ip.h>
#include <pthread.h>

#ifndef IPPROTO_UDPLITE
#define IPPROTO_UDPLITE 136
#endif

static int run_connected(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = opened(to.family, SOCK_DGRAM, 0);

	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	send_all(fd, a[2], strlen(a[2]));
	return EXIT_SENT;
}

static int run_sendto(char **a, int protocol)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = socket(to.family, SOCK_DGRAM, protocol);

	if (fd < 0)
		missing("socket");
	if (sendto(fd, a[2], strlen(a[2]), 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/* Three datagrams in one call; no hook on connect ever runs. */
static int run_sendmmsg(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = opened(to.family, SOCK_DGRAM, 0);
	struct iovec text = { .iov_base = a[2], .iov_len = strlen(a[2]) };
	struct mmsghdr messages[3] = { 0 };

	for (int i = 0; i < 3; i++) {
		messages[i].msg_hdr.msg_name = &to.address;
		messages[i].msg_hdr.msg_namelen = to.length;
		messages[i].msg_hdr.msg_iov = &text;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	int sent = sendmmsg(fd, messages, 3, 0);

	if (sent < 0)
		refused("sendmmsg");
	printf("%d sent\n", sent);
	return EXIT_SENT;
}

/* retarget GOOD ADDR PORT TEXT: connected to one address, sends to another. */
static int run_retarget(char **a)
{
	struct endpoint good = endpoint(a[0], a[2]), bad = endpoint(a[1], a[2]);
	int fd = opened(good.family, SOCK_DGRAM, 0);
	struct iovec text = { .iov_base = a[3], .iov_len = strlen(a[3]) };
	struct msghdr message = { .msg_name = &bad.address,
				  .msg_namelen = bad.length,
				  .msg_iov = &text,
				  .msg_iovlen = 1 };

	if (connect(fd, sockaddr(&good), good.length))
		refused("connect");
	if (sendmsg(fd, &message, 0) < 0)
		refused("sendmsg");
	return EXIT_SENT;
}

/* from PORT ADDR PORT TEXT: a source port that a careless rule would take for the destination's. */
static int run_from(char **a)
{
	struct endpoint to = endpoint(a[1], a[2]);
	struct endpoint from = endpoint(to.family == AF_INET ? "0.0.0.0" : "::", a[0]);
	int fd = opened(to.family, SOCK_DGRAM, 0);

	if (bind(fd, sockaddr(&from), from.length))
		refused("bind");
	if (sendto(fd, a[3], strlen(a[3]), 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/*
 * sourceroute HOP ADDR PORT TEXT: the packet leaves for HOP with ADDR in a loose source route (RFC
 * 791 section 3.1).
 */
static int run_sourceroute(char **a)
{
	struct endpoint to = endpoint(a[1], a[2]);
	int fd = opened(AF_INET, SOCK_DGRAM, 0);
	unsigned char option[8] = { IPOPT_LSRR, 7, 4 };

	inet_pton(AF_INET, a[0], option + 3);
	if (setsockopt(fd, IPPROTO_IP, IP_OPTIONS, option, sizeof(option)))
		refused("setsockopt");
	if (sendto(fd, a[3], strlen(a[3]), 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/*
 * routing-header HOP ADDR PORT TEXT: the same in IPv6, by a segment routing header (RFC 8754): the
 * packet leaves for HOP, and ADDR, which the call names, stands in the header.
 */
static int run_routing_header(char **a)
{
	struct endpoint to = endpoint(a[1], a[2]);
	int fd = opened(AF_INET6, SOCK_DGRAM, 0);
	unsigned char header[8 + 2 * 16] = { [1] = 4, [2] = 4, [3] = 1, [4] = 1 };

	memcpy(header + 8, &((struct sockaddr_in6 *)&to.address)->sin6_addr, 16);
	inet_pton(AF_INET6, a[0], header + 24);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_RTHDR, header, sizeof(header)))
		missing("setsockopt");
	if (sendto(fd, a[3], strlen(a[3]), 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/*
 * TEXT stands at the end of a datagram that no single packet holds: only the last fragment carries
 * it.
 */
static int run_fragments(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = opened(to.family, SOCK_DGRAM, 0);
	static char bytes[4000];
	size_t length = strlen(a[2]);

	memset(bytes, 'f', sizeof(bytes));
	memcpy(bytes + sizeof(bytes) - length, a[2], length);
	if (sendto(fd, bytes, sizeof(bytes), 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/*
 * full-then ADDR PORT CMD…: a connected socket whose memory for options is used up becomes descriptor 9 of CMD. Groups of
 * loopback: nobody is told.
 */
static int run_full_then(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = opened(AF_INET6, SOCK_DGRAM, 0);
	struct ipv6_mreq group = { .ipv6mr_interface = 1 };
	unsigned int i = 0;

	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	inet_pton(AF_INET6, "ff11::", &group.ipv6mr_multiaddr);
	do {
		group.ipv6mr_multiaddr.s6_addr32[3] = htonl(++i);
	} while (!setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &group, sizeof(group)));
	if (errno != ENOBUFS && errno != ENOMEM)
		missing("IPV6_ADD_MEMBERSHIP");
	return hand_on(fd, a + 2);
}

static int run_inherited(char **a)
{
	int fd = atoi(a[0]);

	send_all(fd, a[1], strlen(a[1]));
	return EXIT_SENT;
}

static struct endpoint flipped;
static volatile unsigned char *last; /* byte of its address: the rest of the two is alike */
static unsigned char lasts[2];
static volatile int stop;

static void *flip(void *unused)
{
	unsigned int i = 0;

	(void)unused;
	while (!stop)
		*last = lasts[i++ & 1];
	return NULL;
}

/*
 * flip GOOD BAD PORT TEXT ROUNDS: the address changes between the check and the use, if there is a
 * between.
 */
static int run_flip(char **a)
{
	int rounds = atoi(a[4]), sent = 0;
	pthread_t thread;
	struct endpoint bad = endpoint(a[1], a[2]);
	int fd = opened(bad.family, SOCK_DGRAM, 0);

	flipped = endpoint(a[0], a[2]);
	last = last_byte(&flipped);
	lasts[0] = *last;
	lasts[1] = *last_byte(&bad);
	if (pthread_create(&thread, NULL, flip, NULL))
		refused("pthread_create");
	for (int i = 0; i < rounds; i++)
		sent += sendto(fd, a[3], strlen(a[3]), 0, sockaddr(&flipped),
			       flipped.length) > 0;
	stop = 1;
	pthread_join(thread, NULL);
	printf("%d of %d sent\n", sent, rounds);
	return EXIT_SENT;
}

/*
 * answer PORT TEXT: waits for one datagram and answers it. The bytes that come back are what a UDP
 * server of the job gives to whoever asks.
 */
static int run_answer(char **a)
{
	struct endpoint any = endpoint("::", a[0]), from = { .length = sizeof(from.address) };
	int fd = opened(AF_INET6, SOCK_DGRAM, 0);
	char bytes[2048];

	if (bind(fd, sockaddr(&any), any.length))
		refused("bind");
	printf("listening\n");
	fflush(stdout);
	deadline(fd, IN_VAIN);
	if (recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from.address, &from.length) <
	    0)
		refused("recvfrom");
	if (sendto(fd, a[1], strlen(a[1]), 0, sockaddr(&from), from.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/*
 * later PORT TEXT OFFSET PATH: as answer, to the peer's port and OFFSET, when a file stands at PATH.
 */
static int run_later(char **a)
{
	struct endpoint any = endpoint("::", a[0]), from = { .length = sizeof(from.address) };
	struct sockaddr_in6 *peer = (struct sockaddr_in6 *)&from.address;
	int fd = opened(AF_INET6, SOCK_DGRAM, 0);
	char bytes[2048];

	if (bind(fd, sockaddr(&any), any.length))
		refused("bind");
	printf("listening\n");
	fflush(stdout);
	deadline(fd, IN_VAIN);
	if (recvfrom(fd, bytes, sizeof(bytes), 0, (struct sockaddr *)peer, &from.length) < 0)
		refused("recvfrom");
	printf("heard\n");
	fflush(stdout);
	while (access(a[3], F_OK))
		usleep(1000);
	peer->sin6_port = htons((unsigned short)(ntohs(peer->sin6_port) + atoi(a[2])));
	if (sendto(fd, a[1], strlen(a[1]), 0, (struct sockaddr *)peer, from.length) < 0)
		refused("sendto");
	return EXIT_SENT;
}

/* exchange ADDR PORT TEXT: sends and prints the answer. */
static int run_exchange(char **a)
{
	struct endpoint to = endpoint(a[0], a[1]);
	int fd = opened(to.family, SOCK_DGRAM, 0);
	char bytes[2048];

	if (sendto(fd, a[2], strlen(a[2]), 0, sockaddr(&to), to.length) < 0)
		refused("sendto");
	ssize_t n = recv(fd, bytes, sizeof(bytes), 0);

	if (n < 0)
		refused("recv");
	printf("%.*s\n", (int)n, bytes);
	return EXIT_SENT;
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";

	if (argc == 5 && !strcmp(what, "connected"))
		return run_connected(argv + 2);
	if (argc == 5 && !strcmp(what, "sendto"))
		return run_sendto(argv + 2, 0);
	if (argc == 5 && !strcmp(what, "lite"))
		return run_sendto(argv + 2, IPPROTO_UDPLITE);
	if (argc == 5 && !strcmp(what, "sendmmsg"))
		return run_sendmmsg(argv + 2);
	if (argc == 6 && !strcmp(what, "retarget"))
		return run_retarget(argv + 2);
	if (argc == 6 && !strcmp(what, "from"))
		return run_from(argv + 2);
	if (argc == 6 && !strcmp(what, "sourceroute"))
		return run_sourceroute(argv + 2);
	if (argc == 6 && !strcmp(what, "routing-header"))
		return run_routing_header(argv + 2);
	if (argc == 5 && !strcmp(what, "fragments"))
		return run_fragments(argv + 2);
	if (argc >= 5 && !strcmp(what, "full-then"))
		return run_full_then(argv + 2);
	if (argc == 4 && !strcmp(what, "inherited"))
		return run_inherited(argv + 2);
	if (argc == 7 && !strcmp(what, "flip"))
		return run_flip(argv + 2);
	if (argc == 4 && !strcmp(what, "answer"))
		return run_answer(argv + 2);
	if (argc == 6 && !strcmp(what, "later"))
		return run_later(argv + 2);
	if (argc == 5 && !strcmp(what, "exchange"))
		return run_exchange(argv + 2);
	usage("udp connected|sendto|lite|sendmmsg|fragments|exchange ADDR PORT TEXT | retarget "
	      "GOOD ADDR PORT TEXT"
	      " | from SPORT ADDR PORT TEXT | sourceroute|routing-header HOP ADDR PORT TEXT | flip "
	      "GOOD BAD PORT TEXT ROUNDS"
	      " | full-then ADDR PORT CMD… | inherited FD TEXT | answer PORT TEXT | later PORT TEXT OFFSET PATH");
}
