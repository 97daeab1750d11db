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

/* For the uplink, which sees a container's packets without their socket. */
static __always_inline void remember_forwarded(const struct flow *flow, const struct destination *to,
					       const struct judgement *result)
{
	struct settings *set = the_settings();
	struct forwarded_key key = { .address = to->address, .port = to->port, .protocol = to->protocol };
	struct forwarded by = {};

	if (!set || flow->network == set->network || result->reason == SP_REASON_LOOPBACK)
		return;
	by.process = flow->process;
	by.cgroup = flow->cgroup;
	by.network = flow->network;
	by.pid = flow->pid;
	by.execution = flow->execution;
	by.told = result->verdict != SP_ALLOWED;
	bpf_map_update_elem(&forwarded, &key, &by, BPF_ANY);
}

static __always_inline void keep_judgement(struct flow *flow, const struct destination *to,
					   const struct judgement *result)
{
	flow->address = to->address;
	flow->port = to->port;
	flow->protocol = to->protocol;
	flow->verdict = result->verdict;
	flow->reason = result->reason;
	flow->rule = result->rule;
	flow->candidates = result->candidates;
	flow->flags |= SP_FLOW_JUDGED;
	remember_forwarded(flow, to, result);
}

static __always_inline bool same_address(const struct address *one, const struct address *other)
{
	return one->word[0] == other->word[0] && one->word[1] == other->word[1] && one->word[2] == other->word[2] &&
	       one->word[3] == other->word[3];
}

/* Looks for the flow's name: needed where only host rules allow it, else for the report and for deny rules. */
static __always_inline void want_name(struct flow *flow, const struct judgement *result)
{
	struct settings *set = the_settings();

	flow->flags &= ~(SP_FLOW_WANT_NAME | SP_FLOW_NEED_NAME);
	if (flow->protocol != IPPROTO_TCP || result->reason == SP_REASON_LOOPBACK ||
	    result->reason == SP_REASON_OWN_CONTAINER || result->reason == SP_REASON_RESOLVER)
		return;
	flow->flags |= SP_FLOW_WANT_NAME;
	if (set && must_name(result, set))
		flow->flags |= SP_FLOW_NEED_NAME;
}
