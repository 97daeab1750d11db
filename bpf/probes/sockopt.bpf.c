/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One option of packet sockets, PACKET_QDISC_BYPASS, sends frames past tc egress: refused to the job.
 *
 * Why here: it is the only hook that every packet socket passes on every kernel (cgroup/setsockopt, 5.3).
 */

#define SOL_PACKET 263
#define PACKET_QDISC_BYPASS 20
#define LARGEST_OPTION 4096 /* larger values are not copied for programs */

SEC("cgroup/setsockopt")
int on_setsockopt(struct bpf_sockopt *ctx)
{
	struct destination to = {};
	struct judgement result = {};
	struct member who;
	struct flow *flow;
	__u32 zero = 0;

	if (ctx->level != SOL_PACKET || ctx->optname != PACKET_QDISC_BYPASS) {
		if (ctx->optlen > LARGEST_OPTION)
			ctx->optlen = 0; /* let it pass as it is */
		return 1;
	}
	if (!current_member(&who))
		return 1;
	flow = bpf_map_lookup_elem(&nobody, &zero);
	if (!flow)
		return 0;
	judge(&to, flow, &result);
	result.reason = SP_REASON_QUEUE_BYPASS;
	result.rule = SP_NO_RULE;
	result.verdict = result.block ? SP_REFUSED : SP_OBSERVED;
	flow->process = who.process;
	flow->pid = who.pid;
	flow->cgroup = who.cgroup;
	tell_connection(flow, &to, &result, SP_HOOK_SOCKOPT, 0);
	return result.verdict != SP_REFUSED;
}
