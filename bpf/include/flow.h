/* SPDX-License-Identifier: GPL-2.0-only */
/* The mark on a socket: who made it, and what was decided about it. Attribution is never taken at packet time. */
#pragma once

#include "judge.h"

static __always_inline void own_flow(struct flow *flow, const struct member *who)
{
	flow->process = who->process;
	flow->cgroup = who->cgroup;
	flow->pid = who->pid;
	flow->uid = bpf_get_current_uid_gid();
	flow->execution = who->execution;
	flow->step_policy = who->step_policy;
	flow->exe_policy = who->exe_policy;
}

/* The mark of a socket. Without storage it stands beside, and what needs more than the mark is refused. */
static __always_inline struct flow *mark_socket(void *socket, const struct flow *as, __u64 cookie)
{
	struct flow *flow = bpf_sk_storage_get(&flows, socket, (void *)as, BPF_SK_STORAGE_GET_F_CREATE);

	if (flow)
		return flow;
	lose(SP_LOSS_SOCKET_STORAGE);
	bpf_map_update_elem(&flows_beside, &cookie, as, BPF_ANY);
	flow = bpf_map_lookup_elem(&flows_beside, &cookie);
	if (flow)
		flow->flags |= SP_FLOW_BESIDE;
	return flow;
}

static __always_inline struct flow *flow_beside(__u64 cookie)
{
	return bpf_map_lookup_elem(&flows_beside, &cookie);
}

static __always_inline void forget_beside(__u64 cookie)
{
	bpf_map_delete_elem(&flows_beside, &cookie);
}

/* What it says cannot be followed without its mark. */
static __always_inline void judge_beside(const struct flow *flow, struct judgement *result)
{
	if (flow->flags & SP_FLOW_BESIDE && result->reason == SP_REASON_RULE)
		decide_against(result, SP_REASON_TABLE_FULL);
}

/* ---- sockets that the job did not make ---- */

/* The kernel's own pointer, as a number that may be read through. */
static __always_inline struct sock *sock_of(struct bpf_sock *socket)
{
	struct bpf_sock *here = socket;
	struct sock *sk = 0;

	bpf_probe_read_kernel(&sk, sizeof(sk), &here);
	return sk;
}

#define GFP_IO_AND_FS 0xc0 /* __GFP_IO | __GFP_FS, in GFP_KERNEL */

/*
 * It has a file, and is none that the kernel took for its own use and sends on for whoever reads a file (NFS, NBD): those must
 * not wait for the disk while they ask for memory, and have no use for the task's own page.
 */
static __always_inline bool is_of_a_program(struct sock *sk)
{
	if (!BPF_CORE_READ(sk, sk_socket, file))
		return false;
	if ((BPF_CORE_READ(sk, sk_allocation) & GFP_IO_AND_FS) != GFP_IO_AND_FS)
		return false;
	return !bpf_core_field_exists(sk->sk_use_task_frag) || BPF_CORE_READ(sk, sk_use_task_frag);
}

/*
 * Of a socket that queues: while a task holds it, nothing but that task sends on it; an interrupt puts off what it has. Of any
 * other, what leaves is what the task sends; also where it sends into a tunnel that has a program's socket (L2TP), which is judged by
 * its outer address then.
 */
static __always_inline bool is_sent_by_current(struct sock *sk)
{
	__u16 type = BPF_CORE_READ(sk, sk_type);

	return type == SOCK_DGRAM || type == SOCK_RAW || BPF_CORE_READ(sk, sk_lock.owned);
}

static __always_inline void handed_flow(struct flow *flow, const struct member *who, struct sock *sk)
{
	__builtin_memset(flow, 0, sizeof(*flow));
	flow->process = who->process;
	flow->cgroup = who->cgroup;
	flow->pid = who->pid;
	/* Not bpf_get_current_uid_gid, which programs of packets do not have everywhere. */
	flow->uid = BPF_CORE_READ(bpf_get_current_task_btf(), cred, uid.val);
	flow->execution = who->execution;
	flow->step_policy = who->step_policy;
	flow->exe_policy = who->exe_policy;
	flow->network = BPF_CORE_READ(sk, __sk_common.skc_net.net, net_cookie);
	flow->flags = SP_FLOW_INHERITED;
	if (BPF_CORE_READ(sk, sk_type) == SOCK_RAW)
		flow->flags |= SP_FLOW_RAW;
}

