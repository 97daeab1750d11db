/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the name that a TCP flow says of itself, a byte at a time, so that segments and records may be cut anywhere:
 * TLS ClientHello (RFC 8446 section 4.1.2, server_name RFC 6066 section 3), cleartext HTTP/1 (RFC 9112: Host of each
 * request, absolute-form, CONNECT), and the few words that come before TLS (STARTTLS, Postgres and MySQL SSLRequest).
 * Bodies and hello fields that do not matter are skipped in one step.
 */
#pragma once

#include "dns.h"

enum talk_state {
	TALK_START,
	/* TLS handshake, inside of records */
	TALK_HELLO_TYPE,
	TALK_HELLO_LENGTH,
	TALK_SESSION_LENGTH,
	TALK_CIPHERS_LENGTH,
	TALK_COMPRESSION_LENGTH,
	TALK_EXTENSIONS_LENGTH,
	TALK_EXTENSION,
	TALK_NAME_HEAD,
	TALK_SNI,
	TALK_SKIP,
	/* text */
	TALK_WORD, /* method, or a command before TLS */
	TALK_TARGET,
	TALK_TARGET_WORD,
	TALK_SCHEME,
	TALK_AUTHORITY,
	TALK_PORT,
	TALK_REQUEST_LINE, /* the rest of it */
	TALK_HEADER,
	TALK_HOST,
	TALK_LENGTH,
	TALK_HEADER_LINE, /* the rest of it */
	TALK_BODY,
	TALK_CHUNK_SIZE,
	TALK_CHUNK_LINE,
	TALK_CHUNK,
	TALK_TRAILER,
	TALK_COMMAND_LINE,
	TALK_PRELUDE, /* fixed bytes of a database's request for TLS */
};

#define TALK_TLS 1
#define TALK_CHUNKED 2
#define TALK_HAS_LENGTH 4
#define TALK_HAS_HOST 8
#define TALK_CONNECT 16
#define TALK_NAME_READY 32 /* `name` is whole: judge it, then go on */
#define TALK_NO_NAME 64 /* the flow has had its chance */
#define TALK_BAD 128
#define TALK_ONLY_TLS 256 /* STARTTLS was asked for */
#define TALK_NO_PRELUDE 512 /* a port that begins with TLS or HTTP */

#define TALK_PRELUDE_BYTES 512

struct talk {
	__u32 next_sequence;
	__u32 seen; /* bytes */
	__u32 left; /* of the current field */
	__u32 value;
	__u32 body;
	__u32 hello_left; /* extensions */
	__u16 state;
	__u16 then; /* state behind a skip */
	__u16 flags;
	__u16 out; /* bytes of name */
	__u16 port; /* of CONNECT or absolute-form; 0 = as the flow's */
	__u16 record_left;
	__u8 record_head; /* bytes of the record header that were read */
	__u8 source; /* enum sp_name_source */
	__u8 word_length;
	__u8 started;
	__u16 prelude; /* high byte of a record's length */
	__u16 told_rule;
	__u32 command_bytes; /* of lines before TLS */
	__u32 padding;
	union {
		__u8 byte[32];
		__u64 of8[4];
	} word;
	__u8 name[SP_NAME_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct talk);
} talks SEC(".maps");

struct talking {
	struct work *work;
	struct talk *talk;
};

#define WORD8(a, b, c, d, e, f, g, h)                                                                                 \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | (__u64)(f) << 40 | \
	 (__u64)(g) << 48 | (__u64)(h) << 56)

static __always_inline void clear_word(struct talk *talk)
{
	talk->word_length = 0;
	talk->word.of8[0] = 0;
	talk->word.of8[1] = 0;
	talk->word.of8[2] = 0;
}

static __always_inline bool add_to_word(struct talk *talk, __u8 byte)
{
	__u32 at = talk->word_length;

	if (at >= 20)
		return false;
	asm volatile("" : "+r"(at));
	talk->word.byte[at & 31] = byte;
	talk->word_length = at + 1;
	return true;
}

static __always_inline void add_to_name(struct talk *talk, __u8 byte)
{
	__u32 at = talk->out;

	if (at >= SP_NAME_BYTES - 1) {
		talk->flags |= TALK_BAD;
		return;
	}
	talk->name[at & (SP_NAME_BYTES - 1)] = lower(byte);
	talk->out = at + 1;
}

