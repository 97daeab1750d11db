/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The servers and the client of the virtual machine, in one static program.
 *
 *   lab world FOLDER        a DNS server on 198.51.100.53 and a TLS-like server on 198.51.100.10 and .66, port 443;
 *                           appends what it heard to FOLDER/arrivals, prints `ready` when it listens
 *   lab visit WHERE NAME    WHERE is a name to ask for, or an address; sends a ClientHello for NAME to port 443
 *                           and prints one word: ok, nxdomain, unanswered, refused, timeout or closed
 *   lab call WHERE NAME     the same once a second, in one process that never starts another
 *   lab hold WHERE NAME     a question for NAME to UDP port 443 once a second, over one connected socket
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define RESOLVER "198.51.100.53"
#define ALLOWED "198.51.100.10"
#define FOREIGN "198.51.100.66"
#define TLS_PORT 443
/* Emulation is slow; a refusal comes at once. */
#define VISIT_SECONDS 60
/* Of who has others to serve meanwhile, or the next call to make. */
#define TURN_SECONDS 8
#define DNS_HEADER_BYTES 12

static int timeout_seconds = TURN_SECONDS;

static struct sockaddr_in at(const char *address, int port)
{
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, address, &where.sin_addr);
	return where;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void set_timeout(int fd)
{
	struct timeval limit = { .tv_sec = timeout_seconds };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

/* ---- DNS (RFC 1035 section 4.1) ---- */

/* The question's name with dots; returns the bytes of the question, or 0 when it cannot be read. */
static int read_name(const unsigned char *message, int length, char name[256])
{
	int at_byte = DNS_HEADER_BYTES, out = 0;

	while (at_byte < length && message[at_byte] != 0) {
		int label = message[at_byte++];

		if (label > 63 || at_byte + label > length || out + label + 1 > 255)
			return 0;
		if (out > 0)
			name[out++] = '.';
		memcpy(name + out, message + at_byte, label);
		out += label;
		at_byte += label;
	}
	name[out] = 0;
	return at_byte + 5 <= length ? at_byte + 5 - DNS_HEADER_BYTES : 0;
}

static void answer_question(int fd, FILE *arrivals)
{
	unsigned char message[1024];
	struct sockaddr_in peer;
	socklen_t peer_bytes = sizeof(peer);
	char name[256];
	int length = recvfrom(fd, message, 512, 0, (struct sockaddr *)&peer, &peer_bytes);
	int question = length < DNS_HEADER_BYTES ? 0 : read_name(message, length, name);
	const char *address = NULL;

	if (question == 0)
		return;
	fprintf(arrivals, "question %s\n", name);
	if (strcmp(name, "allowed.test") == 0)
		address = ALLOWED;
	else if (strcmp(name, "refused.test") == 0)
		address = FOREIGN;
	message[2] = 0x81;
	message[3] = address ? 0x80 : 0x83;
	memset(message + 6, 0, 6);
	length = DNS_HEADER_BYTES + question;
	if (address) {
		/* c0 0c = the name of the question, type A, class IN, 60 seconds, 4 bytes */
		static const unsigned char record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4 };

		message[7] = 1;
		memcpy(message + length, record, sizeof(record));
		inet_pton(AF_INET, address, message + length + sizeof(record));
		length += sizeof(record) + 4;
	}
	sendto(fd, message, length, 0, (struct sockaddr *)&peer, peer_bytes);
}

static int make_question(unsigned char message[512], const char *name)
{
	int length = DNS_HEADER_BYTES;

	memcpy(message, "\x5a\x11\1\0\0\1\0\0\0\0\0\0", DNS_HEADER_BYTES);
	for (const char *label = name; *label;) {
		int bytes = strcspn(label, ".");

		message[length++] = bytes;
		memcpy(message + length, label, bytes);
		length += bytes;
		label += bytes + (label[bytes] == '.');
	}
	memcpy(message + length, "\0\0\1\0\1", 5);
	return length + 5;
}

/* A socket that was connected before anybody watched, and is used for ever. */
static void hold(const char *where, const char *name)
{
	unsigned char message[512];
	struct sockaddr_in server = at(where, TLS_PORT);
	int length = make_question(message, name), fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (connect(fd, (struct sockaddr *)&server, sizeof(server)) < 0)
		die(where);
	for (;; sleep(1))
		send(fd, message, length, MSG_NOSIGNAL);
}

/* Asks for the A record of a name: 0 and the address, or the word to print. */
static const char *ask(const char *name, char address[INET_ADDRSTRLEN])
{
	unsigned char message[512];
	struct sockaddr_in resolver = at(RESOLVER, 53);
	int length = make_question(message, name), fd = socket(AF_INET, SOCK_DGRAM, 0);

	set_timeout(fd);
	if (connect(fd, (struct sockaddr *)&resolver, sizeof(resolver)) < 0 || send(fd, message, length, 0) < 0)
		return "unanswered";
	length = recv(fd, message, sizeof(message), 0);
	close(fd);
	if (length < DNS_HEADER_BYTES)
		return "unanswered";
	if ((message[3] & 15) == 3)
		return "nxdomain";
	if (message[7] == 0)
		return "unanswered";
	inet_ntop(AF_INET, message + length - 4, address, INET_ADDRSTRLEN);
	return NULL;
}

/* ---- TLS (RFC 8446 section 4.1.2, RFC 6066 section 3) ---- */

