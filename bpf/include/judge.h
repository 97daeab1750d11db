/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict: rules(address) & rules(protocol, port) & rules(policy of the step and executable), in that order.
 * A rule that refuses (deny) wins, in audit mode too.
 */
#pragma once

#include "address.h"
#include "rules.h"
#include "task.h"

/* ---- policy of a member ---- */

static __always_inline struct policy *policy_at(__u32 index)
{
	return bpf_map_lookup_elem(&policies, &index);
}

/*
 * The policies that apply to (step, executable): a match replaces the top level, two matches intersect. False when
 * they cannot be read, which is a refusal.
 */
static __always_inline bool policies_of(const struct flow *by, struct policy **first, struct policy **second)
{
	bool by_executable = by->exe_policy && by->exe_policy != SP_NO_POLICY;
	__u32 step = by->step_policy;

	if (by->execution) {
		__u32 execution = by->execution;
		__u32 *known = bpf_map_lookup_elem(&executions, &execution);

		if (known && *known)
			step = *known - 1;
	}
	*second = 0;
	*first = policy_at(!step && by_executable ? by->exe_policy : step);
	if (step && by_executable) {
		*second = policy_at(by->exe_policy);
		if (!*second)
			return false;
	}
	return *first;
}

/*
 * The mode that applies. One that a step or an executable has of its own counts, block first; one that inherits takes the
 * other's; where all inherit, the top level's.
 */
static __always_inline bool blocks(const struct policy *first, const struct policy *second)
{
	__u32 one = first->block;
	__u32 other = second ? second->block : SP_MODE_INHERIT;

	if (one == SP_MODE_BLOCK || other == SP_MODE_BLOCK)
		return true;
	if (one == SP_MODE_AUDIT || other == SP_MODE_AUDIT)
		return false;

	struct policy *top = policy_at(0);

	return !top || top->block != SP_MODE_AUDIT;
}

/* ---- the judgement of a destination ---- */

struct destination {
	struct address address;
	__u16 port; /* host order */
	__u8 protocol;
	__u8 uplink; /* the last word: nothing is local any more */
};

struct judgement {
	struct rule_set candidates; /* rules that allow it for this member */
	__u16 rule;
	__u8 verdict;
	__u8 reason;
	__u8 block; /* the mode that applied */
	__u8 helper; /* the destination is a daemon of this machine that was there before the job */
	__u8 padding[2];
};

static __always_inline void decide(struct judgement *result, __u8 verdict, __u8 reason, __u16 rule)
{
	result->verdict = verdict;
	result->reason = reason;
	result->rule = rule;
}

/* A refusal in block mode, an observation in audit mode. */
static __always_inline void decide_against(struct judgement *result, __u8 reason)
{
	decide(result, result->block ? SP_REFUSED : SP_OBSERVED, reason, SP_NO_RULE);
}

/*
 * The parts of `judge`: each is verified on its own, so that the verifier does not walk every way through one of them for
 * every way through those before it.
 */

/* Rules that apply to the member, as candidates, and the mode; 0 when they cannot be read. */
__global int begin_judgement(const struct flow *by, struct judgement *result)
{
	struct policy *first;
	struct policy *second;

	if (!by || !result)
		return 0;
	__builtin_memset(result, 0, sizeof(*result));
	result->rule = SP_NO_RULE;
	result->block = 1;
	if (!policies_of(by, &first, &second))
		return 0;
	result->candidates = first->allow;
	if (second)
		narrow(&result->candidates, &second->allow);
	result->block = blocks(first, second);
	return 1;
}

/* Adds the rules that stand for the address: by an answer, or by an address rule. */
__global int add_rules_of(const struct address *to, struct rule_set *hit, __u32 has_addresses)
{
	struct address_key key = { .prefix = 128 }; /* a key must stand on the stack or in a map before 6.4 */
	const struct rule_set *found;

	if (!to || !hit)
		return 0;
	key.address = *to;
	found = bpf_map_lookup_elem(&leases, &key.address);
	if (found)
		*hit = *found;
	if (!has_addresses)
		return 0;
	found = bpf_map_lookup_elem(&addresses, &key);
	if (found)
#pragma unroll
		for (int i = 0; i < SP_RULE_WORDS; i++)
			hit->word[i] |= found->word[i];
	return 0;
}

