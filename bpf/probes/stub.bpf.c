/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a resolver on this machine's loopback answers (systemd-resolved, dnsmasq). Loaded only where there is one.
 *
 * Why here: an answer gives leases where it leaves the one who gives it, at tc egress of loopback. Where it arrives nothing
 * tells any more who sent it: a raw socket, a frame, or a server of the job's that has bound to the same address and is given
 * the question instead. The stub is a socket that had port 53 before the job; whatever is bound there later, also by a daemon
 * that the job has restarted, is another one and leases nothing (HARDENING rule 2). post_bind4/6 since 4.17.
 * What it misses: a stub that is told, while the job runs, to ask another server.
 */

/* K. Sockets that were bound to port 53 after the start. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, __u32);
} late_servers SEC(".maps");

/* One that cannot be marked would pass for the stub: it does not get the port. */
static __always_inline int note_server(struct bpf_sock *socket)
{
	if (socket->src_port != 53 || bpf_sk_storage_get(&late_servers, socket, 0, BPF_SK_STORAGE_GET_F_CREATE))
		return 1;
	lose(SP_LOSS_SOCKET_STORAGE);
	return 0;
}

SEC("cgroup/post_bind4")
int on_bind4(struct bpf_sock *socket)
{
	return note_server(socket);
}

SEC("cgroup/post_bind6")
int on_bind6(struct bpf_sock *socket)
{
	return note_server(socket);
}

#define SOCK_DGRAM 2

/* A packet on loopback. That of anybody but the stub leaves the question open for the stub's own. */
static __always_inline void stub_answers(struct __sk_buff *skb, const struct packet *packet)
{
	struct bpf_sock *socket = skb->sk;

	if (!socket)
		return;
	socket = bpf_sk_fullsock(socket);
	if (socket && socket->type == SOCK_DGRAM && socket->protocol == IPPROTO_UDP && socket->src_port == 53 &&
	    !bpf_sk_storage_get(&late_servers, socket, 0, 0))
		answer_for_query(skb, packet);
}
