/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine as the agent found it (A), and what is learned of it: settings, resolvers, devices, sockets of runtimes. */
#pragma once

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
	__u8 mark; /* of the job's packets, 1 to 30: uplink.h; 0 = it has none of its own */
	__u8 limited; /* agent.yml, cgroupRoot: the machine is what is below `cgroup` */
	__u8 padding[2];
};

/* A section of its own is a table with one entry, which programs read in place. */
struct settings settings SEC(".data.settings") __hidden;
_Static_assert(sizeof(struct settings) == 456, "SettingsValue of the agent has this size");

#define SP_FOREIGN_HELPER 1
#define SP_FOREIGN_NAMES 2 /* looks names up for whoever asks, and every program does */

/* TCP ports of this network namespace, host order, where somebody outside the job listened at the start. SP_FOREIGN_* */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_FOREIGN_LISTENERS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u32);
} foreign_ports SEC(".maps");

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

/* Devices that carry the tc programs: SP_DEVICE_* */
#define SP_DEVICE_UPLINK 1
#define SP_DEVICE_LOOPBACK 2 /* with a stub resolver behind it */
#define SP_DEVICE_PORT 3 /* of a bridge: somebody else's container is behind it */
#define SP_DEVICE_RAW 4 /* an uplink whose packets have no link header */
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
