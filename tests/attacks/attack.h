/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every attack program shares. They speak only to the address on their command line, and the
 * tests give them addresses of network namespaces that have no way out. Exit code: 0 it was sent, 1
 * the kernel refused (the call and its errno on stderr), 2 wrong arguments, 3 this kernel lacks
 * what the attack needs.
 */
#pragma once

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define EXIT_SENT 0
#define EXIT_REFUSED 1
#define EXIT_USAGE 2
#define EXIT_MISSING 3

/* Milliseconds: more than a busy machine stands still for, and than tests call at once. */
#define PATIENCE 30000

/* Of who waits to be called: what block mode keeps away is waited for in vain each time. */
#define IN_VAIN 6000

struct endpoint {
	struct sockaddr_storage address;
	socklen_t length;
	int family;
};

static inline void usage(const char *text)
{
	fprintf(stderr, "usage: %s\n", text);
	exit(EXIT_USAGE);
}

static inline void refused(const char *call)
{
	fprintf(stderr, "%s: %s\n", call, strerrorname_np(errno));
	exit(EXIT_REFUSED);
}

static inline void missing(const char *call)
{
	fprintf(stderr, "%s: %s\n", call, strerrorname_np(errno));
	exit(EXIT_MISSING);
}

/* The descriptor becomes number 9 of another program, which is what this one is from here on. */
static inline int hand_on(int fd, char **command)
{
	if (dup2(fd, 9) < 0)
		refused("dup2");
	close(fd);
	execvp(command[0], command);
	refused("execvp");
	return EXIT_REFUSED;
}

static inline struct endpoint endpoint(const char *address, const char *port)
{
	struct endpoint result = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&result.address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&result.address;

	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((unsigned short)atoi(port));
		result.length = sizeof(*v4);
	} else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((unsigned short)atoi(port));
		result.length = sizeof(*v6);
	} else {
		fprintf(stderr, "not an address: %s\n", address);
		exit(EXIT_USAGE);
	}
	result.family = result.address.ss_family;
	return result;
}

static inline const struct sockaddr *sockaddr(const struct endpoint *e)
{
	return (const struct sockaddr *)&e->address;
}

/* Of the address. */
static inline unsigned char *last_byte(struct endpoint *e)
{
	return e->family == AF_INET ?
		       (unsigned char *)&((struct sockaddr_in *)&e->address)->sin_addr + 3 :
		       (unsigned char *)&((struct sockaddr_in6 *)&e->address)->sin6_addr + 15;
}

/* A refused flow may also be silent: nothing here waits for longer than this. */
static inline void deadline(int fd, int milliseconds)
{
	struct timeval t = { .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 };

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
}

static inline int opened(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		refused("socket");
	deadline(fd, PATIENCE);
	return fd;
}

static inline void send_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);

		if (sent <= 0)
			refused("send");
		at += sent;
		length -= (size_t)sent;
	}
}

/* Ends a conversation in order: the peer has everything when this returns 0. */
static inline int finish(int fd)
{
	char rest[4096];
	ssize_t n;

	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, rest, sizeof(rest), 0)) > 0)
		;
	if (n < 0) {
		fprintf(stderr, "recv: %s\n", strerrorname_np(errno));
		return EXIT_REFUSED;
	}
	close(fd);
	return EXIT_SENT;
}

/* Of an IP header (RFC 1071). */
static inline unsigned short checksum(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	unsigned int sum = 0;

	for (size_t i = 0; i + 1 < length; i += 2)
		sum += (unsigned int)at[i] << 8 | at[i + 1];
	if (length & 1)
		sum += (unsigned int)at[length - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((unsigned short)~sum);
}
