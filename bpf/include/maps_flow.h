/* SPDX-License-Identifier: GPL-2.0-only */
/* Flows, and what they rest on: leases, questions, peers (K). */
#pragma once

#define SP_FLOW_JUDGED 0x01 /* address, port and verdict below are of the last judgement */
#define SP_FLOW_ACTIVE 0x02 /* the job called; without it a TCP socket was called */
#define SP_FLOW_WANT_NAME 0x04 /* look for a name */
#define SP_FLOW_NEED_NAME 0x08 /* and refuse without an allowed one */
#define SP_FLOW_RAW 0x10
#define SP_FLOW_INHERITED 0x20 /* opened before the job: judged by each packet's destination */
#define SP_FLOW_TOLD 0x40 /* its refusal was reported */
#define SP_FLOW_DEAD 0x80 /* nothing more leaves */
#define SP_FLOW_HEARD 0x200 /* its first bytes are no miner's, or were told as one's */
#define SP_FLOW_BESIDE 0x400 /* the socket has no storage for its mark */
#define SP_FLOW_FOR_OTHERS 0x100 /* a runtime's, in a container's namespace: what it asks, the container asked it */

struct flow {
	__u64 process;
	__u64 cgroup;
	__u64 network;
	__u64 bytes_out; /* UDP; TCP keeps its own */
	__u64 bytes_in;
	__u32 pid;
	__u32 uid;
	__u32 execution;
	__u32 flags;
	__u8 step_policy;
	__u8 exe_policy;
	__u8 protocol;
	__u8 verdict;
	__u8 reason;
	__u8 padding8;
	__u16 rule;
	__u16 port; /* host order */
	__u16 padding16;
	__u32 padding32;
	struct address address;
	struct rule_set candidates; /* rules that allow the address and port */
};

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct flow);
} flows SEC(".maps");

/*
 * K. By cookie: sockets of the job whose storage is full (it is charged to the memory for options of the socket itself), until
 * they end. docs/adr/0055-tables-that-forget.md
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_BESIDE);
	__type(key, __u64);
	__type(value, struct flow);
} flows_beside SEC(".maps");

/* K. Addresses learned from answers. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_LEASES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct address);
	__type(value, struct rule_set);
} leases SEC(".maps");

/*
 * K, at the start A. Addresses that somebody who is believed gave for a name of the policy (an answer of the machine's
 * resolver), and that lease nothing all the same. A refusal's reason rests on it, never a verdict.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SP_MAX_UNLEASED);
	__type(key, struct address);
	__type(value, struct rule_set);
} unleased SEC(".maps");

/* K. A question that a container's socket asked, on its way to the uplink. */
struct question_key {
	struct address resolver;
	__u64 name_hash;
	__u16 id;
	__u16 question_type;
	__u32 padding;
};

struct question {
	struct rule_set rules;
	__u64 boot_ns;
	__u64 cookie;
	__u64 process;
	__u32 refused; /* 0 = let it pass; otherwise answer with this: 1 NXDOMAIN, 2 no data */
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_QUERIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct question_key);
	__type(value, struct question);
} questions SEC(".maps");

/* K. Who in a container's namespace asked Docker's embedded resolver, which asks on with the same message. */
struct inner_key {
	__u64 network;
	__u64 name_hash;
	__u16 id;
	__u16 question_type;
	__u32 padding;
};

struct inner_asker {
	__u64 process;
	__u32 pid;
	__u32 execution;
	__u8 step_policy;
	__u8 exe_policy;
	__u8 padding[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH); /* forgotten, the container itself counts as the one who asked */
	__uint(max_entries, SP_MAX_QUERIES);
	__type(key, struct inner_key);
	__type(value, struct inner_asker);
} inner_questions SEC(".maps");

/* K. A question that left by an uplink, after any NAT: only its answer leases. */
struct query_key {
	struct address resolver;
	__u32 ifindex;
	__u16 port; /* local, network order */
	__u16 id;
};

struct query {
	struct rule_set rules;
	__u64 name_hash;
	__u64 boot_ns;
	__u64 cookie;
	__u64 process;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_QUERIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct query_key);
	__type(value, struct query);
} queries SEC(".maps");

/* K. Where a container's socket was last judged to go: the uplink has no socket to ask who it was. */
struct forwarded_key {
	struct address address;
	__u16 port;
	__u8 protocol;
	__u8 padding;
};

struct forwarded {
	__u64 process;
	__u64 cgroup;
	__u64 network;
	__u32 pid;
	__u32 execution;
	__u32 told; /* its verdict was reported */
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH); /* attribution only: forgetting changes no verdict */
	__uint(max_entries, SP_MAX_FORWARDED);
	__type(key, struct forwarded_key);
	__type(value, struct forwarded);
} forwarded SEC(".maps");

/* K. UDP peers that a socket of the job heard from. */
struct peer_key {
	__u64 cookie;
	struct address address;
	__u16 port;
	__u16 padding[3];
};

struct peer {
	__u64 boot_ns; /* when it was last heard from */
	__u32 may_call;
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_PEERS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct peer_key);
	__type(value, struct peer);
} peers SEC(".maps");

/* K. Connections to port 53 that were led to the agent's resolver: cookie to who asked whom. */
struct redirect {
	struct address resolver; /* zero: not known, an outer run had led the caller on already */
	__u64 process;
	__u64 cgroup;
	__u32 pid;
	__u32 execution;
	__u8 step_policy;
	__u8 exe_policy;
	__u8 padding[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_QUERIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct redirect);
} redirects SEC(".maps");