static __always_inline void name_ready(struct talk *talk, __u8 source)
{
	talk->source = source;
	talk->flags |= TALK_NAME_READY;
}

/* ---- TLS ---- */

static __always_inline void read_field(struct talk *talk, __u16 state, __u32 bytes)
{
	talk->state = state;
	talk->left = bytes;
	talk->value = 0;
}

static __always_inline void skip_field(struct talk *talk, __u32 bytes, __u16 then, __u32 next_bytes)
{
	if (!bytes) {
		read_field(talk, then, next_bytes);
		return;
	}
	talk->state = TALK_SKIP;
	talk->left = bytes;
	talk->then = then;
	talk->value = next_bytes;
}

/* A field of the hello is whole: `value` holds it. */
__noinline int hello_field(struct talk *talk)
{
	__u32 value;

	if (!talk)
		return 0;
	value = talk->value;
	switch (talk->state) {
	case TALK_HELLO_TYPE:
		if (value != 1) /* client_hello */
			talk->flags |= TALK_BAD;
		read_field(talk, TALK_HELLO_LENGTH, 3);
		break;
	case TALK_HELLO_LENGTH:
		skip_field(talk, 34, TALK_SESSION_LENGTH, 1); /* version and random */
		break;
	case TALK_SESSION_LENGTH:
		skip_field(talk, value, TALK_CIPHERS_LENGTH, 2);
		break;
	case TALK_CIPHERS_LENGTH:
		skip_field(talk, value, TALK_COMPRESSION_LENGTH, 1);
		break;
	case TALK_COMPRESSION_LENGTH:
		skip_field(talk, value, TALK_EXTENSIONS_LENGTH, 2);
		break;
	case TALK_EXTENSIONS_LENGTH:
		talk->hello_left = value;
		if (value < 4)
			talk->flags |= TALK_NO_NAME;
		read_field(talk, TALK_EXTENSION, 4);
		break;
	case TALK_EXTENSION: {
		__u32 bytes = value & 0xffff;

		if (talk->hello_left < bytes + 4) {
			talk->flags |= TALK_BAD;
			break;
		}
		talk->hello_left -= bytes + 4;
		if (value >> 16 == 0) {
			read_field(talk, TALK_NAME_HEAD, 5);
			break;
		}
		if (talk->hello_left < 4)
			talk->flags |= TALK_NO_NAME;
		skip_field(talk, bytes, TALK_EXTENSION, 4);
		break;
	}
	case TALK_NAME_HEAD: /* list length (shifted out), type 0 = host_name, length */
		if ((value >> 16 & 0xff) != 0 || !(value & 0xffff) || (value & 0xffff) > 253) {
			talk->flags |= TALK_BAD;
			break;
		}
		talk->out = 0;
		read_field(talk, TALK_SNI, value & 0xffff);
		break;
	case TALK_SNI:
		name_ready(talk, SP_NAME_SNI);
		break;
	case TALK_SKIP:
		read_field(talk, talk->then, value);
		break;
	}
	return 0;
}

__noinline int tls_byte(struct talk *talk, __u8 byte)
{
	if (!talk)
		return 0;
	if (!talk->record_left) {
		__u8 head = talk->record_head;

		/* handshake (22), version 3.x, length */
		if ((head == 0 && byte != 0x16) || (head == 1 && byte != 3))
			talk->flags |= TALK_BAD;
		if (head == 3)
			talk->prelude = byte;
		if (head == 4) {
			talk->record_left = talk->prelude << 8 | byte;
			if (!talk->record_left)
				talk->flags |= TALK_BAD;
			talk->prelude = 0;
			head = 0xff;
		}
		talk->record_head = head + 1;
		return 0;
	}
	talk->record_left--;
	if (talk->state == TALK_SNI)
		add_to_name(talk, byte);
	else if (talk->state != TALK_SKIP)
		talk->value = talk->value << 8 | byte;
	if (talk->left)
		talk->left--;
	if (!talk->left)
		hello_field(talk);
	return 0;
}

/* ---- text ---- */

static __always_inline void start_request(struct talk *talk)
{
	talk->state = TALK_START;
	talk->body = 0;
	talk->out = 0;
	talk->port = 0;
	talk->flags &= ~(TALK_CHUNKED | TALK_HAS_LENGTH | TALK_HAS_HOST | TALK_CONNECT);
	clear_word(talk);
}

