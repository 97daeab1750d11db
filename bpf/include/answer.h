/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers of resolvers (RFC 1035 section 4.1): what they lead to is leased to the rules of the name that was asked. */
#pragma once

#include "dns.h"

/* One byte of a name that may be compressed (RFC 1035 section 4.1.4): work->hash over it, work->after behind it. */
static long name_byte(__u32 index, void *context)
{
	struct work *work = *(struct work **)context;
	__u32 at = work->steps;

	if (at >= work->length)
		return 1;

	__u8 byte = MESSAGE_BYTE(work, at);

	work->steps = at + 1;
	if (!work->left) {
		if (!byte) {
			work->done = 1;
			if (!work->after)
				work->after = at + 1;
			return 1;
		}
		if (byte >= 0xc0) {
			if (!work->after)
				work->after = at + 2;
			/* It leads to what stands before, so that a loop of them ends. */
			work->steps = (byte & 0x3f) << 8 | MESSAGE_BYTE(work, at + 1);
			if (work->steps >= work->before)
				return 1;
			work->before = work->steps;
			return 0;
		}
		if (byte > 63)
			return 1;
		work->left = byte;
		if (work->first) {
			work->first = 0;
			return 0;
		}
		byte = '.';
	} else {
		work->left--;
		byte = lower(byte);
	}
	work->hash = (work->hash ^ byte) * SP_HASH_PRIME;
	return 0;
}

static __always_inline bool hash_name(struct work *work, __u32 at)
{
	struct work *context = work;

	work->steps = at;
	work->before = at;
	work->left = 0;
	work->after = 0;
	work->done = 0;
	work->first = 1;
	work->hash = hash_seed;
	/* 255 bytes and the pointers on the way */
	bpf_loop(320, name_byte, &context, 0);
	return work->done;
}

static __always_inline void lease(struct work *work, const struct address *address)
{
	struct rule_set *known;

	if (!work->may_lease) {
		/* Audit let the question pass, and no rule has the name: nothing is leased, the report learns the address. */
	} else if (is_inward(address) && !in_networks(&addresses, address)) {
		bpf_map_update_elem(&unleased, address, &work->rules, BPF_ANY);
		work->denied++;
		return;
	} else if (bpf_map_update_elem(&leases, address, &work->rules, BPF_NOEXIST)) {
		known = bpf_map_lookup_elem(&leases, address);
		if (!known) {
			lose(SP_LOSS_LEASE_TABLE);
			bpf_map_update_elem(&unleased, address, &work->rules, BPF_ANY);
			work->denied++;
			return;
		}
#pragma unroll
		for (int i = 0; i < SP_RULE_WORDS; i++)
			__sync_fetch_and_or(&known->word[i], work->rules.word[i]);
	}

	__u32 slot = work->leased;

	if (slot < SP_DNS_LEASES_PER_ANSWER) {
		work->list[slot & (SP_DNS_LEASES_PER_ANSWER - 1)] = *address;
		work->leased = slot + 1;
	}
}

/* Only records that the question leads to by CNAME count: extra ones and glue lease nothing. */
static long answer_record(__u32 index, void *context)
{
	struct work *work = *(struct work **)context;
	__u32 at = work->position;
	bool ours;

	if (index >= work->answers)
		return 1;
	if (MESSAGE_BYTE(work, at) >= 0xc0 && (MESSAGE_U16(work, at) & 0x3fff) == work->target_offset) {
		ours = true;
		at += 2;
	} else {
		if (!hash_name(work, at))
			return 1;
		ours = work->hash == work->target_hash;
		at = work->after;
	}
	if (at + 10 > work->length)
		return 1;

	__u16 type = MESSAGE_U16(work, at);
	__u16 class = MESSAGE_U16(work, at + 2);
	__u32 ttl = (__u32)MESSAGE_U16(work, at + 4) << 16 | MESSAGE_U16(work, at + 6);
	__u32 bytes = MESSAGE_U16(work, at + 8);

	at += 10;
	if (at + bytes > work->length)
		return 1;
	work->position = at + bytes;
	if (!ours || class != 1)
		return 0;
	if (type == DNS_TYPE_CNAME) {
		if (!hash_name(work, at))
			return 1;
		work->target_hash = work->hash;
		work->target_offset = at;
		return 0;
	}
	if (type == DNS_TYPE_A && bytes == 4) {
		__u32 ip;

		__builtin_memcpy(&ip, &work->message[at & (SP_DNS_MESSAGE_BYTES - 1)], 4);

		struct address address = from_ip4(ip);

		lease(work, &address);
	} else if (type == DNS_TYPE_AAAA && bytes == 16) {
		struct address address;

		__builtin_memcpy(&address, &work->message[at & (SP_DNS_MESSAGE_BYTES - 1)], 16);
		address = normalise(address);
		lease(work, &address);
	} else {
		return 0;
	}
	if (ttl < work->ttl)
		work->ttl = ttl;
	return 0;
}

