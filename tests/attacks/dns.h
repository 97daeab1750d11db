/* SPDX-License-Identifier: GPL-2.0-only */
/* DNS messages (RFC 1035 section 4) as the attack programs write and read them. */
#pragma once

#include "attack.h"

#include <strings.h>
#include <time.h>

struct message {
	unsigned char bytes[4096];
	size_t length;
};

static inline void dns_put16(struct message *m, unsigned int value)
{
	m->bytes[m->length++] = (unsigned char)(value >> 8);
	m->bytes[m->length++] = (unsigned char)value;
}

static inline unsigned int dns_get16(const struct message *m, size_t at)
{
	return at + 2 > m->length ? 0 : (unsigned int)m->bytes[at] << 8 | m->bytes[at + 1];
}

/* Writes NAME label by label; `\DDD` is the byte with that decimal value, also when it is a dot. */
static inline void dns_put_name(struct message *m, const char *name)
{
	while (*name) {
		size_t start = m->length++;

		while (*name && *name != '.') {
			if (*name == '\\' && name[1] && name[2] && name[3]) {
				m->bytes[m->length++] =
					(unsigned char)((name[1] - '0') * 100 +
							(name[2] - '0') * 10 + name[3] - '0');
				name += 4;
			} else {
				m->bytes[m->length++] = (unsigned char)*name++;
			}
		}
		m->bytes[start] = (unsigned char)(m->length - start - 1);
		if (*name == '.')
			name++;
	}
	m->bytes[m->length++] = 0;
}

static inline void dns_question(struct message *m, const char *name, unsigned int type)
{
	dns_put_name(m, name);
	dns_put16(m, type);
	dns_put16(m, 1);
}

static inline void dns_header(struct message *m, unsigned int id, unsigned int flags,
			      unsigned int questions)
{
	m->length = 0;
	dns_put16(m, id);
	dns_put16(m, flags);
	dns_put16(m, questions);
	dns_put16(m, 0);
	dns_put16(m, 0);
	dns_put16(m, 0);
}

static inline unsigned int dns_type(const char *text)
{
	static const struct {
		const char *name;
		unsigned int type;
	} types[] = {
		{ "A", 1 },    { "CNAME", 5 }, { "SOA", 6 },  { "NULL", 10 },  { "PTR", 12 },
		{ "TXT", 16 }, { "AAAA", 28 }, { "SRV", 33 }, { "SVCB", 64 },
		{ "HTTPS", 65 }, { "ANY", 255 }
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!strcasecmp(text, types[i].name))
			return types[i].type;
	}
	return (unsigned int)atoi(text);
}

static inline long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline size_t dns_skip_name(const struct message *m, size_t at)
{
	while (at < m->length && m->bytes[at]) {
		if ((m->bytes[at] & 0xc0) == 0xc0)
			return at + 2;
		at += m->bytes[at] + 1u;
	}
	return at + 1;
}

/* Prints `rcode N` and every address of an answer; returns the rcode. */
static inline unsigned int dns_print(const struct message *m)
{
	unsigned int rcode = dns_get16(m, 2) & 15, answers = dns_get16(m, 6);
	size_t at = 12;
	char text[INET6_ADDRSTRLEN];

	printf("rcode %u\n", rcode);
	for (unsigned int i = dns_get16(m, 4); i > 0; i--)
		at = dns_skip_name(m, at) + 4;
	for (; answers > 0; answers--) {
		at = dns_skip_name(m, at);
		unsigned int type = dns_get16(m, at), count = dns_get16(m, at + 8);

		at += 10;
		if (at + count > m->length)
			break;
		if (type == 1 && count == 4)
			printf("%s\n", inet_ntop(AF_INET, m->bytes + at, text, sizeof(text)));
		if (type == 28 && count == 16)
			printf("%s\n", inet_ntop(AF_INET6, m->bytes + at, text, sizeof(text)));
		at += count;
	}
	return rcode;
}

/* Turns a question into an answer that says ADDRESS; returns nothing when it is no question. */
static inline void dns_answer(struct message *m, const char *address)
{
	if (m->length < 12)
		return;
	m->bytes[2] = 0x84;
	m->bytes[3] = 0;
	m->bytes[6] = 0;
	m->bytes[7] = 1;
	m->bytes[10] = m->bytes[11] = 0;
	m->length = dns_skip_name(m, 12) + 4;
	dns_put16(m, 0xc00c);
	dns_put16(m, 1);
	dns_put16(m, 1);
	dns_put16(m, 0);
	dns_put16(m, 600);
	dns_put16(m, 4);
	inet_pton(AF_INET, address, m->bytes + m->length);
	m->length += 4;
}