/* Words with which mail and file protocols ask for TLS; all of them may come before a hello. */
static __always_inline bool is_prelude(struct talk *talk)
{
	__u64 word = talk->word.of8[0];

	if (talk->flags & TALK_NO_PRELUDE)
		return false;
	if (word == WORD8('S', 'T', 'A', 'R', 'T', 'T', 'L', 'S') || word == WORD8('S', 'T', 'L', 'S', 0, 0, 0, 0)) {
		talk->flags |= TALK_ONLY_TLS;
		return talk->word_length <= 8;
	}
	return word == WORD8('E', 'H', 'L', 'O', 0, 0, 0, 0) || word == WORD8('H', 'E', 'L', 'O', 0, 0, 0, 0) ||
	       word == WORD8('L', 'H', 'L', 'O', 0, 0, 0, 0) || word == WORD8('C', 'A', 'P', 'A', 0, 0, 0, 0) ||
	       word == WORD8('A', 'U', 'T', 'H', 0, 0, 0, 0) ||
	       (word == WORD8('C', 'A', 'P', 'A', 'B', 'I', 'L', 'I') &&
		talk->word.of8[1] == WORD8('T', 'Y', 0, 0, 0, 0, 0, 0));
}

static __always_inline bool is_connect(const struct talk *talk)
{
	return talk->word.of8[0] == WORD8('C', 'O', 'N', 'N', 'E', 'C', 'T', 0);
}

static __always_inline void end_of_headers(struct talk *talk)
{
	if (!(talk->flags & (TALK_HAS_HOST | TALK_CONNECT)))
		talk->flags |= TALK_NO_NAME;
	if ((talk->flags & TALK_CHUNKED) && (talk->flags & TALK_HAS_LENGTH)) /* RFC 9112 section 6.1: an attack */
		talk->flags |= TALK_BAD;
	if (talk->flags & TALK_CHUNKED) {
		talk->state = TALK_CHUNK_SIZE;
		talk->value = 0;
	} else if (talk->body) {
		talk->state = TALK_BODY;
		talk->left = talk->body;
	} else {
		start_request(talk);
	}
}

static __always_inline void header_named(struct talk *talk)
{
	__u64 first = talk->word.of8[0];
	__u64 second = talk->word.of8[1];

	talk->state = TALK_HEADER_LINE;
	if (first == WORD8('h', 'o', 's', 't', 0, 0, 0, 0)) {
		if (talk->flags & TALK_HAS_HOST)
			talk->flags |= TALK_BAD;
		talk->flags |= TALK_HAS_HOST;
		talk->out = 0;
		talk->state = TALK_HOST;
	} else if (first == WORD8('c', 'o', 'n', 't', 'e', 'n', 't', '-') &&
		   second == WORD8('l', 'e', 'n', 'g', 't', 'h', 0, 0)) {
		if (talk->flags & TALK_HAS_LENGTH)
			talk->flags |= TALK_BAD;
		talk->flags |= TALK_HAS_LENGTH;
		talk->body = 0;
		talk->state = TALK_LENGTH;
	} else if (first == WORD8('t', 'r', 'a', 'n', 's', 'f', 'e', 'r') &&
		   second == WORD8('-', 'e', 'n', 'c', 'o', 'd', 'i', 'n') &&
		   talk->word.of8[2] == WORD8('g', 0, 0, 0, 0, 0, 0, 0)) {
		talk->flags |= TALK_CHUNKED;
	}
}

static __always_inline __u32 hex_digit(__u8 byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte = lower(byte);
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : 16;
}

