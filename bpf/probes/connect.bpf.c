/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict when a process says where it wants to go.
 *
 * Why here: the address is the kernel's copy (no race with another thread), io_uring, Fast Open and MPTCP pass here too,
 * and a refusal is an error that the caller sees at once (EPERM). connect4/6, sendmsg4/6 since 4.17, sock_create 4.10.
 * What they miss: ping sockets, raw sockets, AF_PACKET, sockets from before: packet.bpf.c and uplink.bpf.c.
 */

/* Marks a socket of the job at its birth. */
SEC("cgroup/sock_create")
int on_socket(struct bpf_sock *socket)
{
	struct member who;

	if (!current_member(&who))
		return 1;
	/* A container runtime that acts inside a container's namespace acts for that container. */
	__u64 network = bpf_get_netns_cookie(socket);

	if (who.flags & SP_TASK_DAEMON && !daemon_acts_for_job(network, &who))
		return 1;

	struct flow *flow = bpf_sk_storage_get(&flows, socket, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!flow) {
		lose(SP_LOSS_SOCKET_STORAGE);
		return 0;
	}
	own_flow(flow, &who);
	flow->network = network;
	flow->protocol = socket->protocol;
	if (socket->type == SOCK_RAW)
		flow->flags |= SP_FLOW_RAW;
	if (who.flags & SP_TASK_DAEMON && who.cgroup)
		flow->flags |= SP_FLOW_FOR_OTHERS;
	if (who.cgroup)
		note_network(network, who.cgroup);
	return 1;
}

/* Not inlined: the stack of what judges is full. */
static __noinline struct flow *mark_of_user(struct bpf_sock_addr *ctx, struct bpf_sock *socket, const struct member *who)
{
	struct flow as = {};

	own_flow(&as, who);
	as.network = bpf_get_netns_cookie(ctx);
	return mark_socket(socket, &as, bpf_get_socket_cookie(ctx));
}

/*
 * The flow of the socket in an address hook, or null for one that is not the job's. A socket that was made outside and
 * handed in is judged by who uses it now; one that was made by the job, by its maker.
 */
static __always_inline struct flow *flow_at(struct bpf_sock_addr *ctx, bool *refuse)
{
	struct bpf_sock *socket = ctx->sk;
	struct flow *flow;
	struct member who;

	*refuse = false;
	if (!socket)
		return 0;
	flow = bpf_sk_storage_get(&flows, socket, 0, 0);
	if (flow)
		return flow;
	flow = flow_beside(bpf_get_socket_cookie(ctx));
	if (flow)
		return flow;
	if (!current_member(&who))
		return 0;
	if (who.flags & SP_TASK_DAEMON && !daemon_acts_for_job(bpf_get_netns_cookie(ctx), &who))
		return 0;
	flow = mark_of_user(ctx, socket, &who);
	*refuse = !flow;
	return flow;
}

/* Where the agent answers in the namespace of the flow, host order; 0 where it does not. */
static __always_inline __u32 resolver_port(const struct flow *flow)
{
	__u64 network = flow->network;
	__u32 *port = bpf_map_lookup_elem(&resolver_ports, &network);

	return port ? *port : 0;
}

/* Leads a connection for a resolver to the agent's own, which judges names whatever the segments. Gives its port. */
__global int lead_to_agent(const struct flow *flow, const struct destination *to, __u64 cookie)
{
	struct redirect redirect = {};
	__u32 port;

	if (!flow || !to)
		return 0;
	port = resolver_port(flow);
	if (!port)
		return 0;
	if (to->port == 53)
		redirect.resolver = to->address;
	redirect.process = flow->process;
	redirect.cgroup = flow->cgroup;
	redirect.pid = flow->pid;
	redirect.execution = flow->execution;
	redirect.step_policy = flow->step_policy;
	redirect.exe_policy = flow->exe_policy;
	if (!bpf_map_update_elem(&redirects, &cookie, &redirect, BPF_ANY))
		return port;
	lose(SP_LOSS_REDIRECT_TABLE);
	return 0;
}

#define SP_RESOLVER_PRIORITY 0x53616c6c /* SO_PRIORITY of a run's listener: values above 6 need CAP_NET_ADMIN */

/*
 * Of nested runs the outer one's programs see a connection first, and lead it to their own resolver on loopback: known by
 * its priority, and by not being a socket of this job, whose own inner runs are judged when they ask further.
 */
