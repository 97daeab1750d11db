/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DNS messages (RFC 1035 section 4). Loop state lives in map memory and the loops are bpf_loop (5.17): the verifier walks
 * a body once instead of once per iteration.
 */
#pragma once

#include "name.h"

#define DNS_HEADER 12
#define DNS_TYPE_A 1
#define DNS_TYPE_CNAME 5
#define DNS_TYPE_AAAA 28
#define DNS_TYPE_SRV 33

#define MESSAGE_BYTE(work, at) ((work)->message[(at) & (SP_DNS_MESSAGE_BYTES - 1)])
#define MESSAGE_U16(work, at) ((__u16)(MESSAGE_BYTE(work, at) << 8 | MESSAGE_BYTE(work, (at) + 1)))

/* One byte of the question's name: work->name in lower case with dots, work->hash over the same bytes. */
static long question_byte(__u32 index, void *context)
{
	struct work *work = *(struct work **)context;
	__u32 at = work->position;

	if (at >= work->length)
		return 1;

	__u8 byte = MESSAGE_BYTE(work, at);

	work->position = at + 1;
	if (!work->left) {
		if (!byte) {
			work->done = 1;
			return 1;
		}
		if (byte > 63) /* no compression in a question */
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
		if (!plain(byte))
			work->hostile = 1;
	}
	if (work->out >= SP_NAME_BYTES - 1)
		return 1;
	work->name[work->out & (SP_NAME_BYTES - 1)] = byte;
	work->out++;
	work->hash = (work->hash ^ byte) * SP_HASH_PRIME;
	return 0;
}

static __always_inline bool load_message(struct __sk_buff *skb, struct work *work, __u32 offset, __u32 bytes)
{
	__u64 length = bytes;

	if (length < DNS_HEADER + 5 || length > SP_DNS_MESSAGE_BYTES - 1)
		return false;
	length = load_length(length, SP_DNS_MESSAGE_BYTES);
	if (bpf_skb_load_bytes(skb, offset, work->message, length))
		return false;
	work->length = length;
	return true;
}

/* The question of the loaded message; false when it cannot be read. Leaves work->position behind it. */
static __always_inline bool read_question(struct work *work)
{
	work->position = DNS_HEADER;
	work->left = 0;
	work->out = 0;
	work->done = 0;
	work->hostile = 0;
	work->first = 1;
	work->hash = hash_seed;
	work->id = MESSAGE_U16(work, 0);

	struct work *context = work;

	bpf_loop(SP_NAME_BYTES, question_byte, &context, 0);
	if (!work->done || work->position + 4 > work->length)
		return false;
	work->question_type = MESSAGE_U16(work, work->position);
	work->question_class = MESSAGE_U16(work, work->position + 2);
	work->position += 4;
	return true;
}

#define DNS_TYPE_OPT 41
#define DNS_OPT_BYTES 11 /* root name, type, size, flags, length */
#define DNS_OPT_MOST 128 /* bytes of options: a cookie, a subnet, padding */

/*
 * A question carries nothing else: no records but one OPT (RFC 6891), no bytes behind the last. What is not looked at would
 * leave with an allowed name.
 */
static __always_inline bool carries_more(const struct work *work)
{
	__u32 at = work->position;
	__u32 options = MESSAGE_U16(work, 10);

	if (MESSAGE_U16(work, 6) || MESSAGE_U16(work, 8) || options > 1 || work->question_class != 1)
		return true;
	if (!options)
		return at != work->length;
	return MESSAGE_BYTE(work, at) || MESSAGE_U16(work, at + 1) != DNS_TYPE_OPT ||
	       MESSAGE_U16(work, at + 9) > DNS_OPT_MOST ||
	       at + DNS_OPT_BYTES + MESSAGE_U16(work, at + 9) != work->length;
}

/*
 * `_service._proto.` before an allowed name may be asked as SRV (RFC 2782): package managers ask it first. The name is
 * reversed in the key, so the prefix is its tail.
 */
static long cut_service(__u32 index, void *context)
{
	struct work *work = *(struct work **)context;

	if (index >= work->out || index > 40)
		return 1;
	if (work->name[index & (SP_NAME_BYTES - 1)] == '.') {
		work->steps++;
		work->left = index + 1;
		return work->steps == 2 || work->name[(index + 1) & (SP_NAME_BYTES - 1)] != '_';
	}
	return 0;
}

static __always_inline struct name_entry *find_question(struct work *work)
{
	struct name_entry *entry = find_name(work);

	if (entry || work->question_type != DNS_TYPE_SRV || work->name[0] != '_')
		return entry;
	work->steps = 0;
	work->left = 0;

	struct work *context = work;

	bpf_loop(41, cut_service, &context, 0);
	if (work->steps != 2)
		return 0;

	__u64 length = work->out - work->left;

	if (!length || length > SP_NAME_BYTES - 2)
		return 0;
	asm volatile("" : "+r"(length));
	length &= SP_NAME_BYTES - 1;
	work->key.name[length] = 0;
	work->key.prefix = (length + 1) * 8;
	return bpf_map_lookup_elem(&names, &work->key);
}