/* For the uplink, which sees a container's packets without their socket. */
__global int remember_forwarded(const struct flow *flow, const struct destination *to, const struct judgement *result)
{
	struct forwarded_key key = {};
	struct forwarded by = {};

	if (!flow || !to || !result || flow->network == settings.network || result->reason == SP_REASON_LOOPBACK)
		return 0;
	key.address = to->address;
	key.port = to->port;
	key.protocol = to->protocol;
	by.process = flow->process;
	by.cgroup = flow->cgroup;
	by.network = flow->network;
	by.pid = flow->pid;
	by.execution = flow->execution;
	by.told = result->verdict != SP_ALLOWED;
	bpf_map_update_elem(&forwarded, &key, &by, BPF_ANY);
	return 0;
}

__global int keep_judgement(struct flow *flow, const struct destination *to, const struct judgement *result)
{
	if (!flow || !to || !result)
		return 0;
	flow->address = to->address;
	flow->port = to->port;
	flow->protocol = to->protocol;
	flow->verdict = result->verdict;
	flow->reason = result->reason;
	flow->rule = result->rule;
	flow->candidates = result->candidates;
	flow->flags |= SP_FLOW_JUDGED;
	return remember_forwarded(flow, to, result);
}

static __always_inline bool same_address(const struct address *one, const struct address *other)
{
	return one->word[0] == other->word[0] && one->word[1] == other->word[1] && one->word[2] == other->word[2] &&
	       one->word[3] == other->word[3];
}

/* Looks for the flow's name: needed where only host rules allow it, else for the report and for deny rules. */
__global int want_name(struct flow *flow, const struct judgement *result)
{
	if (!flow || !result)
		return 0;
	flow->flags &= ~(SP_FLOW_WANT_NAME | SP_FLOW_NEED_NAME);
	if (flow->protocol != IPPROTO_TCP || result->reason == SP_REASON_LOOPBACK ||
	    result->reason == SP_REASON_OWN_CONTAINER || result->reason == SP_REASON_RESOLVER)
		return 0;
	flow->flags |= SP_FLOW_WANT_NAME;
	if (must_name(result))
		flow->flags |= SP_FLOW_NEED_NAME;
	return 0;
}

/* ---- being called ---- */

/* Peers whose call may be answered on this local port: loopback, the job's own containers, `inbound:` of the policy. */
__global int may_answer(const struct address *peer, __u32 local_port, __u32 protocol)
{
	struct port_key port = { .prefix = 32, .protocol = protocol, .port = bpf_htons(local_port) };
	struct rule_set *open;
	struct rule_set *from;
	__u64 any = 0;

	if (!peer)
		return 0;
	if (is_loopback(peer) || in_networks(&own_networks, peer))
		return 1;

	struct address_key key = { .prefix = 128, .address = *peer };

	from = bpf_map_lookup_elem(&addresses, &key);
	open = bpf_map_lookup_elem(&ports, &port);
	if (!from || !open)
		return 0;
#pragma unroll
	for (int i = 0; i < SP_RULE_WORDS; i++)
		any |= from->word[i] & open->word[i] & settings.inbound.word[i];
	return any != 0;
}

/* A datagram to one who was heard from on this socket is a reply: the set of those who may call decides, not the list. */
__global int judge_reply(const struct destination *to, __u64 cookie, struct judgement *result)
{
	struct peer_key key = { .cookie = cookie };
	struct peer *peer;

	if (!to || !result)
		return 0;
	key.address = to->address;
	key.port = to->port;
	peer = bpf_map_lookup_elem(&peers, &key);
	if (!peer || result->reason == SP_REASON_DENIED || bpf_ktime_get_boot_ns() - peer->boot_ns > SP_UDP_REPLY_NS)
		return 0;
	if (peer->may_call)
		decide(result, SP_ALLOWED, SP_REASON_REPLY, SP_NO_RULE);
	else
		decide_against(result, SP_REASON_INBOUND);
	return 0;
}
