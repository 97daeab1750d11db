/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol of pools of miners (stratum): lines of JSON in the clear, `{"id":1,"method":"mining.subscribe",…}`, and the login of
 * Monero's pools, `{"method":"login","params":{"login":"…","pass":"x","agent":"…"}}`. Read a byte at a time, so that segments may be cut
 * anywhere. Nearly every flow begins with another byte than a brace, and is not looked at again.
 */
#pragma once

#include "guard.h"
#include "work.h"

#define SP_MINING_BYTES 1024 /* of a flow that are read */
#define SP_MINING_LOGIN 1
#define SP_MINING_PASS 2
#define SP_MINING_AGENT 4
#define SP_MINING_CERTAIN 8
#define SP_MINING_REFUSED 16 /* nothing more leaves: kept here, for other paths write the flow's own marks at the same time */
#define SP_MINING_MONERO (SP_MINING_LOGIN | SP_MINING_PASS | SP_MINING_AGENT)

struct mining {
	__u64 window; /* the last eight bytes, the latest is the lowest */
	__u32 seen; /* bytes */
	__u32 marks; /* SP_MINING_* */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct mining);
} minings SEC(".maps");

struct mining_walk {
	struct work *work;
	struct mining *mining;
	__u32 length;
	__u32 padding;
};

#define LAST8(a, b, c, d, e, f, g, h)                                                                            \
	((__u64)(a) << 56 | (__u64)(b) << 48 | (__u64)(c) << 40 | (__u64)(d) << 32 | (__u64)(e) << 24 |           \
	 (__u64)(f) << 16 | (__u64)(g) << 8 | (__u64)(h))
#define LOW7 0x00ffffffffffffffULL
#define LOW6 0x0000ffffffffffffULL

static long mining_byte(__u32 index, void *context)
{
	struct mining_walk *walk = context;
	struct mining *mining = walk->mining;
	__u64 window;

	if (index >= walk->length)
		return 1;
	window = mining->window << 8 | walk->work->message[index & (SP_MINING_BYTES - 1)];
	mining->window = window;
	if (window == LAST8('"', 'm', 'i', 'n', 'i', 'n', 'g', '.') || window == LAST8('m', 'i', 't', 'L', 'o', 'g', 'i', 'n'))
		mining->marks |= SP_MINING_CERTAIN;
	if ((window & LOW7) == LAST8(0, '"', 'l', 'o', 'g', 'i', 'n', '"'))
		mining->marks |= SP_MINING_LOGIN;
	if ((window & LOW6) == LAST8(0, 0, '"', 'p', 'a', 's', 's', '"'))
		mining->marks |= SP_MINING_PASS;
	if ((window & LOW7) == LAST8(0, '"', 'a', 'g', 'e', 'n', 't', '"'))
		mining->marks |= SP_MINING_AGENT;
	return 0;
}

static __noinline int tell_mining(struct __sk_buff *skb, struct flow *flow, __u32 blocked)
{
	struct sp_intrusion record = {};

	if (!flow)
		return 0;
	begin_record(&record.header, SP_INTRUSION, flow->process);
	record.cgroup = flow->cgroup;
	record.pid = flow->pid;
	record.execution = flow->execution;
	record.target = bpf_get_socket_cookie(skb);
	record.detail = flow->port;
	record.count = 1;
	record.call = SP_INTRUSION_MINING_SPOKEN;
	record.blocked = blocked;
	send_alert(&record.header, sizeof(record));
	return 0;
}

/* 0 = these bytes may not leave. */
static __always_inline int read_mining(struct __sk_buff *skb, struct bpf_sock *socket, const struct packet *packet, struct flow *flow)
{
	struct guard_modes *modes = the_guards();
	struct mining_walk walk = {};
	struct mining *mining;
	__u64 length = packet->length;
	__u8 first = 0;
	int slot;

	if (!modes || modes->mining == SP_GUARD_OFF) {
		flow->flags |= SP_FLOW_HEARD;
		return 1;
	}
	mining = bpf_sk_storage_get(&minings, socket, 0, 0);
	if (!mining) {
		if (bpf_skb_load_bytes(skb, packet->payload, &first, 1) || first != '{' || flow->reason == SP_REASON_LOOPBACK) {
			flow->flags |= SP_FLOW_HEARD;
			return 1;
		}
		mining = bpf_sk_storage_get(&minings, socket, 0, BPF_SK_STORAGE_GET_F_CREATE);
	} else if (mining->marks & SP_MINING_REFUSED) {
		return 0;
	}
	slot = take_work();
	if (!mining || slot < 0) {
		lose(SP_LOSS_SOCKET_STORAGE);
		if (slot >= 0)
			give_back(slot);
		return 1;
	}
	walk.work = work_at(slot);
	walk.mining = mining;
	if (length > SP_MINING_BYTES)
		length = SP_MINING_BYTES;
	length = load_length(length, SP_MINING_BYTES);
	if (walk.work && !bpf_skb_load_bytes(skb, packet->payload, walk.work->message, length)) {
		walk.length = length;
		bpf_loop(SP_MINING_BYTES, mining_byte, &walk, 0);
	}
	give_back(slot);
	mining->seen += length;
	if (!(mining->marks & SP_MINING_CERTAIN) && (mining->marks & SP_MINING_MONERO) != SP_MINING_MONERO) {
		if (mining->seen >= SP_MINING_BYTES)
			flow->flags |= SP_FLOW_HEARD;
		return 1;
	}
	if (modes->mining != SP_GUARD_BLOCK) {
		flow->flags |= SP_FLOW_HEARD;
		tell_mining(skb, flow, 0);
		return 1;
	}
	mining->marks |= SP_MINING_REFUSED;
	flow->flags |= SP_FLOW_DEAD;
	tell_mining(skb, flow, 1);
	return 0;
}