static int put16(unsigned char *to, int value)
{
	to[0] = value >> 8;
	to[1] = value;
	return 2;
}

/* A ClientHello of TLS 1.2 with one cipher suite and the server's name as the only extension. */
static int make_hello(unsigned char *out, const char *name)
{
	int bytes = strlen(name);
	int extension = bytes + 5, extensions = extension + 4;
	int body = 2 + 32 + 1 + 4 + 2 + 2 + extensions;
	int n = 0;

	out[n++] = 22; /* handshake */
	n += put16(out + n, 0x0301);
	n += put16(out + n, body + 4);
	out[n++] = 1; /* client_hello, and 24 bits of length */
	out[n++] = 0;
	n += put16(out + n, body);
	n += put16(out + n, 0x0303);
	memset(out + n, 0x5a, 32); /* random */
	n += 32;
	out[n++] = 0; /* no session */
	n += put16(out + n, 2);
	n += put16(out + n, 0xc02f);
	out[n++] = 1; /* compression: null */
	out[n++] = 0;
	n += put16(out + n, extensions);
	n += put16(out + n, 0); /* server_name */
	n += put16(out + n, extension);
	n += put16(out + n, bytes + 3);
	out[n++] = 0; /* host_name */
	n += put16(out + n, bytes);
	memcpy(out + n, name, bytes);
	return n + bytes;
}

static const char *visit(const char *where, const char *name)
{
	char address[INET_ADDRSTRLEN];
	unsigned char hello[512], reply;
	struct sockaddr_in server;
	int fd;

	if (inet_addr(where) != INADDR_NONE) {
		snprintf(address, sizeof(address), "%s", where);
	} else {
		const char *problem = ask(where, address);

		if (problem)
			return problem;
	}
	server = at(address, TLS_PORT);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	set_timeout(fd);
	if (connect(fd, (struct sockaddr *)&server, sizeof(server)) < 0)
		return errno == EPERM ? "refused" : "timeout";
	if (send(fd, hello, make_hello(hello, name), MSG_NOSIGNAL) < 0)
		return "closed";
	if (recv(fd, &reply, 1, 0) == 1)
		return "ok";
	return errno == EAGAIN ? "timeout" : "closed";
}

/* Where make_hello puts the name: after two bytes with its length. */
#define HELLO_NAME_AT 61

static void answer_hello(int listener, const char *address, FILE *arrivals)
{
	unsigned char hello[512];
	int fd = accept(listener, NULL, NULL);
	int length;

	if (fd < 0)
		return;
	set_timeout(fd);
	fprintf(arrivals, "flow %s\n", address);
	length = recv(fd, hello, sizeof(hello), 0);
	if (length > HELLO_NAME_AT) {
		int bytes = hello[HELLO_NAME_AT - 2] << 8 | hello[HELLO_NAME_AT - 1];

		if (bytes <= length - HELLO_NAME_AT)
			fprintf(arrivals, "hello %.*s\n", bytes, hello + HELLO_NAME_AT);
		if (send(fd, "!", 1, MSG_NOSIGNAL) < 0)
			perror("reply");
	}
	close(fd);
}

static int listen_at(const char *address, int type, int port)
{
	struct sockaddr_in where = at(address, port);
	int fd = socket(AF_INET, type, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&where, sizeof(where)) < 0)
		die(address);
	if (type == SOCK_STREAM && listen(fd, 16) < 0)
		die(address);
	return fd;
}

static void world(const char *folder)
{
	char path[256];
	FILE *arrivals;
	struct pollfd servers[] = {
		{ .fd = listen_at(RESOLVER, SOCK_DGRAM, 53), .events = POLLIN },
		{ .fd = listen_at(ALLOWED, SOCK_STREAM, TLS_PORT), .events = POLLIN },
		{ .fd = listen_at(FOREIGN, SOCK_STREAM, TLS_PORT), .events = POLLIN },
		{ .fd = listen_at(FOREIGN, SOCK_DGRAM, TLS_PORT), .events = POLLIN },
	};

	snprintf(path, sizeof(path), "%s/arrivals", folder);
	/* Append mode: the tests truncate the file between their parts. */
	arrivals = fopen(path, "a");
	if (!arrivals)
		die(path);
	setvbuf(arrivals, NULL, _IOLBF, 0);
	puts("ready");
	fflush(stdout);
	while (poll(servers, 4, -1) > 0) {
		if (servers[0].revents)
			answer_question(servers[0].fd, arrivals);
		if (servers[1].revents)
			answer_hello(servers[1].fd, ALLOWED, arrivals);
		if (servers[2].revents)
			answer_hello(servers[2].fd, FOREIGN, arrivals);
		if (servers[3].revents)
			answer_question(servers[3].fd, arrivals);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "world") == 0) {
		world(argv[2]);
	} else if (argc == 4 && strcmp(argv[1], "visit") == 0) {
		timeout_seconds = VISIT_SECONDS;
		puts(visit(argv[2], argv[3]));
	} else if (argc == 4 && strcmp(argv[1], "call") == 0) {
		for (;; sleep(1))
			visit(argv[2], argv[3]);
	} else if (argc == 4 && strcmp(argv[1], "hold") == 0) {
		hold(argv[2], argv[3]);
	} else {
		fputs("usage: lab world FOLDER | lab visit WHERE NAME | lab call WHERE NAME | lab hold WHERE NAME\n", stderr);
		return 64;
	}
	return 0;
}
