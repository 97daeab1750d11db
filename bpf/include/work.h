/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Working memory for parsers, larger than the stack. A program on a socket's path may be interrupted on its CPU by
 * another one (a softirq, or a task that preempts it), so each CPU has several and a user takes one that is free.
 */
#pragma once

#include "flow.h"

#define SP_WORKS 4
#define MESSAGE_SPACE (2 * SP_DNS_MESSAGE_BYTES) /* masked offsets may reach a chunk behind the message */

struct work {
	__u32 busy;
	__u32 length; /* bytes in message */
	__u32 position;
	__u32 left; /* of the current label, header or field */
	__u32 out; /* bytes of name */
	__u32 steps;
	__u8 done;
	__u8 bad;
	__u8 hostile; /* a byte outside [a-z0-9_-] in a label */
	__u8 first;
	__u8 may_lease; /* the name of the answer has rules */
	__u8 ask_only; /* of the entry that `named` is from */
	__u16 id;
	__u16 question_type;
	__u16 question_class;
	__u16 padding16[3];
	__u64 hash;
	/* answers */
	__u64 target_hash; /* the name that the next record must belong to */
	__u32 target_offset; /* where that name stands in the message */
	__u32 after; /* first byte behind a name */
	__u32 before; /* where a pointer in it has to lead to */
	__u32 ttl;
	__u32 answers;
	__u32 leased;
	__u32 denied;
	struct rule_set rules;
	struct rule_set named; /* every rule of the name that was looked up; none when it has no entry */
	struct judgement judged; /* of a name in a flow: on the stack it is too much for six functions */
	struct address list[SP_DNS_LEASES_PER_ANSWER];
	struct name_key key;
	struct query query; /* being remembered */
	union {
		struct sp_name_asked asked;
		struct sp_name_leased answer;
		struct sp_flow_named named;
	} record;
	__u8 text[SP_NAME_BYTES + SP_DNS_LEASES_PER_ANSWER * 16]; /* variable part of the record, built before sending */
	__u8 name[2 * SP_NAME_BYTES];
	__u8 message[MESSAGE_SPACE];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SP_WORKS);
	__type(key, __u32);
	__type(value, struct work);
} works SEC(".maps");

/*
 * Working memory goes from function to function by its number: where a function without `static` gets a pointer, no
 * table takes what stands behind it as a key (before 6.4).
 */
static __always_inline struct work *work_at(__u32 slot)
{
	return bpf_map_lookup_elem(&works, &slot);
}

/* The number of one that is free, or -1. */
__global int take_work(void)
{
#pragma unroll
	for (int i = 0; i < SP_WORKS; i++) {
		__u32 index = i;
		struct work *work = work_at(index);

		if (work && !__sync_val_compare_and_swap(&work->busy, 0, 1))
			return i;
	}
	return -1;
}

static __always_inline void give_back(__u32 slot)
{
	struct work *work = work_at(slot);

	if (work)
		work->busy = 0;
}
