/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs at a device share: its kinds, what they answer, and whose a forwarded packet is. */
#pragma once

#include "task.h"

/*
 * Bits 26 to 30 of a packet's mark, set on the host's end of a container's veth: number of the job whose container it came from
 * (settings.mark), for jobs side by side see each other's packets here.
 */
#define SP_MARK_SHIFT 26
#define SP_MARK_BITS 0x7c000000
#define SP_MARK_SEVERAL 31 /* of more than one job (a run in a run), or of one without a number: each judges it */

/* Lets other programs on the device run, ours of another job among them: TC_ACT_UNSPEC, also TCX_NEXT. */
#define PASS (-1)
#define DROP 2

#define AF_PACKET 17

static __always_inline __u32 own_mark(void)
{
	return settings.mark ? settings.mark : SP_MARK_SEVERAL;
}

/* A forwarded packet that came from the job: out of a container of its, or in by a device that it made. */
static __always_inline bool is_of_job(struct __sk_buff *skb)
{
	__u32 from = skb->ingress_ifindex;
	__u32 *of_job = from ? bpf_map_lookup_elem(&devices, &from) : 0;
	__u32 mark = (skb->mark & SP_MARK_BITS) >> SP_MARK_SHIFT;

	return (of_job && *of_job) || mark == SP_MARK_SEVERAL || (mark && mark == own_mark());
}
