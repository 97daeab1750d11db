/* SPDX-License-Identifier: GPL-2.0-only */
/* Addresses in one form, IPv4 as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2). */
#pragma once

#include "maps.h"

static __always_inline struct address from_ip4(__u32 ip)
{
	struct address address = { .word = { 0, 0, bpf_htonl(0xffff), ip } };

	return address;
}

/*
 * NAT64 (RFC 6052, 64:ff9b::/96) carries an IPv4 destination: judged as that one, as ::ffff:a.b.c.d is.
 * 6to4 and Teredo are ordinary IPv6 destinations, refused unless listed.
 */
static __always_inline struct address normalise(struct address address)
{
	if (address.word[0] == bpf_htonl(0x0064ff9b) && !address.word[1] && !address.word[2])
		return from_ip4(address.word[3]);
	return address;
}

static __always_inline bool is_ip4(const struct address *address)
{
	return !address->word[0] && !address->word[1] && address->word[2] == bpf_htonl(0xffff);
}

/* 127/8 and 0.0.0.0 (which Linux connects to itself), ::1 and ::. */
static __always_inline bool is_loopback(const struct address *address)
{
	if (is_ip4(address))
		return (address->word[3] & bpf_htonl(0xff000000)) == bpf_htonl(0x7f000000) || !address->word[3];
	return !address->word[0] && !address->word[1] && !address->word[2] &&
	       (address->word[3] == bpf_htonl(1) || !address->word[3]);
}

/*
 * What an answer may not lease unless an address rule covers it: private (RFC 1918, RFC 4193), shared (RFC 6598),
 * link-local with the metadata services in it, loopback, multicast, and the wire servers that stand in public ranges.
 */
static __always_inline bool is_inward(const struct address *address)
{
	if (is_loopback(address))
		return true;
	if (is_ip4(address)) {
		__u32 ip = bpf_ntohl(address->word[3]);

		return (ip & 0xff000000) == 0x0a000000 || (ip & 0xfff00000) == 0xac100000 ||
		       (ip & 0xffff0000) == 0xc0a80000 || (ip & 0xffc00000) == 0x64400000 ||
		       (ip & 0xffff0000) == 0xa9fe0000 || (ip & 0xff000000) == 0 || ip >= 0xe0000000 ||
		       ip == 0xa83f8110; /* 168.63.129.16 */
	}

	__u32 head = bpf_ntohl(address->word[0]);

	return (head & 0xfe000000) == 0xfc000000 || (head & 0xffc00000) == 0xfe800000 || (head & 0xff000000) == 0xff000000;
}

static __always_inline bool in_networks(void *table, const struct address *address)
{
	struct address_key key = { .prefix = 128, .address = *address };

	return bpf_map_lookup_elem(table, &key);
}
