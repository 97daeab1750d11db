/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hello ADDR PORT NAME SHAPE [TEXT]: a ClientHello (RFC 8446 section 4.1.2) that says NAME, written
 * in one of many shapes; then TEXT, which is what an attacker sends once the server has answered.
 * NAME `-` leaves the extension out,
 * `%00` stands for that byte. Prints `answered` when the server spoke TLS back.
 */
#include "attack.h"

/* Records are at most this large (RFC 8446 section 5.1). */
#define RECORD_BYTES 16384
#define HUGE_BYTES 20000

static unsigned char hello[HUGE_BYTES + 8192];
static size_t length;

static void put(const void *bytes, size_t count)
{
	memcpy(hello + length, bytes, count);
	length += count;
}

static void put16(unsigned int value)
{
	unsigned char bytes[2] = { (unsigned char)(value >> 8), (unsigned char)value };

	put(bytes, 2);
}

/* server_name with a list of one name, or of two when there is another (RFC 6066 section 3 allows one). */
static void put_name(const char *name, const char *other)
{
	unsigned char bytes[512];
	size_t count = 0, more = other ? strlen(other) + 3 : 0;

	for (const char *at = name; *at && count < sizeof(bytes); count++) {
		if (!strncmp(at, "%00", 3)) {
			bytes[count] = 0;
			at += 3;
		} else {
			bytes[count] = (unsigned char)*at++;
		}
	}
	put16(0);
	put16((unsigned int)(count + more) + 5);
	put16((unsigned int)(count + more) + 3);
	put("", 1);
	put16((unsigned int)count);
	put(bytes, count);
	if (other) {
		put("", 1);
		put16((unsigned int)strlen(other));
		put(other, strlen(other));
	}
}

static void put_padding(const unsigned char *bytes, size_t count)
{
	put16(21);
	put16((unsigned int)count);
	put(bytes, count);
}

/* The body of the handshake message, with its four bytes of header. */
static void build(const char *name, const char *shape, const unsigned char *padding, size_t padded)
{
	int name_first = !strcmp(shape, "huge") || !strcmp(shape, "hidden");

	static const unsigned char fixed[] = {
		0, 0x0a, 0, 6,	  0, 4,	   0, 0x1d, 0, 0x17, /* supported_groups: x25519, secp256r1
							      */
		0, 0x0d, 0, 8,	  0, 6,	   4, 3,    8, 4,    4, 1, /* signature_algorithms */
		0, 0x2b, 0, 5,	  4, 3,	   4, 3,    3,	     /* supported_versions: 1.3, 1.2 */
		0, 0x33, 0, 0x26, 0, 0x24, 0, 0x1d, 0, 0x20, /* key_share: x25519, 32 bytes follow
							      */
	};
	static const unsigned char ciphers[] = { 0, 6, 0x13, 1, 0x13, 2, 0xc0, 0x2b, 1, 0 };
	unsigned char bytes[32];

	memset(bytes, 9, sizeof(bytes));
	put("\x01\0\0\0\x03\x03", 6);
	put(bytes, 32);
	put("", 1);
	put(ciphers, sizeof(ciphers));
	size_t extensions = length;

	put16(0);
	/*
	 * A post-quantum key share makes real hellos larger than one packet; padding does so here
	 * (RFC 7685).
	 */
	if (padded && !name_first)
		put_padding(padding, padded);
	if (!strcmp(shape, "twice"))
		put_name("allowed.test", NULL);
	if (!strcmp(shape, "two-names"))
		put_name("allowed.test", name);
	else if (strcmp(name, "-"))
		put_name(name, NULL);
	if (!strcmp(shape, "retry-early"))
		put("\0\x2a\0\0", 4); /* early_data (RFC 8446 section 4.2.10) */
	put(fixed, sizeof(fixed));
	put(bytes, 32);
	if (padded && name_first)
		put_padding(padding, padded);
	size_t count = length - extensions - 2;

	hello[extensions] = (unsigned char)(count >> 8);
	hello[extensions + 1] = (unsigned char)count;
	/* A server goes by this length: to it the extensions of "short" are no part of the hello, and no name is. */
	size_t body = (!strcmp(shape, "short") ? extensions : length) - 4;

	hello[1] = (unsigned char)(body >> 16);
	hello[2] = (unsigned char)(body >> 8);
	hello[3] = (unsigned char)body;
}

static size_t record(unsigned char *out, const unsigned char *bytes, size_t count)
{
	memcpy(out, "\x16\x03\x01", 3);
	out[3] = (unsigned char)(count >> 8);
	out[4] = (unsigned char)count;
	memcpy(out + 5, bytes, count);
	return count + 5;
}

/* As many records as it takes. */
static size_t records(unsigned char *out, const unsigned char *bytes, size_t count)
{
	size_t written = 0;

	for (size_t at = 0, next; at < count; at += next) {
		next = count - at < RECORD_BYTES ? count - at : RECORD_BYTES;
		written += record(out + written, bytes + at, next);
	}
	return written;
}