/* At a port of the machine's own: somebody outside the job listens there since before the job (HARDENING rule 6). */
static __always_inline bool is_helper(const struct destination *to)
{
	__u32 port = to->port;

	return to->protocol == IPPROTO_TCP && bpf_map_lookup_elem(&foreign_ports, &port);
}

/* What needs no rule: 1 when it has decided. */
__global int judge_place(const struct destination *to, const struct flow *by, struct judgement *result)
{
	struct address address;

	if (!to || !by || !result)
		return 0;
	address = to->address;
	if (!to->uplink) {
		bool local = is_loopback(&address);
		struct address_key key = { .prefix = 128, .address = address };
		__u32 *own = local ? 0 : bpf_map_lookup_elem(&own_networks, &key);

		/* Loopback is another one in each namespace. */
		if ((local ? by->network == settings.network : own && *own == SP_OWN_ADDRESS) && is_helper(to)) {
			result->helper = 1;
			return 0;
		}
		if (local || own) {
			decide(result, SP_ALLOWED, local ? SP_REASON_LOOPBACK : SP_REASON_OWN_CONTAINER, SP_NO_RULE);
			return 1;
		}
	}
	if (!to->uplink && by->network != settings.network && is_inward(&address)) {
		__u64 network = by->network;

		/* Bridges inside of a container (kind, docker in docker) are no egress; what leaves is judged outside. */
		if (bpf_map_lookup_elem(&networks, &network)) {
			decide(result, SP_ALLOWED, SP_REASON_UPLINK, SP_NO_RULE);
			return 1;
		}
	}
	if (to->port == 53 && to->protocol == IPPROTO_UDP && bpf_map_lookup_elem(&resolvers, &address)) {
		decide(result, SP_ALLOWED, SP_REASON_RESOLVER, SP_NO_RULE);
		return 1;
	}
	return 0;
}

/* All sets are walked once, word by word. `hit` holds the rules of the address, the candidates those of the member. */
__global int match_rules(const struct destination *to, const struct rule_set *hit, struct judgement *result)
{
	struct port_key key = { .prefix = 32 };
	const struct rule_set *open;
	__u64 known = 0;
	__u64 refused = 0;
	__u64 allowed = 0;

	if (!to || !hit || !result)
		return 0;
	key.protocol = to->protocol;
	key.port = bpf_htons(to->port);
	open = bpf_map_lookup_elem(&ports, &key) ?: (void *)&no_rules;
#pragma unroll
	for (int i = 0; i < SP_RULE_WORDS; i++) {
		__u64 mine = hit->word[i] & result->candidates.word[i];

		known |= mine;
		refused |= hit->word[i] & (settings.deny_any.word[i] | (open->word[i] & settings.deny.word[i]));
		result->candidates.word[i] = mine & open->word[i];
		allowed |= result->candidates.word[i];
	}
	if (refused) {
#pragma unroll
		for (int i = 0; i < SP_RULE_WORDS; i++)
			result->candidates.word[i] =
				hit->word[i] & (settings.deny_any.word[i] | (open->word[i] & settings.deny.word[i]));
		decide(result, SP_REFUSED, SP_REASON_DENIED, first_rule(&result->candidates));
	} else if (allowed) {
		decide(result, SP_ALLOWED, SP_REASON_RULE, first_rule(&result->candidates));
	} else if (known) {
		decide_against(result, SP_REASON_PORT);
	} else if (to->protocol != IPPROTO_TCP && to->protocol != IPPROTO_UDP) {
		decide_against(result, SP_REASON_PROTOCOL);
	} else {
		decide_against(result, SP_REASON_NO_RULE);
	}
	return 0;
}

