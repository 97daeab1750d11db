/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables. What a verdict rests on is a hash or a trie, never LRU: a full table refuses and counts, it does not forget.
 * Owner says who writes: K the kernel side, A the agent.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "limits.h"
#include "wire.h"

#define SP_NO_RULE 0xffff
#define SP_NO_POLICY 0xff

/* One bit per rule of the policy. */
struct rule_set {
	__u64 word[SP_RULE_WORDS];
};

/* IPv4 stands as ::ffff:a.b.c.d everywhere, so one table serves both families. */
struct address {
	__u32 word[4]; /* network order */
};

/* ---- policy (A) ---- */

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

#define SP_MACHINE_JUDGED 1
#define SP_MACHINE_SETTLING 2 /* who is exempt is being written: only what begins meanwhile is judged */

struct settings {
	struct rule_set deny; /* rules that refuse, in audit mode too */
	struct rule_set deny_any; /* of these, the ones for every port and protocol */
	struct rule_set deny_question; /* of these, the ones that refuse the question for the name */
	struct rule_set inbound; /* peers that may call the job: address and local port */
	struct rule_set needs_name; /* rules of a host whose flows must say the name */
	struct rule_set proxy; /* proxy:// rules */
	__u64 question_types[5]; /* bit n = QTYPE n may be asked; none that matters is above 319 */
	__u64 cgroup; /* the folder that the programs are attached to: what is not below it is not seen */
	__u64 network; /* cookie of the namespace that holds resolvers and uplinks */
	__u32 has_addresses;
	__u32 has_executables;
	__u8 unknown_policy; /* of an execution until its step is known */
	__u8 holds_executions; /* 1 = the first process of an execution is stopped at exec until the agent lets it go */
	__u8 machine; /* everything on the machine is judged but what is exempt: 0 or SP_MACHINE_* */
	__u8 denies_when_lost; /* onAgentLoss: deny */
	__u8 judges_helpers; /* foreign_ports and foreign_sockets say who listened here before the job; without it, name services */
	__u8 padding[3];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

/* TCP ports of this network namespace, host order, where somebody outside the job listened at the start. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_FOREIGN_LISTENERS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u32);
} foreign_ports SEC(".maps");

#define SP_FOREIGN_HELPER 1
#define SP_FOREIGN_NAMES 2 /* looks names up for whoever asks, and every program does */

/* Their Unix sockets: FNV-1a 64 of the path, or of the abstract name with its leading NUL. SP_FOREIGN_* */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_FOREIGN_LISTENERS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32);
} foreign_sockets SEC(".maps");

/* CLOCK_BOOTTIME in nanoseconds at which the agent last looked. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} heartbeat SEC(".maps");

struct resolver {
	__u32 ifindex; /* device that its questions leave by: lo for a local stub */
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_RESOLVERS);
	__type(key, struct address);
	__type(value, struct resolver);
} resolvers SEC(".maps");

/* Network namespace to the port of loopback where the agent answers DNS over TCP: its own, those of containers. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_CGROUPS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32); /* host order */
} resolver_ports SEC(".maps");

/* Devices that carry the tc programs: SP_DEVICE_KIND_* */
#define SP_DEVICE_KIND_UPLINK 1
#define SP_DEVICE_KIND_STUB 2 /* loopback, with a stub resolver behind it */
#define SP_DEVICE_KIND_PORT 3 /* of a bridge: somebody else's container is behind it */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u32);
} uplinks SEC(".maps");

/* K, removed by A: devices that the job, or a runtime for it, made or gave an address to, by index. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u32);
} job_devices SEC(".maps");

/* K, at the start A. Devices of this machine: 0 = was there at the start, 1 = the job brought it up. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_DEVICES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u32);
} devices SEC(".maps");

/*
 * Paths of container runtimes' sockets: FNV-1a 64. Value 1: a runtime listens there. Any other: the id of the root mount of
 * those for whom the path leads to the agent's own socket, which passes requests on and writes container_owners.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u32);
} runtime_sockets SEC(".maps");

/* K and A: 1 once a process of the job spoke to a container runtime. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} runtime_used SEC(".maps");

/* Connections to Unix sockets that may be a runtime's: 0 = how many were told (K), 1 = how many were looked at (A). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} suspicions SEC(".maps");

/*
 * A: paths at which the job of a runner is led to the agent's socket, for its processes run already and have the machine's
 * mounts. By the hash of the path; SP_UNIX_PATH bytes, NUL-terminated.
 */
struct led_path {
	__u8 path[SP_UNIX_PATH];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u64);
	__type(value, struct led_path);
} led_paths SEC(".maps");

