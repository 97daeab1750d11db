/* SPDX-License-Identifier: GPL-2.0-only */
/* The server_name of a TLS ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3). */
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
