/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DNS as a way out: questions that carry data, in every form that a filter may read differently
 * from a server.
 */
#include "dns.h"

#include <poll.h>

static int ask_udp(const struct endpoint *to, struct message *m, int wait)
{
	int fd = opened(to->family, SOCK_DGRAM, 0);

	deadline(fd, wait);
	if (connect(fd, sockaddr(to), to->length))
		refused("connect");
	if (send(fd, m->bytes, m->length, 0) < 0)
		refused("send");
	ssize_t n = recv(fd, m->bytes, sizeof(m->bytes), 0);

	if (n < 0)
		refused("recv");
	m->length = (size_t)n;
	return fd;
}

static void receive_all(int fd, unsigned char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t n = recv(fd, bytes, count, 0);

		if (n <= 0)
			refused("recv");
		bytes += n;
		count -= (size_t)n;
	}
}

/* One message over TCP (RFC 7766), in segments of `size` bytes. */
static void ask_tcp(const struct endpoint *to, struct message *m, size_t size)
{
	int fd = opened(to->family, SOCK_STREAM, 0);
	unsigned char wire[4098] = { (unsigned char)(m->length >> 8), (unsigned char)m->length };

	memcpy(wire + 2, m->bytes, m->length);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	if (connect(fd, sockaddr(to), to->length))
		refused("connect");
	for (size_t at = 0, count = m->length + 2; at < count; at += size)
		send_all(fd, wire + at, count - at < size ? count - at : size);
	receive_all(fd, wire, 2);
	m->length = (size_t)wire[0] << 8 | wire[1];
	if (m->length > sizeof(m->bytes)) {
		errno = EMSGSIZE;
		refused("length");
	}
	receive_all(fd, m->bytes, m->length);
	close(fd);
}

/* ask RESOLVER NAME TYPE [udp|tcp|bytes|edns] */
static int run_ask(char **a, const char *how)
{
	struct endpoint to = endpoint(a[0], "53");
	struct message m;
	long start = milliseconds();

	dns_header(&m, 0x5a11, 0x0100, 1);
	dns_question(&m, a[1], dns_type(a[2]));
	if (!strcmp(how, "edns")) {
		m.bytes[11] = 1;
		memcpy(m.bytes + m.length, "\0\0\x29\x04\xd0\0\0\0\0\0\0", 11);
		m.length += 11;
	}
	if (!strcmp(how, "tcp"))
		ask_tcp(&to, &m, sizeof(m.bytes));
	else if (!strcmp(how, "bytes"))
		ask_tcp(&to, &m, 1);
	else
		close(ask_udp(&to, &m, PATIENCE));
	unsigned int rcode = dns_print(&m);

	printf("%ld ms\n", milliseconds() - start);
	return rcode ? EXIT_REFUSED : EXIT_SENT;
}

/*
 * two RESOLVER GOOD NAME: a message with two questions; a filter that reads the first lets the
 * second pass. That it is sent is enough: refused, it is not answered.
 */
static int run_two(char **a)
{
	struct endpoint to = endpoint(a[0], "53");
	struct message m;

	dns_header(&m, 0x5a12, 0x0100, 2);
	dns_question(&m, a[1], 1);
	dns_question(&m, a[2], 1);
	close(ask_udp(&to, &m, 1000));
	return dns_print(&m) ? EXIT_REFUSED : EXIT_SENT;
}

/* trailing RESOLVER GOOD TEXT: one question, and bytes behind it that no count mentions. */
static int run_trailing(char **a)
{
	struct endpoint to = endpoint(a[0], "53");
	struct message m;

	dns_header(&m, 0x5a13, 0x0100, 1);
	dns_question(&m, a[1], 1);
	memcpy(m.bytes + m.length, a[2], strlen(a[2]));
	m.length += strlen(a[2]);
	close(ask_udp(&to, &m, 1000));
	return dns_print(&m) ? EXIT_REFUSED : EXIT_SENT;
}