static __noinline int is_led_by_outer_run(struct bpf_sock_addr *ctx, const struct destination *to,
					  const struct flow *flow)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *listener;
	__u32 size = sizeof(tuple.ipv4);
	int outer;

	if (!ctx || !to || !flow || !is_loopback(&to->address) || to->port == resolver_port(flow))
		return 0;
	if (is_ip4(&to->address)) {
		tuple.ipv4.daddr = to->address.word[3];
		tuple.ipv4.dport = ctx->user_port;
	} else {
		size = sizeof(tuple.ipv6);
		__builtin_memcpy(tuple.ipv6.daddr, to->address.word, 16);
		tuple.ipv6.dport = ctx->user_port;
	}
	listener = bpf_sk_lookup_tcp(ctx, &tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (!listener)
		return 0;
	outer = listener->priority == SP_RESOLVER_PRIORITY && !bpf_sk_storage_get(&flows, listener, 0, 0);
	bpf_sk_release(listener);
	return outer;
}

/* For a flow of the job: 0 refuses, 1 allows; another number is the port of the agent's resolver, to which the caller is led. */
__global int judge_call(const struct destination *asked, struct flow *flow, __u32 hook, __u64 cookie, __u32 led)
{
	struct judgement result = {};
	struct destination to;

	if (!asked || !flow)
		return 0;
	to = *asked;
	to.address = normalise(to.address);
	if (led || (hook == SP_HOOK_CONNECT && to.port == 53 && bpf_map_lookup_elem(&resolvers, &to.address))) {
		int port = lead_to_agent(flow, &to, cookie);

		if (port) {
			flow->flags |= SP_FLOW_ACTIVE;
			return port;
		}
	}

	judge(&to, flow, &result);
	if (led)
		decide_against(&result, SP_REASON_DNS_TCP);
	if (hook == SP_HOOK_SENDMSG && result.verdict != SP_ALLOWED)
		judge_reply(&to, cookie, &result);
	judge_beside(flow, &result);
	if (hook == SP_HOOK_CONNECT) {
		flow->flags |= SP_FLOW_ACTIVE;
		flow->flags &= ~(SP_FLOW_TOLD | SP_FLOW_DEAD | SP_FLOW_HEARD);
		keep_judgement(flow, &to, &result);
		want_name(flow, &result);
	} else if (result.verdict != SP_ALLOWED || result.reason == SP_REASON_RULE) {
		/* The packet hook sees the same datagram: one line for both. */
		if (flow->flags & SP_FLOW_JUDGED && flow->port == to.port && same_address(&flow->address, &to.address) &&
		    flow->verdict == result.verdict)
			return result.verdict != SP_REFUSED;
		keep_judgement(flow, &to, &result);
	}
	if (result.reason != SP_REASON_LOOPBACK && result.reason != SP_REASON_RESOLVER && result.reason != SP_REASON_REPLY)
		tell_connection(flow, &to, &result, hook, cookie);
	return result.verdict != SP_REFUSED;
}

/* A socket may be connected again, with other sequence numbers. */
static __always_inline void begin_talk(struct bpf_sock *socket)
{
	struct talk *talk = bpf_sk_storage_get(&talks, socket, 0, 0);

	if (talk)
		talk->started = 0;
}

static __always_inline int judge_address(struct bpf_sock_addr *ctx, struct address address, __u8 hook)
{
	struct destination to = { .address = address, .port = bpf_ntohs(ctx->user_port), .protocol = ctx->protocol };
	bool refuse;
	struct flow *flow = flow_at(ctx, &refuse);

	if (!flow)
		return !refuse;

	/*
	 * connect() on a datagram socket says where it might send; getaddrinfo does it to sort addresses and sends
	 * nothing. The first datagram is judged, in packet.bpf.c.
	 */
	if (hook == SP_HOOK_CONNECT && to.protocol != IPPROTO_TCP)
		return 1;
	if (hook == SP_HOOK_CONNECT)
		begin_talk(ctx->sk);
	return judge_call(&to, flow, hook, bpf_get_socket_cookie(ctx),
			  hook == SP_HOOK_CONNECT && is_led_by_outer_run(ctx, &to, flow));
}

#define SOL_SOCKET 1
#define SO_BINDTODEVICE 25

/* A socket that is bound to an uplink does not reach loopback. */
static __always_inline void unbind_device(struct bpf_sock_addr *ctx)
{
	char none[4] = {};

	if (ctx->sk && ctx->sk->bound_dev_if)
		bpf_setsockopt(ctx, SOL_SOCKET, SO_BINDTODEVICE, none, sizeof(none));
}

SEC("cgroup/connect4")
int on_connect4(struct bpf_sock_addr *ctx)
{
	__u32 verdict = judge_address(ctx, from_ip4(ctx->user_ip4), SP_HOOK_CONNECT);

	if (verdict <= 1)
		return verdict;
	unbind_device(ctx);
	ctx->user_ip4 = bpf_htonl(0x7f000001);
	ctx->user_port = bpf_htons(verdict);
	return 1;
}