__noinline int text_byte(struct talk *talk, __u8 byte)
{
	bool blank = byte == ' ' || byte == '\t';
	bool end = byte == '\n';

	if (!talk)
		return 0;
	switch (talk->state) {
	case TALK_WORD:
		if (blank) {
			talk->state = is_prelude(talk) ? TALK_COMMAND_LINE : TALK_TARGET;
		} else if (end || byte == '\r') {
			if (!is_prelude(talk))
				talk->flags |= TALK_NO_NAME;
			talk->state = end ? TALK_START : TALK_COMMAND_LINE;
		} else if (byte < '!' || byte > '~' || !add_to_word(talk, byte)) {
			talk->flags |= TALK_NO_NAME;
		}
		break;
	case TALK_TARGET:
		if (is_connect(talk)) {
			talk->flags |= TALK_CONNECT;
			talk->state = TALK_AUTHORITY;
			add_to_name(talk, byte);
		} else if (byte == '/' || byte == '*') {
			talk->state = TALK_REQUEST_LINE;
		} else {
			clear_word(talk);
			add_to_word(talk, byte);
			talk->state = TALK_TARGET_WORD;
		}
		break;
	case TALK_TARGET_WORD: /* "http:" of an absolute form, or the command behind an IMAP tag */
		if (byte == ':') {
			talk->state = TALK_SCHEME;
			talk->left = 2;
			talk->port = 80;
		} else if (end || byte == '\r' || blank) {
			if (!is_prelude(talk))
				talk->flags |= TALK_NO_NAME;
			talk->state = end ? TALK_START : TALK_COMMAND_LINE;
		} else if (!add_to_word(talk, byte)) {
			talk->flags |= TALK_NO_NAME;
		}
		break;
	case TALK_SCHEME:
		if (byte != '/')
			talk->flags |= TALK_BAD;
		if (!--talk->left)
			talk->state = TALK_AUTHORITY;
		break;
	case TALK_AUTHORITY:
		if (byte == ':') {
			talk->state = TALK_PORT;
			talk->port = 0;
		} else if (blank || byte == '/' || byte == '?' || end) {
			talk->state = TALK_REQUEST_LINE;
			name_ready(talk, SP_NAME_HTTP_CONNECT);
		} else if (byte == '@') { /* user information: the host comes behind it */
			talk->out = 0;
		} else {
			add_to_name(talk, byte);
		}
		break;
	case TALK_PORT:
		if (byte >= '0' && byte <= '9') {
			talk->port = talk->port * 10 + (byte - '0');
		} else if (byte == '@') {
			talk->out = 0;
			talk->state = TALK_AUTHORITY;
		} else {
			talk->state = TALK_REQUEST_LINE;
			name_ready(talk, SP_NAME_HTTP_CONNECT);
		}
		break;
	case TALK_REQUEST_LINE:
	case TALK_HEADER_LINE:
		if (end) {
			talk->state = TALK_HEADER;
			clear_word(talk);
		}
		break;
	case TALK_HEADER:
		if (byte == ':') {
			header_named(talk);
		} else if (end) {
			if (talk->word_length)
				talk->flags |= TALK_BAD;
			end_of_headers(talk);
		} else if (byte != '\r' && !add_to_word(talk, lower(byte))) {
			/* longer than any name that matters; a colon may still come */
			talk->word.of8[0] = 1;
			talk->word_length = 19;
		}
		break;
	case TALK_HOST:
		if (!talk->out && blank)
			break;
		if (blank || end || byte == '\r' || (byte == ':' && !(talk->out && talk->name[0] == '[')) || byte == ']') {
			talk->state = end ? TALK_HEADER : TALK_HEADER_LINE;
			clear_word(talk);
			name_ready(talk, SP_NAME_HTTP_HOST);
		} else {
			add_to_name(talk, byte);
		}
		break;
	case TALK_LENGTH:
		if (byte >= '0' && byte <= '9') {
			if (talk->body > 400000000)
				talk->flags |= TALK_BAD;
			talk->body = talk->body * 10 + (byte - '0');
		} else if (end) {
			talk->state = TALK_HEADER;
			clear_word(talk);
		} else if (!blank && byte != '\r') {
			talk->flags |= TALK_BAD;
		}
		break;
	case TALK_CHUNK_SIZE: {
		__u32 digit = hex_digit(byte);

		if (digit < 16) {
			if (talk->value >> 27)
				talk->flags |= TALK_BAD;
			talk->value = talk->value << 4 | digit;
		} else if (end) {
			talk->state = talk->value ? TALK_CHUNK : TALK_TRAILER;
			talk->left = talk->value + 2;
			talk->word_length = 0;
		} else if (byte == ';' || byte == '\r' || blank) {
			talk->state = TALK_CHUNK_LINE;
		} else {
			talk->flags |= TALK_BAD;
		}
		break;
	}
	case TALK_CHUNK_LINE:
		if (end) {
			talk->state = talk->value ? TALK_CHUNK : TALK_TRAILER;
			talk->left = talk->value + 2;
			talk->word_length = 0;
		}
		break;
	case TALK_TRAILER:
		if (end) {
			if (!talk->word_length)
				start_request(talk);
			talk->word_length = 0;
		} else if (byte != '\r') {
			talk->word_length = 1;
		}
		break;
	case TALK_COMMAND_LINE:
		if (++talk->command_bytes > TALK_PRELUDE_BYTES)
			talk->flags |= TALK_NO_NAME;
		if (end) {
			talk->state = TALK_START;
			clear_word(talk);
		}
		break;
	}
	return 0;
}

