/* SPDX-License-Identifier: GPL-2.0-only */
/* Packets in fragments that the machine forwards for the job. */
#pragma once

#include "packet.h"

/* Forwarded packets of the job whose first fragment has left: the others have no ports to be judged by. */
struct fragments_key {
	struct address source;
	struct address to;
	__u32 id;
	__u8 protocol;
	__u8 padding[3];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH); /* forgotten, the rest is judged as port 0 of its address: a rule with a port does not allow it */
	__uint(max_entries, SP_MAX_FRAGMENTED);
	__type(key, struct fragments_key);
	__type(value, __u8);
} fragmented SEC(".maps");

/* What the fragments of one packet have in common; an IPv6 fragment header stands right before what it cuts (RFC 8200). */
static __always_inline bool read_fragments_key(struct __sk_buff *skb, const struct packet *packet, struct fragments_key *key)
{
	key->source = packet->source;
	key->to = packet->to;
	key->protocol = packet->protocol;
	if (packet->version == 4)
		return !bpf_skb_load_bytes(skb, packet->network + 4, &key->id, 2);
	return !bpf_skb_load_bytes(skb, packet->transport - 4, &key->id, 4);
}

__global int first_has_left(struct __sk_buff *skb, const struct packet *packet)
{
	struct fragments_key key = {};

	if (!packet || !read_fragments_key(skb, packet, &key))
		return 0;
	return bpf_map_lookup_elem(&fragmented, &key) != 0;
}

__global int remember_fragments(struct __sk_buff *skb, const struct packet *packet)
{
	struct fragments_key key = {};
	__u8 left = 1;

	if (packet && read_fragments_key(skb, packet, &key))
		bpf_map_update_elem(&fragmented, &key, &left, BPF_ANY);
	return 0;
}
