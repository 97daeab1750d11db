/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One question for an IPv4 address over TCP (RFC 7766), to the first server of /etc/resolv.conf or to the one that is given.
 * Usage: dns-over-tcp NAME [SERVER]. Prints the first address; a NAME that is an address is its own answer.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define HEADER_BYTES 12
#define RECORD_BYTES 12 /* a compressed name, type, class, TTL, length */

static int first_server(char server[64])
{
	char line[256];
	FILE *file = fopen("/etc/resolv.conf", "re");

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "nameserver %63s", server) == 1 && !strchr(server, ':'))
			return 1;
	}
	return 0;
}

static size_t question(unsigned char *message, const char *name)
{
	static const unsigned char header[HEADER_BYTES] = { 0x5a, 0x11, 1, 0, 0, 1 };
	size_t at = HEADER_BYTES;

	memcpy(message, header, sizeof(header));
	while (*name) {
		size_t length = strcspn(name, ".");

		message[at] = (unsigned char)length;
		memcpy(message + at + 1, name, length);
		at += 1 + length;
		name += length + (name[length] == '.');
	}
	memcpy(message + at, "\0\0\1\0\1", 5);
	return at + 5;
}

static int receive(int server, unsigned char *bytes, size_t count)
{
	for (ssize_t got; count > 0; bytes += got, count -= (size_t)got) {
		got = recv(server, bytes, count, 0);
		if (got <= 0)
			return 0;
	}
	return 1;
}

int main(int count, char **arguments)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };
	struct timeval limit = { .tv_sec = 5 };
	unsigned char wire[2 + 4096];
	char text[64] = "";
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (count > 1 && inet_pton(AF_INET, arguments[1], &to.sin_addr) == 1)
		return puts(arguments[1]) < 0;
	if (count < 2 || strlen(arguments[1]) > 250 || (count < 3 && !first_server(text)) ||
	    inet_pton(AF_INET, count < 3 ? text : arguments[2], &to.sin_addr) != 1) {
		fprintf(stderr, "usage: dns-over-tcp NAME [SERVER]\n");
		return 64;
	}

	size_t length = question(wire + 2, arguments[1]);

	wire[0] = (unsigned char)(length >> 8);
	wire[1] = (unsigned char)length;
	setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(server, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(server, (struct sockaddr *)&to, sizeof(to)) || send(server, wire, 2 + length, 0) < 0 ||
	    !receive(server, wire, 2)) {
		perror("dns-over-tcp");
		return 1;
	}

	size_t answer = (size_t)wire[0] << 8 | wire[1];

	if (answer > sizeof(wire) - 2 || !receive(server, wire + 2, answer)) {
		perror("dns-over-tcp");
		return 1;
	}
	if ((wire[5] & 15) || answer < length + RECORD_BYTES + 4 ||
	    !inet_ntop(AF_INET, wire + 2 + length + RECORD_BYTES, text, sizeof(text))) {
		fprintf(stderr, "rcode %d\n", wire[5] & 15);
		return 1;
	}
	return puts(text) < 0;
}
