/* SPDX-License-Identifier: GPL-2.0-only */
/* Names in text: HTTP/1 (RFC 9112), CONNECT, and the words before TLS (STARTTLS). */
#pragma once

#include "talk_state.h"

#define VERSION_1_1 0x2f312e31 /* "/1.1": the last bytes of a request's first line */

static __always_inline void start_request(struct talk *talk)
{
	talk->state = TALK_START;
	talk->body = 0;
	talk->out = 0;
	talk->port = 0;
	talk->value = 0;
	talk->seen = 0;
	talk->flags &= ~(TALK_CHUNKED | TALK_HAS_LENGTH | TALK_HAS_HOST | TALK_CONNECT | TALK_BARE_LF);
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

static __always_inline void next_chunk(struct talk *talk)
{
	talk->state = TALK_CHUNK_SIZE;
	talk->value = 0;
	talk->word_length = 0; /* digits */
	talk->then = 0;
}

/* What is skipped as a body is not read: where servers disagree on its length, the next request hides in it. */
static __always_inline bool is_body_of_dispute(const struct talk *talk)
{
	if (!(talk->flags & TALK_CHUNKED) && !talk->body)
		return false;
	/* CONNECT has none: what follows is in the tunnel (RFC 9110 section 9.3.6). A line may not have ended at a bare LF. */
	if (talk->flags & (TALK_CONNECT | TALK_BARE_LF))
		return true;
	/* RFC 9112 section 6.1: not beside a length, and not before HTTP/1.1. */
	return talk->flags & TALK_CHUNKED && (talk->flags & TALK_HAS_LENGTH || talk->value != VERSION_1_1);
}

static __always_inline void end_of_headers(struct talk *talk)
{
	if (!(talk->flags & (TALK_HAS_HOST | TALK_CONNECT)))
		talk->flags |= TALK_NO_NAME;
	if (is_body_of_dispute(talk))
		talk->flags |= TALK_BAD;
	if (talk->flags & TALK_CHUNKED) {
		next_chunk(talk);
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
		talk->word_length = 0;
		talk->state = TALK_LENGTH;
	} else if (first == WORD8('t', 'r', 'a', 'n', 's', 'f', 'e', 'r') &&
		   second == WORD8('-', 'e', 'n', 'c', 'o', 'd', 'i', 'n') &&
		   talk->word.of8[2] == WORD8('g', 0, 0, 0, 0, 0, 0, 0)) {
		if (talk->flags & TALK_CHUNKED)
			talk->flags |= TALK_BAD;
		talk->flags |= TALK_CHUNKED;
		clear_word(talk);
		talk->state = TALK_CODING;
	}
}

/*
 * Of a line's end. A CR that no LF follows ends a line for some servers, and a field may begin behind it; an LF that no CR is
 * before ends it for all but some (RFC 9112 section 2.2).
 */
static __always_inline void line_byte(struct talk *talk, __u8 byte)
{
	if (byte == '\n')
		talk->flags |= talk->then ? 0 : TALK_BARE_LF;
	else if (talk->then)
		talk->flags |= TALK_BAD;
	talk->then = byte == '\r';
}

static __always_inline void rest_of_line(struct talk *talk, __u8 byte)
{
	line_byte(talk, byte);
	if (byte == '\n') {
		talk->state = TALK_HEADER;
		clear_word(talk);
	}
}

/* Within a chunked body every line ends with CR and LF: servers that take less read other chunks (RFC 9112 section 7.1). */
static __always_inline void strict_line_byte(struct talk *talk, __u8 byte)
{
	line_byte(talk, byte);
	if (talk->flags & TALK_BARE_LF)
		talk->flags |= TALK_BAD;
}

static __always_inline __u32 hex_digit(__u8 byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	byte = lower(byte);
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : 16;
}

__global int text_byte(struct talk *talk, __u8 byte)
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
			rest_of_line(talk, byte);
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
		} else if (!blank && !end && byte != '/' && byte != '?') {
			talk->flags |= TALK_BAD; /* a password: the host comes behind it */
		} else {
			talk->state = TALK_REQUEST_LINE;
			rest_of_line(talk, byte);
			name_ready(talk, SP_NAME_HTTP_CONNECT);
		}
		break;
	case TALK_REQUEST_LINE:
		if (!end && byte != '\r')
			talk->value = talk->value << 8 | byte;
		rest_of_line(talk, byte);
		break;
	case TALK_HEADER_LINE:
		rest_of_line(talk, byte);
		break;
	case TALK_HEADER:
		if (byte == ':') {
			header_named(talk);
		} else if (end || byte == '\r') {
			if (talk->word_length)
				talk->flags |= TALK_BAD;
			line_byte(talk, byte);
			if (end)
				end_of_headers(talk);
		} else if (byte < '!' || byte > '~' || talk->then) {
			/* A folded line, or a name that not everybody reads alike (RFC 9112 sections 5.1 and 5.2). */
			talk->flags |= TALK_BAD;
		} else if (!add_to_word(talk, lower(byte))) {
			/* longer than any name that matters; a colon may still come */
			talk->word.of8[0] = 1;
			talk->word_length = 19;
		}
		break;
	case TALK_HOST:
		if (!talk->out && blank)
			break;
		if (blank || end || byte == '\r' || (byte == ':' && !(talk->out && talk->name[0] == '[')) || byte == ']') {
			talk->state = TALK_HOST_REST;
			rest_of_line(talk, byte);
			name_ready(talk, SP_NAME_HTTP_HOST);
		} else {
			add_to_name(talk, byte);
		}
		break;
	case TALK_HOST_REST: /* a port; what else stands there is the name to some (`allowed:80@other`) */
		if (!blank && !end && byte != '\r' && byte != ':' && !(byte >= '0' && byte <= '9'))
			talk->flags |= TALK_BAD;
		rest_of_line(talk, byte);
		break;
	case TALK_LENGTH: /* word_length: 1 in the number, 2 behind it */
		line_byte(talk, byte);
		if (byte >= '0' && byte <= '9') {
			if (talk->body > 400000000 || talk->word_length == 2)
				talk->flags |= TALK_BAD;
			talk->word_length = 1;
			talk->body = talk->body * 10 + (byte - '0');
		} else if (end) {
			talk->state = TALK_HEADER;
			clear_word(talk);
		} else if (!blank && byte != '\r') {
			talk->flags |= TALK_BAD;
		} else if (talk->word_length) {
			talk->word_length = 2;
		}
		break;
	case TALK_CODING: /* any other than this one alone is read in more than one way (RFC 9112 section 6.1) */
		line_byte(talk, byte);
		if (end) {
			if (talk->word_length != 7 || talk->word.of8[0] != WORD8('c', 'h', 'u', 'n', 'k', 'e', 'd', 0))
				talk->flags |= TALK_BAD;
			talk->state = TALK_HEADER;
			clear_word(talk);
		} else if (!blank && byte != '\r' && !add_to_word(talk, lower(byte))) {
			talk->flags |= TALK_BAD;
		}
		break;
	case TALK_CHUNK_SIZE: {
		__u32 digit = hex_digit(byte);

		if (digit < 16) {
			if (talk->value >> 27)
				talk->flags |= TALK_BAD;
			talk->value = talk->value << 4 | digit;
			talk->word_length = 1;
			break;
		}
		if (!talk->word_length || (byte != ';' && byte != '\r' && !blank))
			talk->flags |= TALK_BAD;
		talk->state = TALK_CHUNK_LINE;
		strict_line_byte(talk, byte);
		break;
	}
	case TALK_CHUNK_LINE:
		strict_line_byte(talk, byte);
		if (end) {
			talk->state = talk->value ? TALK_CHUNK : TALK_TRAILER;
			talk->left = talk->value;
			talk->word_length = 0;
		}
		break;
	case TALK_CHUNK_END:
		strict_line_byte(talk, byte);
		if (end)
			next_chunk(talk);
		else if (byte != '\r')
			talk->flags |= TALK_BAD;
		break;
	case TALK_TRAILER:
		strict_line_byte(talk, byte);
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
