/* SPDX-License-Identifier: GPL-2.0-only */
/* Names against the policy: lower case, label by label, reversed so that a zone is a prefix. */
#pragma once

#include "packet.h"

/* Begins every name hash, chosen at random by the agent: nobody can prepare two names with one hash. */
const volatile __u64 hash_seed SEC(".rodata.seed") = 0xcbf29ce484222325ULL;

#define SP_HASH_PRIME 0x100000001b3ULL

static __always_inline __u8 lower(__u8 byte)
{
	return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

static __always_inline bool plain(__u8 byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

static long reverse_byte(__u32 index, void *context)
{
	struct work *work = *(struct work **)context;

	if (index >= work->out)
		return 1;

	__u32 from = work->out - 1 - index;

	__u8 byte = work->name[from & (SP_NAME_BYTES - 1)];

	work->key.name[index & (SP_NAME_BYTES - 1)] = byte;
	if (!plain(byte) && byte != '.')
		work->hostile = 1;
	return 0;
}

/* Looks up work->name (work->out bytes, canonical); sets work->hostile where a byte is in no name of a policy. */
static __noinline struct name_entry *find_name(struct work *work)
{
	if (!work)
		return 0;

	__u64 length = work->out;

	if (!length || length > SP_NAME_BYTES - 2)
		return 0;

	struct work *context = work;

	bpf_loop(SP_NAME_BYTES - 1, reverse_byte, &context, 0);
	asm volatile("" : "+r"(length));
	length &= SP_NAME_BYTES - 1;
	work->key.name[length] = 0;
	work->key.prefix = (length + 1) * 8;
	return bpf_map_lookup_elem(&names, &work->key);
}
