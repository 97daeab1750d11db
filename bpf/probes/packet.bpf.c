/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The net behind the address hooks: every packet of a socket of the job, and what comes in on its datagram sockets.
 *
 * Why here: ping sockets, raw sockets, protocols without ports, sockets from before the job and packets that NAT sends
 * elsewhere pass no address hook; here the packet's own destination is compared with the verdict of its socket.
 * cgroup_skb since 4.10, socket storage in it since 5.2.
 * What it misses: AF_PACKET (uplink.bpf.c).
 */

/* To a server on this machine that would ask on for it: on loopback, or at an address of the machine (a bridge's dnsmasq). */
static __always_inline bool is_stub_question(const struct packet *packet, const struct flow *flow)
{
	struct address_key key = { .prefix = 128, .address = packet->to };
	__u32 *own;

	if (packet->port != 53)
		return false;
	/* Docker's embedded resolver answers inside a container; what it asks upstream is judged there. */
	if (is_loopback(&packet->to))
		return flow->network == settings.network;
	own = bpf_map_lookup_elem(&own_networks, &key);
	return own && *own == SP_OWN_ADDRESS;
}

static __always_inline struct inner_key inner_key_of(const struct flow *flow, const struct work *work)
{
	struct inner_key key = { .network = flow->network, .name_hash = work->hash };

	key.id = work->id;
	key.question_type = work->question_type;
	return key;
}

/* 127.0.0.11, after the NAT of its namespace: any port. */
static __always_inline bool is_embedded_resolver(const struct packet *packet, const struct flow *flow)
{
	return is_ip4(&packet->to) && packet->to.word[3] == bpf_htonl(0x7f00000b) && flow->network != settings.network;
}

/* A question to Docker's embedded resolver does not leave; when it is asked on, whose it is stands here. */
__global int note_inner_question(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow)
{
	struct inner_asker asker = {};
	struct work *work;
	int slot;

	if (!packet || !flow)
		return 0;
	slot = take_work();
	work = slot < 0 ? 0 : work_at(slot);
	if (!work)
		return 0;
	if (load_question(skb, slot, packet->payload, packet->length)) {
		struct inner_key key = inner_key_of(flow, work);

		asker.process = flow->process;
		asker.pid = flow->pid;
		asker.execution = flow->execution;
		asker.step_policy = flow->step_policy;
		asker.exe_policy = flow->exe_policy;
		bpf_map_update_elem(&inner_questions, &key, &asker, BPF_ANY);
	}
	give_back(slot);
	return 0;
}

/* The runtime's socket asks for the one who asked the runtime. */
__global int ask_for_other(__u32 slot, struct flow *flow)
{
	struct work *work = work_at(slot);
	struct inner_asker *asker;

	if (!work || !flow)
		return 0;

	struct inner_key key = inner_key_of(flow, work);

	asker = bpf_map_lookup_elem(&inner_questions, &key);
	if (!asker)
		return 0;
	flow->process = asker->process;
	flow->pid = asker->pid;
	flow->execution = asker->execution;
	flow->step_policy = asker->step_policy;
	flow->exe_policy = asker->exe_policy;
	return 0;
}

