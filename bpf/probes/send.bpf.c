/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who sends on a socket that somebody else made (packet.bpf.c), where that is not when the packet leaves: the peer's window was
 * closed, or the socket holds small writes back.
 *
 * Why here: both run in the call of whoever sends. tp_btf/tcp_sendmsg_locked (6.16) before its bytes are queued,
 * tp_btf/sock_send_length (6.3) after.
 * What they miss: before 6.16 the bytes of a call that had to wait and were acknowledged before it returned; before 6.3 all that
 * is put off. A subflow of MPTCP has its mark only once something leaves it in the call of whoever sends.
 */

static __always_inline void mark_sender(struct sock *sk)
{
	__u16 family = sk->__sk_common.skc_family;
	struct member who;
	struct flow as;
	__u64 cookie;

	if (family != 2 && family != 10) /* AF_INET, AF_INET6 */
		return;
	if (!current_member(&who) || who.flags & SP_TASK_DAEMON || bpf_sk_storage_get(&flows, sk, 0, 0) || !is_of_a_program(sk))
		return;
	cookie = bpf_get_socket_cookie(sk);
	if (flow_beside(cookie))
		return;
	handed_flow(&as, &who, sk);
	mark_socket(sk, &as, cookie);
}

/* "?": loaded only where the kernel has it (ProbeSet.cs). */
SEC("?tp_btf/tcp_sendmsg_locked")
int BPF_PROG(on_queued, struct sock *sk)
{
	mark_sender(sk);
	return 0;
}

SEC("?tp_btf/sock_send_length")
int BPF_PROG(on_sent, struct sock *sk)
{
	mark_sender(sk);
	return 0;
}