/* K: other Unix sockets that the job reached, by the hash of path and process: each is told once. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u32);
} told_sockets SEC(".maps");

/* K: network namespace to the container's cgroup whose process first made a socket there. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_CGROUPS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, __u64);
} networks SEC(".maps");

/*
 * A: step policy of an execution plus one, 0 until its step is known. Kept here and not in the tag: all processes and
 * sockets of the execution follow at once.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SP_MAX_EXECUTIONS);
	__type(key, __u32);
	__type(value, __u32);
} executions SEC(".maps");

/* ---- who belongs to the job ---- */

/*
 * Scope of the machine: processes that are not judged, by tgid. A at the start, K copies it at fork; exec ends it: only
 * what was running before counts. Not for the agent itself and what it starts: its uploader's client is no way out of the job.
 */
#define SP_EXEMPT_KEPT (1ULL << 63)
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_TASKS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64); /* task->start_boottime, or 0 when the agent has put it there; SP_EXEMPT_KEPT */
} exempt SEC(".maps");

#define SP_TASK_DAEMON 1 /* a container runtime: judged only while the job uses it, its children never */
#define SP_TASK_WORKER 2 /* Runner.Worker: what it forks opens an execution */
#define SP_TASK_RUNNER 4 /* Runner.Listener: judged, its children are not the job's */
#define SP_TASK_OPENS 8 /* first process of an execution, before its exec */
#define SP_TASK_ROOTLESS 16 /* K: had nothing of root's when it was last looked at, at its fork or exec */
#define SP_TASK_RAISED 32 /* K: has it from a set-uid file, and runs that file still */

struct task_tag {
	__u64 process;
	__u64 start_boot_ns;
	__u64 cgroup;
	__u32 execution; /* step */
	__u8 step_policy; /* 0 = top level */
	__u8 exe_policy; /* SP_NO_POLICY = none */
	__u16 flags;
};

/* K, first entry A. Keyed by tgid: a thread, io_uring's SQPOLL thread too, shares its group's tag. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_TASKS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct task_tag);
} tasks SEC(".maps");

/* K: numbers of processes of the job that ended, so that what they set up a moment ago is known as theirs. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64); /* boot ns */
} ended SEC(".maps");

struct cgroup_tag {
	__u64 container; /* cgroup id of the container's outermost cgroup; 0 = the job's own */
	__u32 execution;
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_CGROUPS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct cgroup_tag);
} cgroups SEC(".maps");

/*
 * A: who asked a runtime for a container, by its id as 32 bytes, written before the container can start. Three keys are no
 * id: see probes/container.bpf.c. An id with all bits turned round: somebody is about to join that container (exec); K takes
 * it away when that process has come.
 */
#define SP_OWNER_INFERRED 1 /* one of several may have asked */

struct container_key {
	__u64 word[4];
};

struct container_owner {
	__u64 process;
	__u32 execution;
	__u32 flags;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_CONTAINERS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct container_key);
	__type(value, struct container_owner);
} container_owners SEC(".maps");

/* ---- flows ---- */

#define SP_FLOW_JUDGED 0x01 /* address, port and verdict below are of the last judgement */
#define SP_FLOW_ACTIVE 0x02 /* the job called; without it a TCP socket was called */
#define SP_FLOW_WANT_NAME 0x04 /* look for a name */
#define SP_FLOW_NEED_NAME 0x08 /* and refuse without an allowed one */
#define SP_FLOW_RAW 0x10
#define SP_FLOW_INHERITED 0x20 /* opened before the job: judged by each packet's destination */
#define SP_FLOW_TOLD 0x40 /* its refusal was reported */
#define SP_FLOW_DEAD 0x80 /* nothing more leaves */
#define SP_FLOW_HEARD 0x200 /* its first bytes are no miner's, or were told as one's */
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

/* K. A socket that is not the job's, and until when it is not looked for again in a job's process. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64); /* boot ns */
} strangers SEC(".maps");

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
	__uint(max_entries, SP_MAX_QUERIES);
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

/* ---- to the agent ---- */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} events SEC(".maps");

/* Refusals and findings: a flood of the other ring cannot hide them. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} alerts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SP_LOSS_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} losses SEC(".maps");

struct sequence {
	__u32 events;
	__u32 alerts;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sequence);
} sequences SEC(".maps");

/* What the kernel side itself keeps for the job. */
struct job {
	__u64 next_process; /* last process id that was given */
	__u32 next_execution; /* last execution that was opened */
	__u32 padding;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct job);
} jobs SEC(".maps");