/* A question to a resolver. The uplink judges it where it has a program; here, elsewhere. */
__global int question_leaves(struct __sk_buff *skb, const struct packet *packet, struct flow *flow,
			       __u32 to_resolver)
{
	__u32 ifindex = skb->ifindex;
	struct asked asked = { .verdict = SP_REFUSED, .reason = SP_REASON_TABLE_FULL };
	__u64 cookie = bpf_get_socket_cookie(skb);
	int pass = 0;

	if (!packet || !flow)
		return 0;
	if (to_resolver && flow->network == settings.network && bpf_map_lookup_elem(&uplinks, &ifindex))
		return 1;

	int slot = take_work();
	struct work *work = slot < 0 ? 0 : work_at(slot);

	if (!work) {
		lose(SP_LOSS_QUERY_TABLE);
		return 0;
	}

	bool readable = load_question(skb, slot, packet->payload, packet->length);

	if (readable && flow->flags & SP_FLOW_FOR_OTHERS)
		ask_for_other(slot, flow);
	judge_question(slot, flow, readable, &asked);
	tell_question(slot, flow, packet, &asked, cookie);
	pass = asked.verdict != SP_REFUSED;

	bool answered = asked.reason != SP_REASON_QUESTION_COUNT && asked.reason != SP_REASON_DNS_MALFORMED;

	if (to_resolver && readable && flow->network != settings.network && (pass || answered)) {
		/* A container's question: the uplink knows it by this and leases its answer, or answers it. What ends here is not kept. */
		struct question_key key = { .name_hash = work->hash };
		struct question *question = (struct question *)work->message; /* no longer needed */

		key.resolver = packet->to;
		key.id = work->id;
		key.question_type = work->question_type;
		__builtin_memset(question, 0, sizeof(*question));
		question->rules = work->named;
		question->boot_ns = bpf_ktime_get_boot_ns();
		question->cookie = cookie;
		question->process = flow->process;
		question->refused = pass ? 0 : asked.answer;
		if (bpf_map_update_elem(&questions, &key, question, BPF_ANY) &&
		    (!drop_stale_questions() || bpf_map_update_elem(&questions, &key, question, BPF_ANY)))
			lose(SP_LOSS_QUERY_TABLE);
		else
			pass = 1;
	}
	give_back(slot);
	return pass;
}

/* Judges where the packet goes, keeps it on the socket, and tells what is new. */
__global int judge_packet(struct __sk_buff *skb, const struct packet *packet, struct flow *flow)
{
	struct destination to = {};
	struct judgement result = {};
	__u64 cookie = bpf_get_socket_cookie(skb);

	if (!packet || !flow)
		return 0;

	bool moved = packet->protocol == IPPROTO_TCP && flow->flags & SP_FLOW_JUDGED && flow->flags & SP_FLOW_ACTIVE;

	destination_of(packet, &to);
	judge(&to, flow, &result);
	if (packet->flags & (SP_PACKET_OPTIONS | SP_PACKET_FRAGMENT))
		decide_against(&result, packet->flags & SP_PACKET_OPTIONS ? SP_REASON_IP_OPTIONS : SP_REASON_FRAGMENT);
	else if (flow->flags & SP_FLOW_RAW && result.reason != SP_REASON_LOOPBACK &&
		 result.reason != SP_REASON_OWN_CONTAINER &&
		 (packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_UDP))
		decide_against(&result, SP_REASON_RAW_SOCKET);
	else if (packet->protocol == IPPROTO_TCP && !(flow->flags & (SP_FLOW_ACTIVE | SP_FLOW_INHERITED | SP_FLOW_RAW))) {
		/* It was called: the reply's own rule, not the list for calling. */
		if (result.reason == SP_REASON_UPLINK || may_answer(&packet->to, packet->source_port, IPPROTO_TCP))
			decide(&result, SP_ALLOWED, SP_REASON_REPLY, SP_NO_RULE);
		else if (result.reason != SP_REASON_DENIED)
			decide_against(&result, SP_REASON_INBOUND);
	} else if (packet->protocol == IPPROTO_UDP && result.verdict != SP_ALLOWED) {
		judge_reply(&to, cookie, &result);
	} else if (moved && result.verdict != SP_ALLOWED && flow->verdict == SP_ALLOWED) {
		result.reason = SP_REASON_REWRITTEN;
	} else {
		judge_beside(flow, &result);
	}
	if (moved) {
		/* The verdict of connect stays: this packet's is its own. */
		if (result.verdict != SP_ALLOWED && !(flow->flags & SP_FLOW_TOLD)) {
			flow->flags |= SP_FLOW_TOLD;
			tell_connection(flow, &to, &result, SP_HOOK_EGRESS, cookie);
		}
		return result.verdict != SP_REFUSED;
	}
	keep_judgement(flow, &to, &result);
	if (packet->protocol == IPPROTO_TCP)
		want_name(flow, &result);
	if (result.reason != SP_REASON_LOOPBACK && result.reason != SP_REASON_RESOLVER && result.reason != SP_REASON_REPLY)
		tell_connection(flow, &to, &result, SP_HOOK_EGRESS, cookie);
	return result.verdict != SP_REFUSED;
}

