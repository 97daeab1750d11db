/* SPDX-License-Identifier: GPL-2.0-only */
/* How far the reading of a flow's name has come, kept with the flow; see talk.h. */
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
	TALK_HOST_REST,
	TALK_LENGTH,
	TALK_CODING,
	TALK_HEADER_LINE, /* the rest of it */
	TALK_BODY,
	TALK_CHUNK_SIZE,
	TALK_CHUNK_LINE,
	TALK_CHUNK,
	TALK_CHUNK_END,
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
#define TALK_BARE_LF 1024 /* of a request's line */
#define TALK_HAS_SNI 2048 /* of this hello */
#define TALK_HAD_HELLO 4096 /* whole; another comes when the server asks again */
#define TALK_OTHER_RECORD 8192 /* it is no part of the handshake */
#define TALK_DONE 16384 /* no further name will come */
#define TALK_EARLY_DATA 32768 /* was announced: a server that asks again passes over it */

#define TALK_PRELUDE_BYTES 512

struct talk {
	__u32 next_sequence;
	__u32 seen; /* bytes since the beginning of what has to name itself */
	__u32 left; /* of the current field */
	__u32 value; /* of a number; of a request's first line the last four bytes */
	__u32 body; /* of text its bytes, of a hello those of its server_name */
	__u32 hello_left; /* bytes of it that are no field yet */
	__u16 state;
	__u16 then; /* state behind a skip; in text whether the last byte of a line was a CR */
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