/*
 * Nothing allows it. An answer may have given the address for a name that is allowed on this port, and leased nothing. What
 * the member may do is read again, for the candidates are used up; this is the way of refusals alone.
 */
__global int tell_why_no_rule(const struct destination *to, const struct flow *by, struct judgement *result)
{
	struct port_key key = { .prefix = 32 };
	const struct rule_set *named;
	const struct rule_set *open;
	struct address address;
	__u64 any = 0;

	if (!to || !by || !result)
		return 0;
	address = to->address;
	key.protocol = to->protocol;
	key.port = bpf_htons(to->port);
	named = bpf_map_lookup_elem(&unleased, &address);
	open = bpf_map_lookup_elem(&ports, &key);
	if (named && open && begin_judgement(by, result)) {
#pragma unroll
		for (int i = 0; i < SP_RULE_WORDS; i++)
			any |= named->word[i] & open->word[i] & result->candidates.word[i];
		__builtin_memset(&result->candidates, 0, sizeof(result->candidates));
	}
	decide_against(result, any ? SP_REASON_NO_LEASE :
			       to->protocol == IPPROTO_TCP && to->port == 53 ? SP_REASON_DNS_TCP : SP_REASON_NO_RULE);
	return 0;
}

/* SP_HEARTBEAT_NS without a look of the agent: stopped, frozen or starved. */
static __always_inline bool is_agent_lost(void)
{
	__u32 zero = 0;
	__u64 *last = bpf_map_lookup_elem(&heartbeat, &zero);

	return !last || bpf_ktime_get_boot_ns() > *last + SP_HEARTBEAT_NS;
}

__global int judge(const struct destination *to, const struct flow *by, struct judgement *result)
{
	struct rule_set hit = {};

	if (!to || !by || !result)
		return 0;
	if (!begin_judgement(by, result)) {
		decide(result, SP_REFUSED, SP_REASON_TABLE_FULL, SP_NO_RULE);
		return 0;
	}
	if (judge_place(to, by, result)) {
		__builtin_memset(&result->candidates, 0, sizeof(result->candidates));
		return 0;
	}
	if (settings.denies_when_lost && is_agent_lost()) {
		__builtin_memset(&result->candidates, 0, sizeof(result->candidates));
		decide_against(result, SP_REASON_AGENT_LOST);
		return 0;
	}
	add_rules_of(&to->address, &hit, settings.has_addresses);
	match_rules(to, &hit, result);
	if (result->helper && result->verdict != SP_ALLOWED && result->reason != SP_REASON_DENIED)
		decide_against(result, SP_REASON_HELPER);
	else if (result->reason == SP_REASON_NO_RULE)
		tell_why_no_rule(to, by, result);
	return 0;
}

/* Every rule that allows the flow belongs to a host that is to be named by the flow itself. */
static __always_inline bool must_name(const struct judgement *result)
{
	__u64 free = 0;

#pragma unroll
	for (int i = 0; i < SP_RULE_WORDS; i++)
		free |= result->candidates.word[i] & ~settings.needs_name.word[i];
	return result->reason == SP_REASON_RULE && !free;
}

/* ---- telling ---- */

__global int tell_connection(const struct flow *flow, const struct destination *to,
			   const struct judgement *result, __u8 hook, __u64 cookie)
{
	struct sp_connection record = {};

	if (!flow || !to || !result)
		return 0;

	begin_record(&record.header, SP_CONNECTION, flow->process);
	record.cookie = cookie;
	record.network = flow->network;
	record.cgroup = flow->cgroup;
	__builtin_memcpy(record.address, &to->address, 16);
	record.port = to->port;
	record.protocol = to->protocol;
	record.verdict = result->verdict;
	record.reason = result->reason;
	record.hook = hook;
	record.rule = result->rule;
	record.pid = flow->pid;
	record.execution = flow->execution;
	record.uid = flow->uid;
	record.count = 1;
	if (result->verdict == SP_ALLOWED)
		send_event(&record.header, sizeof(record));
	else
		send_alert(&record.header, sizeof(record));
	return 0;
}
