/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet that may not leave, turned into the answer to itself and sent back up its device: nobody waits for it. */
#pragma once

#include "uplink.h"

/* Swaps two neighbouring fields of `bytes` each. */
static __always_inline bool swap_fields(struct __sk_buff *skb, __u32 offset, const __u32 bytes)
{
	__u8 one[16];
	__u8 other[16];

	return !bpf_skb_load_bytes(skb, offset, one, bytes) && !bpf_skb_load_bytes(skb, offset + bytes, other, bytes) &&
	       !bpf_skb_store_bytes(skb, offset, other, bytes, 0) &&
	       !bpf_skb_store_bytes(skb, offset + bytes, one, bytes, 0);
}

/* Swapping addresses and ports keeps the checksums. */
static __always_inline bool turn_round(struct __sk_buff *skb, const struct packet *packet, __u32 device)
{
	if (device != SP_DEVICE_RAW && device != SP_DEVICE_LOOPBACK && !swap_fields(skb, 0, 6))
		return false;
	if (packet->version == 4) {
		if (!swap_fields(skb, packet->network + 12, 4))
			return false;
	} else if (!swap_fields(skb, packet->network + 8, 16)) {
		return false;
	}
	return swap_fields(skb, packet->transport, 2);
}

#define TCP_SYN_ACK_RST_FIN 0x17
#define TCP_RST_ACK 0x14

/* The SYN of a call that is forwarded has no socket here that could be closed; it gets the answer of a closed port (RFC 9293 section 3.5.2). */
__global int reset_in_place(struct __sk_buff *skb, const struct packet *packet, __u32 device)
{
	struct {
		__be32 sequence;
		__be32 acknowledged;
		__be16 head; /* length of the header, flags */
	} old, now = {};
	__u32 at;

	if (!packet || packet->protocol != IPPROTO_TCP || packet->length || packet->flags & SP_PACKET_FRAGMENT ||
	    (packet->tcp_flags & TCP_SYN_ACK_RST_FIN) != TCP_FLAG_SYN_BIT)
		return DROP;
	at = packet->transport + 4;
	if (bpf_skb_load_bytes(skb, at, &old, 10))
		return DROP;
	now.acknowledged = bpf_htonl(bpf_ntohl(old.sequence) + 1);
	now.head = (old.head & bpf_htons(0xf000)) | bpf_htons(TCP_RST_ACK);
	if (!turn_round(skb, packet, device) || bpf_skb_store_bytes(skb, at, &now, 10, 0) ||
	    bpf_l4_csum_replace(skb, at + 12, old.sequence, now.sequence, 4) ||
	    bpf_l4_csum_replace(skb, at + 12, old.acknowledged, now.acknowledged, 4) ||
	    bpf_l4_csum_replace(skb, at + 12, old.head, now.head, 2))
		return DROP;
	return bpf_redirect(skb->ifindex, BPF_F_INGRESS);
}