/* A connection of the same socket that ends before it has said a name. */
static void begin_and_leave(int fd, const struct endpoint *to, const unsigned char *bytes)
{
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	if (connect(fd, sockaddr(to), to->length))
		refused("connect");
	send_all(fd, bytes, 3);
	if (connect(fd, &nobody, sizeof(nobody)))
		refused("disconnect");
}

/*
 * The first part is sent as the kernel sees it and never leaves (TCP_REPAIR), until it is sent again
 * by the clock; the second part leaves before it.
 */
static void send_second_part_first(int fd, const unsigned char *bytes, size_t count, size_t half)
{
	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &(int){ 1 }, sizeof(int)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &(int){ TCP_SEND_QUEUE }, sizeof(int)))
		missing("TCP_REPAIR");
	send_all(fd, bytes, half);
	/* -1: without the probe that would tell the peer */
	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &(int){ -1 }, sizeof(int)))
		refused("TCP_REPAIR");
	send_all(fd, bytes + half, count - half);
}

static void send_each(int fd, const unsigned char *bytes, size_t count, size_t size)
{
	for (size_t at = 0; at < count; at += size)
		send_all(fd, bytes + at, count - at < size ? count - at : size);
}

int main(int argc, char **argv)
{
	if (argc < 6 || strcmp(argv[1], "hello"))
		usage("tls hello ADDR PORT NAME whole|bytes|segments|records|record-bytes|big|huge|huge-late"
		      "|late|ahead|hidden|again|twice|two-names|retry|retry-alert|retry-early|short [TEXT]");
	struct endpoint to = endpoint(argv[2], argv[3]);
	const char *shape = argv[5];
	static unsigned char wire[sizeof(hello) + 64];
	size_t count;

	static unsigned char padding[HUGE_BYTES];
	size_t padded = !strcmp(shape, "big") ? 1800 : !strncmp(shape, "huge", 4) ? HUGE_BYTES : 0;

	if (!strcmp(shape, "hidden")) {
		/* What is padding to the server is a hello of its own, for whoever begins to read there. */
		build("allowed.test", "whole", NULL, 0);
		padded = record(padding, hello, length);
		length = 0;
	}
	int is_retry = !strncmp(shape, "retry", 5);

	if (is_retry)
		build("allowed.test", shape, NULL, 0);
	else
		build(argv[4], shape, padding, padded);
	if (!strcmp(shape, "records") || !strcmp(shape, "record-bytes")) {
		/* The boundary lies inside the random, long before the name. */
		count = record(wire, hello, 20);
		count += record(wire + count, hello + 20, length - 20);
	} else {
		count = records(wire, hello, length);
	}
	int fd = opened(to.family, SOCK_STREAM, 0);

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	if (!strcmp(shape, "again"))
		begin_and_leave(fd, &to, wire);
	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	if (!strcmp(shape, "bytes") || !strcmp(shape, "record-bytes"))
		send_each(fd, wire, count, 1);
	else if (!strcmp(shape, "segments"))
		send_each(fd, wire, count, count / 2 + 1);
	else if (!strcmp(shape, "ahead"))
		send_second_part_first(fd, wire, count, count / 2);
	else if (!strcmp(shape, "hidden"))
		send_second_part_first(fd, wire, count, count - padded);
	else if (!strcmp(shape, "late"))
		/* Everything but the last byte, then TEXT: the hello is never whole. */
		send_all(fd, wire, count - 1);
	else
		send_all(fd, wire, count);

	unsigned char answer = 0;

	deadline(fd, !strcmp(shape, "late") ? 50 : PATIENCE);
	ssize_t n = recv(fd, &answer, 1, 0);

	if (n == 1 && (answer == 0x16 || answer == 0x15))
		printf("answered\n");
	else if (n < 0 && strcmp(shape, "late"))
		refused("recv");
	if (is_retry) {
		/*
		 * As if the server had asked for another key share (RFC 8446 section 4.1.4): a record that it passes
		 * over (change_cipher_spec, user_canceled, early data), and a hello that says another name.
		 */
		const char *first = !strcmp(shape, "retry-alert") ? "\x15\x03\x03\0\x02\x01\x5a" :
				    !strcmp(shape, "retry-early") ? "\x17\x03\x03\0\x02\x01\x01" :
								    "\x14\x03\x03\0\x02\x01\x01";

		length = 0;
		build(argv[4], "whole", NULL, 0);
		memcpy(wire, first, 7);
		send_all(fd, wire, 7 + records(wire + 7, hello, length));
	}
	if (argc > 6)
		send_all(fd, argv[6], strlen(argv[6]));
	shutdown(fd, SHUT_WR);
	return EXIT_SENT;
}