/* Of a socket of the job for which there is no place at all. */
static __always_inline struct flow *dead_flow(void)
{
	__u32 zero = 0;
	struct flow *flow = bpf_map_lookup_elem(&nobody, &zero);

	if (flow)
		flow->flags = SP_FLOW_DEAD;
	return flow;
}

/* A socket of a job's cgroup without a mark: the kernel made it by itself (MPTCP subflow, SMC). */
static __noinline struct flow *unmarked_flow(struct __sk_buff *skb, struct bpf_sock *socket)
{
	__u64 id = bpf_skb_cgroup_id(skb);
	struct cgroup_tag *group = bpf_map_lookup_elem(&cgroups, &id);
	struct flow as = { .flags = SP_FLOW_INHERITED };

	if (!socket || !group)
		return 0;
	as.cgroup = id;
	as.execution = group->execution;
	as.step_policy = policy_until_known();
	as.exe_policy = SP_NO_POLICY;
	as.network = group->container ? 0 : settings.network;
	return mark_socket(socket, &as, bpf_get_socket_cookie(skb)) ?: dead_flow();
}

#define TASK_EXITING 0x4 /* PF_EXITING */

/*
 * A socket from before the job, or that somebody outside handed to it (SCM_RIGHTS): the job's once the job sends on it. "Current"
 * may be any task here, for packets leave from interrupts too; so it counts only where it is the one who sends.
 */
static __noinline struct flow *handed_over_flow(struct __sk_buff *skb, struct bpf_sock *socket)
{
	struct member who;
	struct sock *sk;
	struct flow as;

	if (!socket || !current_member(&who) || who.flags & SP_TASK_DAEMON)
		return 0;
	/* One of the machine's that has ended: whether it was free is not known any more, and it sends the ends of its connections. */
	if (!who.process && bpf_get_current_task_btf()->flags & TASK_EXITING && !bpf_map_lookup_elem(&cgroups, &who.cgroup))
		return 0;
	sk = sock_of(socket);
	if (!is_of_a_program(sk) || !is_sent_by_current(sk))
		return 0;
	handed_flow(&as, &who, sk);
	return mark_socket(socket, &as, bpf_get_socket_cookie(skb)) ?: dead_flow();
}