/* burst RESOLVER COUNT ZONE: COUNT names below ZONE, each of them new. */
static int run_burst(char **a)
{
	struct endpoint to = endpoint(a[0], "53");
	int answered = 0;

	for (int i = 0; i < atoi(a[1]); i++) {
		struct message m;
		char name[128];

		snprintf(name, sizeof(name), "%08x%08x.%s", (unsigned int)i * 2654435761u,
			 (unsigned int)i * 40503u + 977u, a[2]);
		dns_header(&m, (unsigned int)i, 0x0100, 1);
		dns_question(&m, name, 1);
		close(ask_udp(&to, &m, PATIENCE));
		answered += (dns_get16(&m, 2) & 15) == 0;
	}
	printf("%d answered\n", answered);
	return answered ? EXIT_SENT : EXIT_REFUSED;
}

/*
 * golike RESOLVER NAME: A and AAAA at the same time from two connected sockets, five seconds each,
 * two rounds: what the resolver of Go's standard library does.
 */
static int run_golike(char **a)
{
	static const unsigned int types[2] = { 1, 28 };
	struct endpoint to = endpoint(a[0], "53");
	struct pollfd waits[2];
	long start = milliseconds();
	unsigned int rcode = 0;
	int answered = 0;

	for (int i = 0; i < 2; i++) {
		struct message m;

		dns_header(&m, 0x6000u + (unsigned int)i, 0x0100, 1);
		dns_question(&m, a[1], types[i]);
		waits[i] =
			(struct pollfd){ .fd = opened(to.family, SOCK_DGRAM, 0), .events = POLLIN };
		if (connect(waits[i].fd, sockaddr(&to), to.length) ||
		    send(waits[i].fd, m.bytes, m.length, 0) < 0)
			refused("send");
	}
	while (answered < 2) {
		if (poll(waits, 2, 5000) <= 0) {
			errno = ETIMEDOUT;
			refused("poll");
		}
		for (int i = 0; i < 2; i++) {
			struct message m;

			if (!(waits[i].revents & (POLLIN | POLLERR)))
				continue;
			ssize_t n = recv(waits[i].fd, m.bytes, sizeof(m.bytes), 0);

			if (n < 0)
				refused("recv");
			m.length = (size_t)n;
			rcode |= dns_print(&m);
			waits[i].fd = -1;
			answered++;
		}
	}
	printf("%ld ms\n", milliseconds() - start);
	return rcode ? EXIT_REFUSED : EXIT_SENT;
}

/*
 * stub LISTEN UPSTREAM: a forwarder on this machine that is no part of the job, as systemd-resolved
 * is.
 */
static _Noreturn void run_stub(char **a)
{
	struct endpoint at = endpoint(a[0], "53"), upstream = endpoint(a[1], "53");
	int fd = opened(at.family, SOCK_DGRAM, 0);

	if (bind(fd, sockaddr(&at), at.length))
		refused("bind");
	printf("listening\n");
	fflush(stdout);
	deadline(fd, 60000);
	for (;;) {
		struct message m;
		struct endpoint from = { .length = sizeof(from.address) };
		ssize_t n = recvfrom(fd, m.bytes, sizeof(m.bytes), 0,
				     (struct sockaddr *)&from.address, &from.length);

		if (n < 0)
			refused("recvfrom");
		m.length = (size_t)n;
		close(ask_udp(&upstream, &m, PATIENCE));
		sendto(fd, m.bytes, m.length, 0, sockaddr(&from), from.length);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";

	if (argc >= 5 && !strcmp(what, "ask"))
		return run_ask(argv + 2, argc > 5 ? argv[5] : "udp");
	if (argc == 5 && !strcmp(what, "two"))
		return run_two(argv + 2);
	if (argc == 5 && !strcmp(what, "trailing"))
		return run_trailing(argv + 2);
	if (argc == 5 && !strcmp(what, "burst"))
		return run_burst(argv + 2);
	if (argc == 4 && !strcmp(what, "golike"))
		return run_golike(argv + 2);
	if (argc == 4 && !strcmp(what, "stub"))
		run_stub(argv + 2);
	usage("dns ask RESOLVER NAME TYPE [udp|tcp|bytes|edns] | two RESOLVER GOOD NAME | trailing "
	      "RESOLVER GOOD TEXT"
	      " | burst RESOLVER COUNT ZONE | golike RESOLVER NAME | stub LISTEN UPSTREAM");
}
