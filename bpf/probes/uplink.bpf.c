/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last word: tc egress on every device that leaves the machine, for the final destination, after NAT, tunnels and
 * routing; and DNS, whose questions leave and whose answers arrive here.
 *
 * Why here: AF_PACKET passes every cgroup hook, DNAT on the forwarding hop and a tunnel's outer header change the address
 * after connect, and a resolver is (namespace, device, address): only here all three are known. A refused question is
 * turned into its own answer (NXDOMAIN), so no client waits. TCX links since 6.6, clsact filters before.
 * What it misses, PACKET_QDISC_BYPASS and AF_XDP, sockopt.bpf.c refuses.
 */

/* Working memory: tc egress runs with bottom halves off, so nobody interrupts it on its CPU. */
struct leaving {
	struct packet packet;
	struct destination to;
	struct judgement result;
	struct member who;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct leaving);
} leavings SEC(".maps");

/* Stands for a container of the job whose packet has no socket any more: who that is, its destination may tell. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct flow);
} nobody SEC(".maps");

/* Who sent a forwarded packet, as far as its destination tells: the container's socket that was last judged for it. */
static __always_inline struct forwarded *sender_of(const struct destination *to, struct flow *flow)
{
	struct forwarded_key key = { .address = to->address, .port = to->port, .protocol = to->protocol };
	struct forwarded *by = bpf_map_lookup_elem(&forwarded, &key);

	if (by) {
		flow->process = by->process;
		flow->pid = by->pid;
		flow->cgroup = by->cgroup;
		flow->network = by->network;
		flow->execution = by->execution;
	}
	return by;
}

/*
 * By a port of a bridge that was there before the job, to that bridge's network: what is there was judged when it was sent. To
 * anywhere else, the container behind the port would be made a router for the job.
 */
static __always_inline bool stays_in_port_network(__u32 device, const struct destination *to)
{
	return device == SP_DEVICE_PORT && in_networks(&port_networks, &to->address);
}

/* Looked up, and not a program for each: what the verifier walks is most of the agent's start. */
static __always_inline __u32 device_of(struct __sk_buff *skb)
{
	__u32 index = skb->ifindex;
	__u32 *kind = bpf_map_lookup_elem(&uplinks, &index);

	return kind ? *kind : SP_DEVICE_UPLINK;
}

/* Bytes of the link header. */
static __always_inline __u32 network_of(__u32 device)
{
	return device == SP_DEVICE_RAW ? 0 : 14;
}

/*
 * What its socket was told holds here too. Not for a reply to what counts as the job's own network: that one does not leave by here,
 * and root may have given its address to a bridge.
 */
static __always_inline bool was_judged_for_uplink(const struct flow *flow, const struct destination *to)
{
	if (flow->verdict != SP_ALLOWED)
		return flow->verdict == SP_OBSERVED;
	return flow->reason == SP_REASON_RULE || (flow->reason == SP_REASON_REPLY && !in_networks(&own_networks, &to->address));
}

