/* SPDX-License-Identifier: GPL-2.0-only */
/* An IP packet's outside: who to, which protocol, where the payload begins. Everything may be malformed. */
#pragma once

#include "work.h"

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd

#define SP_PACKET_OPTIONS 1 /* IPv4 options, or an IPv6 routing header */
#define SP_PACKET_FRAGMENT 2 /* of a fragmented packet */
#define SP_PACKET_LATER 4 /* not the first fragment: no ports */

struct packet {
	struct address source;
	struct address to;
	__u32 network; /* offset of the IP header */
	__u32 transport;
	__u32 payload;
	__u32 length; /* of the payload, bytes */
	__u32 tcp_sequence;
	__u16 source_port; /* host order */
	__u16 port;
	__u8 protocol;
	__u8 flags;
	__u8 version;
	__u8 tcp_flags;
};

#define TCP_FLAG_SYN_BIT 0x02

/*
 * 1 to `most` bytes, in a form that every verifier understands: before 6.3 a comparison with zero says nothing about the
 * smallest value, and clang drops a mask that it finds redundant. `most` is a power of two.
 */
static __always_inline __u64 load_length(__u64 bytes, const __u64 most)
{
	bytes--;
	asm volatile("" : "+r"(bytes));
	bytes &= most - 1;
	return bytes + 1;
}

__global int read_transport(struct __sk_buff *skb, struct packet *packet)
{
	if (!packet)
		return -1;
	packet->payload = packet->transport;
	if (packet->flags & SP_PACKET_LATER)
		return 0;
	if (packet->protocol == IPPROTO_TCP) {
		struct tcphdr tcp;

		if (bpf_skb_load_bytes(skb, packet->transport, &tcp, sizeof(tcp)))
			return -1;
		packet->source_port = bpf_ntohs(tcp.source);
		packet->port = bpf_ntohs(tcp.dest);
		packet->tcp_sequence = bpf_ntohl(tcp.seq);
		packet->tcp_flags = ((__u8 *)&tcp)[13];
		packet->payload += (((__u8 *)&tcp)[12] >> 4) * 4;
	} else if (packet->protocol == IPPROTO_UDP || packet->protocol == IPPROTO_UDPLITE) {
		struct udphdr udp;

		if (bpf_skb_load_bytes(skb, packet->transport, &udp, sizeof(udp)))
			return -1;
		packet->source_port = bpf_ntohs(udp.source);
		packet->port = bpf_ntohs(udp.dest);
		packet->payload += sizeof(udp);
	}
	if (packet->payload > skb->len)
		return -1;
	packet->length = skb->len - packet->payload;
	return 0;
}

struct extension {
	__u8 next;
	__u8 length;
	__u16 fragment;
};

/* One extension header of IPv6: 1 when it was passed, 0 when none is left, -1 when it cannot be read. */
__global int pass_extension(struct __sk_buff *skb, struct packet *packet)
{
	struct extension extension;
	__u8 kind;

	if (!packet)
		return -1;
	if (packet->flags & SP_PACKET_LATER)
		return 0; /* behind it is payload */
	kind = packet->protocol;
	if (kind != 0 && kind != 43 && kind != 44 && kind != 60)
		return 0;
	if (bpf_skb_load_bytes(skb, packet->transport, &extension, sizeof(extension)))
		return -1;
	packet->protocol = extension.next;
	if (kind == 43)
		packet->flags |= SP_PACKET_OPTIONS;
	if (kind == 44) {
		packet->flags |= SP_PACKET_FRAGMENT;
		if (bpf_ntohs(extension.fragment) & 0xfff8)
			packet->flags |= SP_PACKET_LATER;
		packet->transport += 8;
	} else {
		packet->transport += (extension.length + 1) * 8;
	}
	return 1;
}

/* `network` is the offset of the IP header: 0 in cgroup programs, behind the link header in tc. */
__global int read_packet(struct __sk_buff *skb, struct packet *packet, __u32 network)
{
	__u16 type = bpf_ntohs(skb->protocol);

	if (!packet)
		return -1;
	__builtin_memset(packet, 0, sizeof(*packet));
	packet->network = network;
	if (type == ETH_P_IP) {
		struct iphdr ip;

		if (bpf_skb_load_bytes(skb, network, &ip, sizeof(ip)))
			return -1;

		__u8 words = *(__u8 *)&ip & 0xf;
		__u16 fragment = bpf_ntohs(ip.frag_off);

		if (words < 5)
			return -1;
		packet->version = 4;
		packet->source = from_ip4(ip.saddr);
		packet->to = from_ip4(ip.daddr);
		packet->protocol = ip.protocol;
		packet->transport = network + words * 4;
		if (words > 5)
			packet->flags |= SP_PACKET_OPTIONS;
		if (fragment & 0x3fff)
			packet->flags |= SP_PACKET_FRAGMENT;
		if (fragment & 0x1fff)
			packet->flags |= SP_PACKET_LATER;
		return read_transport(skb, packet);
	}
	if (type != ETH_P_IPV6)
		return -1;

	struct ipv6hdr ip;

	if (bpf_skb_load_bytes(skb, network, &ip, sizeof(ip)))
		return -1;
	packet->version = 6;
	__builtin_memcpy(&packet->source, &ip.saddr, 16);
	__builtin_memcpy(&packet->to, &ip.daddr, 16);
	packet->to = normalise(packet->to);
	packet->protocol = ip.nexthdr;
	packet->transport = network + sizeof(ip);
	for (int i = 0; i < 6; i++) {
		int passed = pass_extension(skb, packet);

		if (passed < 0)
			return -1;
		if (!passed)
			break;
	}
	return read_transport(skb, packet);
}

static __always_inline void destination_of(const struct packet *packet, struct destination *to)
{
	to->address = packet->to;
	to->port = packet->port;
	to->protocol = packet->protocol;
	to->uplink = 0;
}
