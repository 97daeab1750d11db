/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Network devices of this machine that the job brings up: whatever comes in by one of them (from a namespace behind a veth,
 * from a program behind a tun) and is forwarded, is the job's, and is judged where it leaves (uplink.bpf.c).
 *
 * Why here: a device carries nothing before it has a queueing discipline, which it gets when it is first brought up, in the
 * task that asks for it: by netlink, ioctl or io_uring, whatever port that netlink socket claims to have. tp_btf of
 * qdisc_create since 5.10; it fires for devices without a queue too.
 * What it misses: a device that a service of the machine brings up on the job's word.
 */

SEC("tp_btf/qdisc_create")
int BPF_PROG(on_device_up, const struct Qdisc_ops *ops, const struct net_device *device, __u32 parent)
{
	__u32 index = BPF_CORE_READ(device, ifindex);
	__u32 of_job = 1;
	struct member who;

	if (BPF_CORE_READ(device, nd_net.net, net_cookie) != settings.network || !current_member(&who) ||
	    who.flags & SP_TASK_DAEMON)
		return 0;
	/* A device that was there at the start stays what it was, whatever discipline the job gives it. */
	if (bpf_map_update_elem(&devices, &index, &of_job, BPF_NOEXIST) && !bpf_map_lookup_elem(&devices, &index)) {
		lose(SP_LOSS_DEVICE_TABLE);
		bpf_send_signal(9);
	}
	return 0;
}
