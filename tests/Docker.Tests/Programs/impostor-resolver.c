/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attack of HARDENING rule 2: a resolver that answers every question for an IPv4 address with one address of the
 * attacker's choice. It runs in a container that was given the address of the machine's own resolver.
 * Usage: impostor-resolver ADDRESS. Prints `ready` when it listens on UDP port 53; runs until it is killed.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_BYTES 512 /* RFC 1035 section 2.3.4 */
#define HEADER_BYTES 12
#define TYPE_A 1

/* Length of header and question, or 0 when the message is not one question without compression. */
static size_t question_end(const unsigned char *message, size_t length, unsigned int *type)
{
	size_t at = HEADER_BYTES;

	while (at < length && message[at] != 0 && message[at] < 64)
		at += 1U + message[at];
	if (at + 5 > length || message[at] != 0)
		return 0;
	*type = (unsigned int)message[at + 1] << 8 | message[at + 2];
	return at + 5;
}

static size_t answer(unsigned char *message, size_t length, struct in_addr address)
{
	/* name = pointer to the question, type A, class IN, TTL 60, 4 bytes */
	static const unsigned char record[] = { 0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 60, 0, 4 };
	unsigned int type = 0;
	size_t end = question_end(message, length, &type);

	if (end == 0)
		return 0;
	message[2] = 0x81;
	message[3] = 0x80;
	memset(message + 6, 0, 6);
	if (type != TYPE_A)
		return end;
	message[7] = 1;
	memcpy(message + end, record, sizeof(record));
	memcpy(message + end + sizeof(record), &address, sizeof(address));
	return end + sizeof(record) + sizeof(address);
}

int main(int count, char **arguments)
{
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons(53) }, peer;
	struct in_addr address;
	unsigned char message[MESSAGE_BYTES + 64];
	int server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (count != 2 || inet_pton(AF_INET, arguments[1], &address) != 1) {
		fprintf(stderr, "usage: impostor-resolver ADDRESS\n");
		return 64;
	}
	if (server < 0 || bind(server, (struct sockaddr *)&local, sizeof(local)) < 0) {
		perror("impostor-resolver");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		socklen_t size = sizeof(peer);
		ssize_t length = recvfrom(server, message, MESSAGE_BYTES, 0, (struct sockaddr *)&peer, &size);
		size_t reply = length < HEADER_BYTES ? 0 : answer(message, (size_t)length, address);

		if (reply > 0)
			sendto(server, message, reply, 0, (struct sockaddr *)&peer, size);
	}
}