/* The mark of the job's; null for everybody else's sockets. Not inlined: the stack of what judges is full. */
static __noinline struct flow *flow_of(struct __sk_buff *skb, struct bpf_sock *socket)
{
	struct flow *flow;

	if (!socket)
		return 0;
	flow = bpf_sk_storage_get(&flows, socket, 0, 0);
	if (flow)
		return flow;
	flow = flow_beside(bpf_get_socket_cookie(skb));
	if (flow)
		return flow;
	/* The kernel's own sockets of a namespace (neighbours, multicast) speak neither TCP nor UDP. */
	flow = socket->type == SOCK_RAW ? 0 : unmarked_flow(skb, socket);
	return flow ?: handed_over_flow(skb, socket);
}

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *skb)
{
	struct bpf_sock *socket = skb->sk;
	struct packet packet = {};
	struct flow *flow;

	if (!socket)
		return 1;
	socket = bpf_sk_fullsock(socket);
	if (!socket)
		return 1;
	flow = flow_of(skb, socket);
	if (!flow)
		return 1;
	if (flow->flags & SP_FLOW_DEAD)
		return 0;
	/* Too short for its protocol: a raw socket's, judged by its address alone. Without a version it has none that can be read. */
	if (read_packet(skb, &packet, 0) && !(flow->flags & SP_FLOW_RAW && packet.version))
		return 0;

	bool datagram = packet.protocol == IPPROTO_UDP || packet.protocol == IPPROTO_UDPLITE;

	if (datagram)
		flow->bytes_out += packet.length;
	if (!(flow->flags & SP_FLOW_JUDGED) || flow->port != packet.port || flow->protocol != packet.protocol ||
	    !same_address(&flow->address, &packet.to) || packet.flags) {
		if (!judge_packet(skb, &packet, flow))
			return 0;
	} else if (flow->verdict == SP_REFUSED) {
		return 0;
	}
	if (datagram && packet.port == 53) {
		__u32 to_resolver = flow->reason == SP_REASON_RESOLVER || bpf_map_lookup_elem(&resolvers, &packet.to);

		if (to_resolver || is_stub_question(&packet, flow))
			return !!question_leaves(skb, &packet, flow, to_resolver);
	}
	if (datagram && is_embedded_resolver(&packet, flow))
		note_inner_question(skb, &packet, flow);
	if (!(flow->flags & SP_FLOW_HEARD) && packet.protocol == IPPROTO_TCP && packet.length &&
	    !read_mining(skb, socket, &packet, flow))
		return 0;
	/* Names are looked for from the SYN on: bytes that leave out of order (TCP_REPAIR) are no beginning. */
	if (!(flow->flags & SP_FLOW_WANT_NAME) || packet.protocol != IPPROTO_TCP ||
	    (!packet.length && !(packet.tcp_flags & TCP_FLAG_SYN_BIT)))
		return 1;

	struct talk *talk = bpf_sk_storage_get(&talks, socket, 0, BPF_SK_STORAGE_GET_F_CREATE);
	int slot = take_work();
	int pass = !(flow->flags & SP_FLOW_NEED_NAME);

	if (!talk || slot < 0)
		lose(SP_LOSS_SOCKET_STORAGE);
	else
		pass = name_flow(skb, &packet, flow, talk, slot);
	if (slot >= 0)
		give_back(slot);
	if (!(flow->flags & SP_FLOW_WANT_NAME))
		bpf_sk_storage_delete(&talks, socket);
	return !!pass;
}

/* Who may be answered: peers that were heard from on this datagram socket. */
SEC("cgroup_skb/ingress")
int on_ingress(struct __sk_buff *skb)
{
	struct bpf_sock *socket = skb->sk;
	struct packet packet = {};
	struct flow *flow;

	if (!socket)
		return 1;
	socket = bpf_sk_fullsock(socket);
	if (!socket || socket->protocol == IPPROTO_TCP)
		return 1;
	flow = bpf_sk_storage_get(&flows, socket, 0, 0);
	if (!flow || read_packet(skb, &packet, 0))
		return 1;
	flow->bytes_in += packet.length;

	struct peer_key key = { .cookie = bpf_get_socket_cookie(skb), .address = packet.source };
	struct peer peer = { .boot_ns = bpf_ktime_get_boot_ns() };

	if (flow->flags & SP_FLOW_JUDGED && flow->port == packet.source_port && same_address(&flow->address, &packet.source))
		return 1; /* the answer of one that the job asked */
	if (is_loopback(&packet.source))
		return 1; /* needs no leave to be answered */
	key.port = packet.source_port;
	peer.may_call = may_answer(&packet.source, packet.port, IPPROTO_UDP);
	if (bpf_map_update_elem(&peers, &key, &peer, BPF_ANY) &&
	    (!drop_stale_peers() || bpf_map_update_elem(&peers, &key, &peer, BPF_ANY)))
		lose(SP_LOSS_PEER_TABLE);
	return 1;
}
