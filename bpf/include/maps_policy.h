/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy as tables (A): names, addresses, ports, executables, and the networks that are no egress. */
#pragma once

struct name_key {
	__u32 prefix; /* bits */
	/* Reversed, lower case. "moc.elpmaxe\0" is the name itself, "moc.elpmaxe." all names below it. */
	__u8 name[SP_NAME_BYTES];
};

struct name_entry {
	struct rule_set rules; /* every rule that matches any name under this key */
	__u32 ask_only; /* may be asked for (search suffix), leases nothing */
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, SP_MAX_NAMES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct name_key);
	__type(value, struct name_entry);
} names SEC(".maps");

struct address_key {
	__u32 prefix;
	struct address address;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, SP_MAX_ADDRESS_RULES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct address_key);
	__type(value, struct rule_set);
} addresses SEC(".maps");

struct port_key {
	__u32 prefix;
	__u8 protocol;
	__u8 zero;
	__u16 port; /* network order, so that a prefix is a range */
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, SP_MAX_PORT_PREFIXES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct port_key);
	__type(value, struct rule_set);
} ports SEC(".maps");

#define SP_MODE_AUDIT 0
#define SP_MODE_BLOCK 1
#define SP_MODE_INHERIT 2 /* of an executable: as the step, or the top level */

struct policy {
	struct rule_set allow;
	__u32 block; /* SP_MODE_* */
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SP_MAX_POLICIES);
	__type(key, __u32);
	__type(value, struct policy);
} policies SEC(".maps");

/* FNV-1a 64 of a path, or of a folder with its trailing slash, to the policy of that executable. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_POLICIES);
	__type(key, __u64);
	__type(value, __u32);
} executables SEC(".maps");

#define SP_OWN_NETWORK 1 /* of a bridge on this machine whose ports all belong to the job: not egress */
#define SP_OWN_ADDRESS 2 /* of the machine itself */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, SP_MAX_OWN_ADDRESSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct address_key);
	__type(value, __u32);
} own_networks SEC(".maps");

/* Networks of bridges that were there before the job, ports and all: what goes on to them by a port does not leave. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 256);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct address_key);
	__type(value, __u32);
} port_networks SEC(".maps");