static __always_inline int leaves(struct __sk_buff *skb, __u32 device, const bool is_loopback)
{
	struct bpf_sock *socket = skb->sk;
	struct flow *flow = 0;
	struct forwarded *by = 0;
	__u32 zero = 0;
	struct leaving *leaving = bpf_map_lookup_elem(&leavings, &zero);
	bool sent_raw = false;
	bool forwarded = false;
	bool crafted = false;
	__u16 type = bpf_ntohs(skb->protocol);

	if (!leaving)
		return DROP;

	struct packet *packet = &leaving->packet;
	struct destination *to = &leaving->to;
	struct judgement *result = &leaving->result;
	struct member *who = &leaving->who;

	if (socket) {
		if (socket->family == AF_PACKET) {
			/* The one place where "current" is the sender: packet sockets transmit in their caller. */
			if (!current_member(who))
				return PASS;
			sent_raw = true;
		} else {
			socket = bpf_sk_fullsock(socket);
			if (socket)
				flow = bpf_sk_storage_get(&flows, socket, 0, 0) ?: flow_beside(bpf_get_socket_cookie(skb));
		}
	}
	if (is_loopback && sent_raw)
		return PASS;
	if (type != ETH_P_IP && type != ETH_P_IPV6 && !sent_raw)
		return PASS;
	if (read_packet(skb, packet, network_of(device))) {
		bool by_hand = sent_raw || (flow && flow->flags & SP_FLOW_RAW);

		if (!by_hand && (flow || is_loopback || !is_of_job(skb)))
			return flow && !is_loopback ? DROP : PASS;
		if (sent_raw)
			packet->protocol = 0;
	}
	destination_of(packet, to);
	to->uplink = 1;

	/* Of a datagram written by hand its socket's verdict holds, which is about the datagram. */
	if (!sent_raw && !(flow && flow->flags & SP_FLOW_RAW) && packet->protocol == IPPROTO_UDP && packet->port == 53 &&
	    !(packet->flags & SP_PACKET_LATER) && bpf_map_lookup_elem(&resolvers, &packet->to)) {
		int slot = take_work();
		int answer;

		if (slot < 0) {
			lose(SP_LOSS_QUERY_TABLE);
			return flow || is_of_job(skb) ? DROP : PASS;
		}
		answer = flow ? own_question(skb, packet, flow, slot) : forwarded_question(skb, packet, slot);
		give_back(slot);
		if (!answer)
			return PASS;
		if (answer != QUESTION_CRAFTED)
			return answer == 3 ? DROP : answer_in_place(skb, packet, device, answer);
		crafted = true;
	}
	if (is_loopback) {
		if (crafted)
			return DROP;
		stub_answers(skb, packet);
		return PASS;
	}

	if (!flow) {
		if (!sent_raw && !is_of_job(skb))
			return PASS;
		flow = bpf_map_lookup_elem(&nobody, &zero);
		if (!flow)
			return DROP;
		flow->process = sent_raw ? who->process : 0;
		flow->pid = sent_raw ? who->pid : 0;
		flow->cgroup = sent_raw ? who->cgroup : 0;
		flow->network = 0;
		flow->execution = sent_raw ? who->execution : 0;
		flow->step_policy = sent_raw ? who->step_policy : policy_until_known();
		flow->exe_policy = sent_raw ? who->exe_policy : SP_NO_POLICY;
		forwarded = !sent_raw;
		if (forwarded)
			by = sender_of(to, flow);
	} else if (flow->flags & SP_FLOW_JUDGED && flow->port == to->port && same_address(&flow->address, &to->address) &&
		   was_judged_for_uplink(flow, to)) {
		return PASS;
	}
	/* Of a socket's packet the whole was judged before it was cut. */
	if (packet->flags & SP_PACKET_LATER && !sent_raw && (!forwarded || first_has_left(skb, packet)))
		return PASS;
	if (!(packet->flags & SP_PACKET_OPTIONS) && stays_in_port_network(device, to))
		return PASS;
	judge(to, flow, result);
	if (sent_raw || crafted) {
		if (result->verdict == SP_ALLOWED)
			decide_against(result, SP_REASON_PACKET_SOCKET);
		result->reason = SP_REASON_PACKET_SOCKET;
	} else if (packet->flags & SP_PACKET_OPTIONS && result->reason != SP_REASON_DENIED) {
		/* Its destination is but the next hop of a source route. */
		decide_against(result, SP_REASON_IP_OPTIONS);
	} else if (result->verdict != SP_ALLOWED && flow->flags & SP_FLOW_JUDGED) {
		result->reason = SP_REASON_REWRITTEN;
	}
	if (forwarded && packet->flags & SP_PACKET_FRAGMENT && result->verdict != SP_REFUSED)
		remember_fragments(skb, packet);
	if (result->verdict == SP_ALLOWED)
		return PASS;
	if (by ? !by->told : sent_raw || !(flow->flags & SP_FLOW_TOLD)) {
		if (by)
			by->told = 1;
		else if (socket && !sent_raw)
			flow->flags |= SP_FLOW_TOLD;
		tell_connection(flow, to, result, SP_HOOK_UPLINK, sent_raw ? 0 : bpf_get_socket_cookie(skb));
	}
	if (result->verdict != SP_REFUSED)
		return PASS;
	return forwarded ? reset_in_place(skb, packet, device) : DROP;
}

SEC("tc")
int on_uplink_egress(struct __sk_buff *skb)
{
	return leaves(skb, device_of(skb), false);
}

SEC("tc")
int on_loopback_egress(struct __sk_buff *skb)
{
	return leaves(skb, SP_DEVICE_LOOPBACK, true);
}

SEC("tc")
int on_uplink_ingress(struct __sk_buff *skb)
{
	struct packet packet = {};
	__u16 type = bpf_ntohs(skb->protocol);

	if ((type == ETH_P_IP || type == ETH_P_IPV6) && !read_packet(skb, &packet, network_of(device_of(skb))))
		answer_for_query(skb, &packet);
	return PASS;
}

/* Host's end of the veth of a container of the job. */
SEC("tc")
int on_container_ingress(struct __sk_buff *skb)
{
	__u32 before = (skb->mark & SP_MARK_BITS) >> SP_MARK_SHIFT;
	__u32 mark = own_mark();

	if (before && before != mark)
		mark = SP_MARK_SEVERAL;
	skb->mark = (skb->mark & ~SP_MARK_BITS) | mark << SP_MARK_SHIFT;
	return PASS;
}
