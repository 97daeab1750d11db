/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two options lead to sockets whose frames pass by tc egress, and are refused to the job: PACKET_QDISC_BYPASS of packet
 * sockets, and XDP_UMEM_REG, without which no AF_XDP socket sends (net/xdp/xsk.c: it needs CAP_NET_RAW alone). Another one
 * replaces a table of iptables as it was before nf_tables, of which no netlink group tells: told, like the changes of change.bpf.c.
 *
 * Why here: it is the only hook that every such socket passes on every kernel (cgroup/setsockopt, 5.3).
 */

#define SOL_PACKET 263
#define PACKET_QDISC_BYPASS 20
#define LARGEST_OPTION 4096 /* larger values are not copied for programs */

#define SOL_XDP 283
#define XDP_UMEM_REG 4

#define SOL_IP 0
#define SOL_IPV6 41
#define SET_REPLACE 64 /* IPT_SO_SET_REPLACE, IP6T_SO_SET_REPLACE */
#define REPLACE_BYTES 96 /* struct ipt_replace before its entries */
#define CAP_NET_ADMIN_BIT (1ULL << 12)

/* As the kernel will judge the call: a refused one changes nothing. The host's namespaces are the initial ones. */
static __always_inline bool may_administer(void)
{
	const struct cred *cred = BPF_CORE_READ(bpf_get_current_task_btf(), cred);
	__u64 effective = 0;

	bpf_probe_read_kernel(&effective, sizeof(effective), &cred->cap_effective);
	return effective & CAP_NET_ADMIN_BIT && !BPF_CORE_READ(cred, user_ns, level);
}

static __always_inline void tell_replaced_table(struct bpf_sockopt *ctx)
{
	void *replacement = ctx->optval;
	struct member who;
	struct work *work;
	int slot;

	if (settings.network && bpf_get_netns_cookie(ctx) != settings.network)
		return;
	if (!current_member(&who) || who.flags & SP_TASK_DAEMON || !may_administer() ||
	    replacement + REPLACE_BYTES > ctx->optval_end)
		return;
	slot = take_work();
	work = slot < 0 ? 0 : work_at(slot);
	if (!work) {
		lose(SP_LOSS_ALERT_RING);
		return;
	}
	__builtin_memcpy(work->message + sizeof(struct sp_machine_changed), replacement, REPLACE_BYTES);
	send_change(work, &who, ctx->level == SOL_IP ? SP_CHANGE_TABLE4 : SP_CHANGE_TABLE6, REPLACE_BYTES,
		    REPLACE_BYTES);
	give_back(slot);
}

/* Whether frames of the socket are to pass by the uplink's hook. */
static __always_inline bool passes_by(const struct bpf_sockopt *ctx)
{
	return (ctx->level == SOL_PACKET && ctx->optname == PACKET_QDISC_BYPASS) ||
	       (ctx->level == SOL_XDP && ctx->optname == XDP_UMEM_REG);
}

SEC("cgroup/setsockopt")
int on_setsockopt(struct bpf_sockopt *ctx)
{
	struct destination to = {};
	struct judgement result = {};
	struct member who;
	struct flow *flow;
	__u32 zero = 0;

	if ((ctx->level == SOL_IP || ctx->level == SOL_IPV6) && ctx->optname == SET_REPLACE)
		tell_replaced_table(ctx);
	if (!passes_by(ctx)) {
		if (ctx->optlen > LARGEST_OPTION)
			ctx->optlen = 0; /* let it pass as it is */
		return 1;
	}
	if (!current_member(&who))
		return 1;
	flow = bpf_map_lookup_elem(&nobody, &zero);
	if (!flow)
		return 0;
	flow->execution = who.execution;
	flow->step_policy = who.step_policy;
	flow->exe_policy = who.exe_policy;
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