/* ---- any byte ---- */

static __always_inline void first_byte(struct talk *talk, __u8 byte)
{
	clear_word(talk);
	if (byte == 0x16) {
		talk->flags |= TALK_TLS;
		talk->record_head = 0;
		talk->record_left = 0;
		read_field(talk, TALK_HELLO_TYPE, 1);
		tls_byte(talk, byte);
	} else if (talk->flags & TALK_ONLY_TLS) {
		talk->flags |= TALK_NO_NAME;
	} else if ((byte == 0x00 || byte == 0x20) && !(talk->flags & TALK_NO_PRELUDE)) {
		/* Postgres SSLRequest: 8, 80877103. MySQL: a packet of 32 bytes, number 1. Both whole, then TLS. */
		talk->value = byte;
		talk->left = byte ? 35 : 7;
		talk->then = byte;
		talk->state = TALK_PRELUDE;
	} else if ((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z')) {
		talk->state = TALK_WORD;
		add_to_word(talk, byte);
	} else if (byte != '\r' && byte != '\n') { /* empty lines before a request (RFC 9112 section 2.2) */
		talk->flags |= TALK_NO_NAME;
	}
}

static __always_inline void prelude_byte(struct talk *talk, __u8 byte)
{
	/* the first eight bytes, in order */
	const __u64 postgres = WORD8(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);
	const __u64 mysql = WORD8(0x20, 0, 0, 1, 0, 0, 0, 0);
	__u32 at = talk->word_length + 1;
	__u64 want = talk->then ? mysql : postgres;

	if (at < (talk->then ? 4 : 8) && byte != (__u8)(want >> (at & 7) * 8))
		talk->flags |= TALK_NO_NAME;
	if (at < 20)
		talk->word_length = at;
	if (!--talk->left) {
		talk->state = TALK_START;
		talk->flags |= TALK_ONLY_TLS;
	}
}

static long talk_byte(__u32 index, void *context)
{
	struct talking *talking = context;
	struct work *work = talking->work;
	struct talk *talk = talking->talk;
	__u32 at = work->position;

	if (at >= work->length)
		return 1;

	__u32 available = work->length - at;
	__u8 byte = work->message[at & (SP_DNS_MESSAGE_BYTES - 1)];
	__u16 state = talk->state;

	if (state == TALK_BODY || state == TALK_CHUNK || (state == TALK_SKIP && talk->record_left)) {
		__u32 step = talk->left < available ? talk->left : available;

		if (state == TALK_SKIP) {
			if (step > talk->record_left)
				step = talk->record_left;
			talk->record_left -= step;
		}
		work->position = at + step;
		talk->left -= step;
		if (!talk->left) {
			if (state == TALK_SKIP) {
				hello_field(talk);
			} else if (state == TALK_BODY) {
				start_request(talk);
			} else {
				talk->state = TALK_CHUNK_SIZE;
				talk->value = 0;
			}
		}
	} else {
		work->position = at + 1;
		if (state == TALK_START)
			first_byte(talk, byte);
		else if (state == TALK_PRELUDE)
			prelude_byte(talk, byte);
		else if (talk->flags & TALK_TLS)
			tls_byte(talk, byte);
		else
			text_byte(talk, byte);
	}
	return !!(talk->flags & (TALK_NAME_READY | TALK_NO_NAME | TALK_BAD));
}

/* What the working memory holds, up to the next name. */
__noinline int hear(__u32 slot, struct talk *talk)
{
	struct talking talking = { .work = work_at(slot), .talk = talk };

	if (!talk || !talking.work)
		return 0;
	bpf_loop(SP_DNS_MESSAGE_BYTES, talk_byte, &talking, 0);
	return 0;
}
