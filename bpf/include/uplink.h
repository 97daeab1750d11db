/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs at a device share: its kinds, what they answer, and whose a forwarded packet is. */
#pragma once

#include "maps.h"

#define SP_MARK 0x40000000 /* came from a container of the job: set on the host's end of its veth */

/* Lets other programs on the device run, ours of another job among them: TC_ACT_UNSPEC, also TCX_NEXT. */
#define PASS (-1)
#define DROP 2

#define AF_PACKET 17

/* A forwarded packet that came from the job: out of a container of its, or in by a device that it made. */
static __always_inline bool is_of_job(struct __sk_buff *skb)
{
	__u32 from = skb->ingress_ifindex;
	__u32 *of_job = from ? bpf_map_lookup_elem(&devices, &from) : 0;

	return skb->mark & SP_MARK || (of_job && *of_job);
}