SEC("cgroup/connect6")
int on_connect6(struct bpf_sock_addr *ctx)
{
	struct address address = { .word = { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] } };
	__u32 verdict = judge_address(ctx, address, SP_HOOK_CONNECT);

	if (verdict <= 1)
		return verdict;
	unbind_device(ctx);
	ctx->user_ip6[0] = 0;
	ctx->user_ip6[1] = 0;
	ctx->user_ip6[2] = is_ip4(&address) ? bpf_htonl(0xffff) : 0;
	ctx->user_ip6[3] = is_ip4(&address) ? bpf_htonl(0x7f000001) : bpf_htonl(1);
	ctx->user_port = bpf_htons(verdict);
	return 1;
}

SEC("cgroup/sendmsg4")
int on_sendmsg4(struct bpf_sock_addr *ctx)
{
	return !!judge_address(ctx, from_ip4(ctx->user_ip4), SP_HOOK_SENDMSG);
}

SEC("cgroup/sendmsg6")
int on_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct address address = { .word = { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] } };

	return !!judge_address(ctx, address, SP_HOOK_SENDMSG);
}

/* A connection that was led to the agent's resolver says that it reached the one it asked for. */
static __always_inline struct redirect *redirect_of(struct bpf_sock_addr *ctx)
{
	__u64 cookie = bpf_get_socket_cookie(ctx);
	struct redirect *redirect = bpf_map_lookup_elem(&redirects, &cookie);

	if (!redirect || !(redirect->resolver.word[0] | redirect->resolver.word[2] | redirect->resolver.word[3]))
		return 0;
	return redirect;
}

SEC("cgroup/getpeername4")
int on_getpeername4(struct bpf_sock_addr *ctx)
{
	struct redirect *redirect = redirect_of(ctx);

	if (redirect) {
		ctx->user_ip4 = redirect->resolver.word[3];
		ctx->user_port = bpf_htons(53);
	}
	return 1;
}

SEC("cgroup/getpeername6")
int on_getpeername6(struct bpf_sock_addr *ctx)
{
	struct redirect *redirect = redirect_of(ctx);

	if (redirect) {
		ctx->user_ip6[0] = redirect->resolver.word[0];
		ctx->user_ip6[1] = redirect->resolver.word[1];
		ctx->user_ip6[2] = redirect->resolver.word[2];
		ctx->user_ip6[3] = redirect->resolver.word[3];
		ctx->user_port = bpf_htons(53);
	}
	return 1;
}

/* Bytes of a TCP flow when it ends, and the end of a mark beside. inet_sock_set_state since 4.16. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *sk, int old_state, int new_state)
{
	struct sp_connection_closed record = {};
	struct flow *flow;

	if (new_state != TCP_CLOSE)
		return 0;
	flow = bpf_sk_storage_get(&flows, sk, 0, 0);
	if (!flow) {
		forget_beside(BPF_CORE_READ(sk, __sk_common.skc_cookie.counter));
		return 0;
	}
	if (old_state == TCP_LISTEN || old_state == TCP_SYN_SENT || flow->reason == SP_REASON_LOOPBACK ||
	    !(flow->flags & SP_FLOW_JUDGED))
		return 0;

	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	begin_record(&record.header, SP_CONNECTION_CLOSED, flow->process);
	record.cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	record.bytes_out = BPF_CORE_READ(tcp, bytes_acked);
	record.bytes_in = BPF_CORE_READ(tcp, bytes_received);
	send_event(&record.header, sizeof(record));
	return 0;
}

/* Bytes of a datagram socket when it is closed, and the end of a redirect and of a mark beside. Since 5.9. */
SEC("cgroup/sock_release")
int on_release(struct bpf_sock *socket)
{
	struct sp_connection_closed record = {};
	struct flow *flow = bpf_sk_storage_get(&flows, socket, 0, 0);
	__u64 cookie;

	/* What a connection has not sent yet, it sends when it is closed; its state tells of the end. One that never was has no end to tell. */
	if (!flow && socket->protocol == IPPROTO_TCP && socket->state != BPF_TCP_CLOSE)
		return 1;
	cookie = bpf_get_socket_cookie(socket);
	if (!flow)
		forget_beside(cookie);
	if (socket->protocol == IPPROTO_TCP) {
		bpf_map_delete_elem(&redirects, &cookie);
		return 1;
	}
	if (!flow || !(flow->flags & SP_FLOW_JUDGED))
		return 1;
	begin_record(&record.header, SP_CONNECTION_CLOSED, flow->process);
	record.cookie = cookie;
	record.bytes_out = flow->bytes_out;
	record.bytes_in = flow->bytes_in;
	send_event(&record.header, sizeof(record));
	return 1;
}
