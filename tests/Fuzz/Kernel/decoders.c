/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The decoders of the kernel programs, compiled for user space from the same files, so that they can be fed a hundred
 * thousand inputs a second and be held against what resolvers, clients and servers make of the same bytes. Tables are
 * arrays here, a packet is a buffer. The policy allows `allowed.test` and everything below `zone.test`, on every port.
 *
 * Built with -fsanitize=bounds,shift: the verifier keeps a program within a table's value, not within the array in it.
 */
#include "maps.h"
#include "record.h"
#include "task.h"
#include "rules.h"
#include "address.h"
#include "judge.h"
#include "flow.h"
#include "work.h"
#include "packet.h"
#include "name.h"
#include "dns.h"
#include "answer.h"
#include "talk.h"

#include "flowname.bpf.c"

#define EXPORT __attribute__((visibility("default")))

static struct work memory;
static struct policy policy = { .allow = { { 1 } }, .block = SP_MODE_BLOCK };
static struct rule_set every_rule = { { 1 } };
static struct name_entry entry = { .rules = { { 1 } } };
static struct sequence numbers;
static const __u8 *packet_bytes;
static __u32 packet_length;
static __u32 faults;

/* ---- the kernel's helpers ---- */

long bpf_loop(__u32 most, void *step, void *context, __u64 flags)
{
	long (*call)(__u32, void *) = step;

	for (__u32 i = 0; i < most; i++)
		if (call(i, context))
			return i + 1;
	return most;
}

static bool has_prefix(const struct name_key *key, const char *reversed, __u32 bytes)
{
	return key->prefix >= bytes * 8 && !__builtin_memcmp(key->name, reversed, bytes);
}

void *bpf_map_lookup_elem(void *map, const void *key)
{
	if (map == &works)
		return &memory;
	if (map == &policies)
		return *(const __u32 *)key ? 0 : &policy;
	if (map == &ports)
		return &every_rule;
	if (map == &sequences)
		return &numbers;
	if (map == &names)
		return has_prefix(key, "tset.dewolla", 13) || has_prefix(key, "tset.enoz.", 10) ? &entry : 0;
	return 0;
}

static struct address leased[SP_DNS_ANSWERS];
static __u32 leased_count;

long bpf_map_update_elem(void *map, const void *key, const void *value, __u64 flags)
{
	/* An inward address leases nothing, and is read all the same. */
	if ((map == &leases || map == &unleased) && leased_count < SP_DNS_ANSWERS)
		leased[leased_count++] = *(const struct address *)key;
	return 0;
}

long bpf_map_delete_elem(void *map, const void *key)
{
	return 0;
}

long bpf_probe_read_kernel(void *to, __u32 bytes, const void *from)
{
	__builtin_memcpy(to, from, bytes);
	return 0;
}

long bpf_ringbuf_output(void *ring, const void *data, __u64 bytes, __u64 flags)
{
	return 0;
}

long bpf_skb_load_bytes(const void *skb, __u32 offset, void *to, __u32 bytes)
{
	if (offset > packet_length || bytes > packet_length - offset)
		return -14; /* EFAULT */
	__builtin_memcpy(to, packet_bytes + offset, bytes);
	return 0;
}

__u64 bpf_get_socket_cookie(void *context)
{
	return 1;
}

__u32 bpf_get_smp_processor_id(void)
{
	return 0;
}

__u64 bpf_ktime_get_boot_ns(void)
{
	return 1;
}

/* What the sanitizer found, instead of its run-time library. */
void __ubsan_handle_out_of_bounds_minimal(void)
{
	faults++;
}

void __ubsan_handle_shift_out_of_bounds_minimal(void)
{
	faults++;
}

EXPORT __u32 decoder_faults(void)
{
	return faults;
}

/* ---- DNS ---- */

static bool load(const __u8 *bytes, __u32 length)
{
	__builtin_memset(&memory, 0, sizeof(memory));
	packet_bytes = bytes;
	packet_length = length;
	return load_question(0, 0, 0, length);
}

/*
 * Reads a question: SP_REASON_* of its refusal, as a policy decides that allows its name or does not. `name` takes
 * SP_NAME_BYTES.
 */
EXPORT __u32 decoder_question(const __u8 *bytes, __u32 length, __u8 *name, __u32 *name_bytes, __u32 *type)
{
	struct flow flow = {};
	struct asked asked = {};
	bool readable = load(bytes, length);

	judge_question(0, &flow, readable, &asked);
	*name_bytes = memory.out;
	*type = memory.question_type;
	__builtin_memcpy(name, memory.name, SP_NAME_BYTES);
	return asked.reason;
}

/* The addresses that `answer` leases to the question in it, 16 bytes each; SP_DNS_ANSWERS at most. */
EXPORT __u32 decoder_answer(const __u8 *bytes, __u32 length, __u8 *addresses_out)
{
	struct query query = { .rules = { { 1 } } };

	leased_count = 0;
	if (!load(bytes, length))
		return 0;
	query.name_hash = memory.hash;
	lease_answer(0, &query);
	__builtin_memcpy(addresses_out, leased, leased_count * sizeof(struct address));
	return leased_count;
}

/* ---- the name of a flow ---- */

static struct flow flow;
static struct talk talk;
static __u32 sent;

/* Begins a connection to an address that only a name's rule allows. */
EXPORT void decoder_connect(__u16 port)
{
	__builtin_memset(&flow, 0, sizeof(flow));
	__builtin_memset(&talk, 0, sizeof(talk));
	__builtin_memset(&settings, 0, sizeof(settings));
	settings.needs_name.word[0] = 1;
	flow.protocol = IPPROTO_TCP;
	flow.port = port;
	flow.verdict = SP_ALLOWED;
	flow.reason = SP_REASON_RULE;
	flow.candidates.word[0] = 1;
	flow.flags = SP_FLOW_JUDGED | SP_FLOW_WANT_NAME | SP_FLOW_NEED_NAME;
	sent = 0;
}

/* One segment, the next of its bytes: 1 when it leaves. */
EXPORT __u32 decoder_send(const __u8 *bytes, __u32 length)
{
	struct packet packet = { .protocol = IPPROTO_TCP, .length = length, .tcp_sequence = sent };

	if (flow.flags & SP_FLOW_DEAD)
		return 0;
	packet_bytes = bytes;
	packet_length = length;
	if (flow.flags & SP_FLOW_WANT_NAME && !name_flow(0, &packet, &flow, &talk, 0))
		return 0;
	sent += length;
	return 1;
}