struct asked {
	__u16 rule;
	__u8 verdict;
	__u8 reason;
	union {
		__u32 answer; /* a question; instead of letting it pass: 1 NXDOMAIN, 2 no data */
		__u32 by_proxy; /* a flow's name; it stands behind a rule for the proxy */
	};
};

/* Whether the payload is a message with a question that can be read: then the working memory holds both. */
__global int load_question(struct __sk_buff *skb, __u32 slot, __u32 offset, __u32 bytes)
{
	struct work *work = work_at(slot);

	return work && load_message(skb, work, offset, bytes) && read_question(work);
}

/* Fills in work->named. */
static __always_inline bool look_up_question(struct work *work)
{
	struct name_entry *entry = find_question(work);

	__builtin_memset(&work->named, 0, sizeof(work->named));
	work->ask_only = 0;
	if (!entry)
		return false;
	work->named = entry->rules;
	work->ask_only = !!entry->ask_only;
	return true;
}

/* Verdict of the question that the working memory holds. The header says: a query, of opcode 0, one question. */
__global int judge_question(__u32 slot, const struct flow *flow, __u32 readable, struct asked *asked)
{
	struct work *work = work_at(slot);
	struct judgement mine = {};
	__u64 any = 0;
	__u64 denied = 0;

	if (!flow || !asked)
		return 0;
	asked->rule = SP_NO_RULE;
	asked->verdict = SP_REFUSED;
	asked->answer = 1;
	asked->reason = SP_REASON_TABLE_FULL;
	if (!work)
		return 0;
	__builtin_memset(&work->named, 0, sizeof(work->named));
	if (!begin_judgement(flow, &mine))
		return 0;

	asked->verdict = mine.block ? SP_REFUSED : SP_OBSERVED;
	if (MESSAGE_U16(work, 4) != 1) {
		asked->reason = SP_REASON_QUESTION_COUNT;
		return 0;
	}
	if (!readable || work->hostile || (MESSAGE_BYTE(work, 2) & 0xf8) || carries_more(work)) {
		asked->reason = SP_REASON_DNS_MALFORMED;
		return 0;
	}
	if (!look_up_question(work)) {
		asked->reason = SP_REASON_NAME;
		return 0;
	}

	struct rule_set *rules = &work->rules;

#pragma unroll
	for (int i = 0; i < SP_RULE_WORDS; i++) {
		rules->word[i] = work->named.word[i] & settings.deny_question.word[i];
		denied |= rules->word[i];
	}
	if (denied) {
		asked->verdict = SP_REFUSED;
		asked->reason = SP_REASON_DENIED;
		asked->rule = first_rule(rules);
		return 0;
	}
#pragma unroll
	for (int i = 0; i < SP_RULE_WORDS; i++) {
		rules->word[i] = work->named.word[i] & mine.candidates.word[i];
		any |= rules->word[i];
	}
	if (!any && !work->ask_only) {
		asked->reason = SP_REASON_NAME;
		return 0;
	}
	if (any)
		asked->rule = first_rule(rules);

	__u32 type = work->question_type;
	__u32 slot_of_type = type >> 6;

	asm volatile("" : "+r"(slot_of_type));
	if (slot_of_type >= 5 || !(settings.question_types[slot_of_type] & (1ULL << (type & 63)))) {
		asked->reason = SP_REASON_QUESTION_TYPE;
		asked->answer = 2;
		return 0;
	}
	asked->verdict = SP_ALLOWED;
	asked->reason = SP_REASON_RULE;
	asked->answer = 0;
	return 0;
}

__global int tell_question(__u32 slot, const struct flow *flow, const struct packet *packet, const struct asked *asked,
			     __u64 cookie)
{
	struct work *work = work_at(slot);

	if (!work || !flow || !packet || !asked)
		return 0;

	struct sp_name_asked *record = &work->record.asked;
	__u64 length = work->out;

	begin_record(&record->header, SP_NAME_ASKED, flow->process);
	record->cookie = cookie;
	record->cgroup = flow->cgroup;
	__builtin_memcpy(record->resolver, &packet->to, 16);
	record->question_type = work->question_type;
	record->verdict = asked->verdict;
	record->reason = asked->reason;
	record->rule = asked->rule;
	record->transport = packet->protocol;
	record->pid = flow->pid;
	record->execution = flow->execution;
	record->name_offset = sizeof(*record);
	record->padding = 0;
	asm volatile("" : "+r"(length));
	length &= SP_NAME_BYTES - 1;
	record->name_length = length;
	/* Record and text are not neighbours: the name goes behind the record in `text`, record first. */
	__builtin_memcpy(work->text, record, sizeof(*record));
	if (length && bpf_probe_read_kernel(&work->text[sizeof(*record)], length, work->name))
		return 0;
	if (asked->verdict == SP_ALLOWED)
		send_event((struct sp_header *)work->text, sizeof(*record) + length);
	else
		send_alert((struct sp_header *)work->text, sizeof(*record) + length);
	return 0;
}
