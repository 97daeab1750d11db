/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the job changes on the machine: routes, devices, packet filters, traffic control, IPsec. No verdict changes, for the
 * last word is at the uplink; each is told, with who did it.
 *
 * Why here: a filter (SO_ATTACH_BPF, 3.19) on a netlink socket of the agent's that listens for changes. The kernel runs it in
 * the middle of the request, on the task that asks, so it names the culprit whether the request came by netlink or ioctl(2),
 * and whatever port number the sender chose for its socket. Every message is dropped once told: nothing to overflow.
 * Only changes of the agent's own network namespace come by.
 * What it misses: iptables before nf_tables (sockopt.bpf.c), IPVS, sysctl, eBPF that is attached as a link.
 */

#define MESSAGE_TYPE 4 /* offsets in struct nlmsghdr, then in what follows it */
#define MESSAGE_PORT 12
#define MESSAGE_DEVICE 20 /* of ifinfomsg and of ifaddrmsg alike */
#define LINK_CHANGE 28
#define NEW_LINK 16
#define NEW_ADDRESS 20

static __always_inline void send_change(struct work *work, const struct member *who, __u16 source, __u32 total,
					__u64 length)
{
	struct sp_machine_changed *record = (struct sp_machine_changed *)work->message;

	__builtin_memset(record, 0, sizeof(*record));
	begin_record(&record->header, SP_MACHINE_CHANGED, who->process);
	record->cgroup = who->cgroup;
	record->pid = who->pid;
	record->execution = who->execution;
	record->total = total;
	record->source = source;
	record->data_offset = sizeof(*record);
	record->data_length = length;
	send_alert(&record->header, sizeof(*record) + length);
}

static __always_inline void tell_change(struct __sk_buff *skb, __u16 source)
{
	struct member who;
	struct work *work;
	int slot;
	__u32 total = skb->len;
	__u64 length = total;

	/* A runtime makes devices, routes and rules for the job's containers: that is its work. */
	if (!current_member(&who) || who.flags & SP_TASK_DAEMON || !total)
		return;
	slot = take_work();
	work = slot < 0 ? 0 : work_at(slot);
	if (!work) {
		lose(SP_LOSS_ALERT_RING);
		return;
	}
	if (length > SP_CHANGE_BYTES)
		length = SP_CHANGE_BYTES;
	/* No other value; so written the verifier of 6.1 sees as well that it is not 0. */
	asm volatile("" : "+r"(length));
	length = ((length - 1) & (SP_CHANGE_BYTES - 1)) + 1;
	if (!bpf_skb_load_bytes(skb, 0, work->message + sizeof(struct sp_machine_changed), length))
		send_change(work, &who, source, total, length);
	give_back(slot);
}

SEC("socket")
int on_route_change(struct __sk_buff *skb)
{
	tell_change(skb, SP_CHANGE_ROUTE);
	return 0;
}

SEC("socket")
int on_netfilter_change(struct __sk_buff *skb)
{
	tell_change(skb, SP_CHANGE_NETFILTER);
	return 0;
}

SEC("socket")
int on_xfrm_change(struct __sk_buff *skb)
{
	tell_change(skb, SP_CHANGE_XFRM);
	return 0;
}

/* On the socket by which the agent follows devices, which keeps every message: marks those of the job. */
SEC("socket")
int on_device_change(struct __sk_buff *skb)
{
	struct member who;
	__u16 type = 0;
	__u32 port = 0;
	__u32 device = 0;
	__u32 change = 0;
	__u32 one = 1;

	if (bpf_skb_load_bytes(skb, MESSAGE_TYPE, &type, sizeof(type)) ||
	    bpf_skb_load_bytes(skb, MESSAGE_PORT, &port, sizeof(port)) ||
	    bpf_skb_load_bytes(skb, MESSAGE_DEVICE, &device, sizeof(device)))
		return skb->len;
	if (type == NEW_LINK)
		bpf_skb_load_bytes(skb, LINK_CHANGE, &change, sizeof(change));
	/*
	 * All bits: the device is new here. An address without a port may come from a softirq, on anybody's task. A runtime that
	 * acts for the job makes devices for others as well: there the agent looks where the device leads.
	 */
	if ((type == NEW_LINK ? change == 0xffffffff : type == NEW_ADDRESS && port) && current_member(&who) &&
	    !(who.flags & SP_TASK_DAEMON) && bpf_map_update_elem(&job_devices, &device, &one, BPF_ANY))
		lose(SP_LOSS_JOB_DEVICES);
	return skb->len;
}
