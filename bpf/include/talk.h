/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the name that a TCP flow says of itself, a byte at a time, so that segments and records may be cut anywhere:
 * TLS ClientHello (RFC 8446 section 4.1.2, server_name RFC 6066 section 3), cleartext HTTP/1 (RFC 9112: Host of each
 * request, absolute-form, CONNECT), and the few words that come before TLS (STARTTLS, Postgres and MySQL SSLRequest).
 * Bodies and hello fields that do not matter are skipped in one step.
 */
#pragma once

#include "talk_tls.h"
#include "talk_text.h"

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
		talk->seen += step;
		talk->left -= step;
		if (!talk->left) {
			if (state == TALK_SKIP) {
				hello_field(talk);
			} else if (state == TALK_BODY) {
				start_request(talk);
			} else {
				talk->state = TALK_CHUNK_END;
				talk->then = 0;
			}
		}
	} else {
		work->position = at + 1;
		talk->seen++;
		if (state == TALK_START)
			first_byte(talk, byte);
		else if (state == TALK_PRELUDE)
			prelude_byte(talk, byte);
		else if (talk->flags & TALK_TLS)
			tls_byte(talk, byte);
		else
			text_byte(talk, byte);
	}
	return !!(talk->flags & (TALK_NAME_READY | TALK_NO_NAME | TALK_BAD | TALK_DONE));
}

/* What the working memory holds, up to the next name. */
__global int hear(__u32 slot, struct talk *talk)
{
	struct talking talking = { .work = work_at(slot), .talk = talk };

	if (!talk || !talking.work)
		return 0;
	bpf_loop(SP_DNS_MESSAGE_BYTES, talk_byte, &talking, 0);
	return 0;
}
