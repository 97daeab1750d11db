/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The server_name of a TLS ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3). A server that asks for another key share
 * takes the name of the second hello (section 4.1.4), in the clear as the first.
 */
#pragma once

#include "talk_state.h"

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

static __always_inline void end_of_hello(struct talk *talk)
{
	if (!(talk->flags & TALK_HAS_SNI)) {
		talk->flags |= TALK_NO_NAME;
		return;
	}
	if (talk->record_left)
		talk->flags |= TALK_BAD;
	talk->flags &= ~TALK_HAS_SNI;
	talk->flags |= TALK_HAD_HELLO;
	read_field(talk, TALK_HELLO_TYPE, 1);
}

static __always_inline void next_extension(struct talk *talk)
{
	if (talk->hello_left < 4)
		end_of_hello(talk);
	else
		read_field(talk, TALK_EXTENSION, 4);
}

/* Of the hello so many bytes are a field. What the hello says of its own length is what servers go by. */
static __always_inline void take_hello(struct talk *talk, __u32 bytes)
{
	if (talk->hello_left < bytes)
		talk->flags |= TALK_BAD;
	talk->hello_left -= bytes;
}

/* A field of the hello is whole: `value` holds it. */
__global int hello_field(struct talk *talk)
{
	__u32 value;

	if (!talk)
		return 0;
	value = talk->value;
	switch (talk->state) {
	case TALK_HELLO_TYPE:
		if (value != 1) /* client_hello */
			talk->flags |= talk->flags & TALK_HAD_HELLO ? TALK_DONE : TALK_BAD;
		read_field(talk, TALK_HELLO_LENGTH, 3);
		break;
	case TALK_HELLO_LENGTH:
		talk->hello_left = value;
		take_hello(talk, 34); /* version and random */
		skip_field(talk, 34, TALK_SESSION_LENGTH, 1);
		break;
	case TALK_SESSION_LENGTH:
		take_hello(talk, 1 + value);
		skip_field(talk, value, TALK_CIPHERS_LENGTH, 2);
		break;
	case TALK_CIPHERS_LENGTH:
		take_hello(talk, 2 + value);
		skip_field(talk, value, TALK_COMPRESSION_LENGTH, 1);
		break;
	case TALK_COMPRESSION_LENGTH:
		take_hello(talk, 1 + value);
		if (!talk->hello_left)
			talk->flags |= TALK_NO_NAME;
		skip_field(talk, value, TALK_EXTENSIONS_LENGTH, 2);
		break;
	case TALK_EXTENSIONS_LENGTH:
		take_hello(talk, 2);
		if (talk->hello_left != value)
			talk->flags |= TALK_BAD;
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
		if (value >> 16 == 42)
			talk->flags |= TALK_EARLY_DATA;
		if (value >> 16 == 0) {
			if (talk->flags & TALK_HAS_SNI)
				talk->flags |= TALK_BAD;
			talk->flags |= TALK_HAS_SNI;
			talk->body = bytes;
			read_field(talk, TALK_NAME_HEAD, 5);
		} else if (bytes) {
			skip_field(talk, bytes, TALK_EXTENSION, 4);
		} else {
			next_extension(talk);
		}
		break;
	}
	case TALK_NAME_HEAD: { /* list length (its high byte shifted out), type 0 = host_name, length */
		__u32 bytes = value & 0xffff;

		/* One name, and nothing behind it: servers disagree on which of two they go by. */
		if ((value >> 16 & 0xff) != 0 || !bytes || bytes > 253 || talk->body != bytes + 5 ||
		    value >> 24 != ((bytes + 3) & 0xff)) {
			talk->flags |= TALK_BAD;
			break;
		}
		talk->out = 0;
		read_field(talk, TALK_SNI, bytes);
		break;
	}
	case TALK_SNI:
		name_ready(talk, SP_NAME_SNI);
		next_extension(talk);
		break;
	case TALK_SKIP:
		if (talk->then == TALK_EXTENSION)
			next_extension(talk);
		else
			read_field(talk, talk->then, value);
		break;
	}
	return 0;
}

/*
 * Behind a whole hello another one may come, and before it records that the server passes over: a change_cipher_spec (20) and an
 * alert (21) that say nothing, early data (23) where that was announced (RFC 8446 sections 4.2.10 and 6.1, appendix D.4).
 */
static __always_inline void begin_record_of(struct talk *talk, __u8 type)
{
	bool between = talk->flags & TALK_HAD_HELLO && talk->state == TALK_HELLO_TYPE;

	talk->flags &= ~TALK_OTHER_RECORD;
	if (between && (type == 0x14 || type == 0x15 || (type == 0x17 && talk->flags & TALK_EARLY_DATA)))
		talk->flags |= TALK_OTHER_RECORD;
	else if (type != 0x16)
		talk->flags |= between ? TALK_DONE : TALK_BAD;
}

__global int tls_byte(struct talk *talk, __u8 byte)
{
	if (!talk)
		return 0;
	if (!talk->record_left) {
		__u8 head = talk->record_head;

		/* handshake (22), version 3.x, length */
		if (head == 0)
			begin_record_of(talk, byte);
		if (head == 1 && byte != 3)
			talk->flags |= TALK_BAD;
		if (head == 3)
			talk->prelude = byte;
		if (head == 4) {
			talk->record_left = talk->prelude << 8 | byte;
			if (!talk->record_left)
				talk->flags |= TALK_BAD;
			talk->prelude = 0;
			head = 0xff;
			if (talk->flags & TALK_OTHER_RECORD)
				skip_field(talk, talk->record_left, TALK_HELLO_TYPE, 1);
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