static __always_inline void tell_leases(struct work *work, const struct query *query)
{
	struct sp_name_leased *record = &work->record.answer;
	__u64 count = work->leased;
	__u64 name = work->out;

	if (!work->leased && !work->denied)
		return;
	begin_record(&record->header, SP_NAME_LEASED, query->process);
	record->cookie = query->cookie;
	record->rule = first_rule(&work->rules);
	asm volatile("" : "+r"(name));
	name &= SP_NAME_BYTES - 1;
	record->name_offset = sizeof(*record);
	record->name_length = name;
	record->address_offset = sizeof(*record) + name;
	asm volatile("" : "+r"(count));
	if (count > SP_DNS_LEASES_PER_ANSWER)
		count = SP_DNS_LEASES_PER_ANSWER;
	record->address_count = count;
	record->refused_count = work->denied;
	record->ttl_seconds = work->ttl;
	__builtin_memcpy(work->text, record, sizeof(*record));
	if (name && bpf_probe_read_kernel(&work->text[sizeof(*record)], name, work->name))
		return;
	count *= sizeof(struct address);
	if (count && bpf_probe_read_kernel(&work->text[sizeof(*record) + name], count, work->list))
		return;
	send_event((struct sp_header *)work->text, sizeof(*record) + name + count);
}

/* The loaded message answers `query`: lease what it leads to. */
__global int lease_answer(__u32 slot, const struct query *query)
{
	struct work *work = work_at(slot);
	struct work *context = work;

	if (!work || !query)
		return 0;

	__u16 flags = MESSAGE_U16(work, 2);

	/* QR set, opcode 0, no error, one question, the one that was asked */
	if ((flags & 0xf80f) != 0x8000 || MESSAGE_U16(work, 4) != 1 || work->hash != query->name_hash)
		return 0;
	work->rules = query->rules;
	work->may_lease = 0;
#pragma unroll
	for (int i = 0; i < SP_RULE_WORDS; i++)
		work->may_lease |= !!query->rules.word[i];
	work->answers = MESSAGE_U16(work, 6);
	work->target_hash = work->hash;
	work->target_offset = DNS_HEADER;
	work->leased = 0;
	work->denied = 0;
	work->ttl = ~0U;
	bpf_loop(SP_DNS_ANSWERS, answer_record, &context, 0);
	if (work->answers > SP_DNS_ANSWERS && work->may_lease && (work->leased || work->denied))
		lose(SP_LOSS_LEASE_TABLE); /* what stands behind them is not leased */
	tell_leases(work, query);
	return 0;
}

/* Leases what an answer leads to, when the packet answers a question that was seen to leave by this device. */
__global int answer_for_query(struct __sk_buff *skb, const struct packet *packet)
{
	struct query_key key = {};
	struct query *query;
	int slot;

	if (!packet || packet->protocol != IPPROTO_UDP || packet->source_port != 53 || packet->flags & SP_PACKET_FRAGMENT)
		return 0;
	key.resolver = packet->source;
	key.ifindex = skb->ifindex;
	key.port = bpf_htons(packet->port);
	key.id = 0;
	if (bpf_skb_load_bytes(skb, packet->payload, &key.id, 2))
		return 0;
	key.id = bpf_ntohs(key.id);
	query = bpf_map_lookup_elem(&queries, &key);
	if (!query)
		return 0;
	slot = take_work();
	if (slot < 0) {
		lose(SP_LOSS_QUERY_TABLE);
		return 0;
	}
	if (bpf_ktime_get_boot_ns() - query->boot_ns < SP_QUERY_NS &&
	    load_question(skb, slot, packet->payload, packet->length))
		lease_answer(slot, query);
	give_back(slot);
	bpf_map_delete_elem(&queries, &key);
	return 0;
}
