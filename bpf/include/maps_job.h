/* SPDX-License-Identifier: GPL-2.0-only */
/* Who belongs to the job: tasks, cgroups, containers (A at the start, K from then on). */
#pragma once

/*
 * Scope of the machine: processes that are not judged, by tgid. A at the start, K copies it at fork; exec ends it: only
 * what was running before counts. Not for the agent itself and what it starts: its uploader's client is no way out of the job.
 */
#define SP_EXEMPT_KEPT (1ULL << 63)
#define SP_EXEMPT_RUNTIME (1ULL << 62) /* K: forked by a container runtime's daemon; what it executes is the runtime's */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SP_MAX_TASKS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64); /* task->start_boottime, or 0 when the agent has put it there; SP_EXEMPT_* */
} exempt SEC(".maps");

#define SP_TASK_DAEMON 1 /* a container runtime: judged only while the job uses it, its children never */
#define SP_TASK_WORKER 2 /* Runner.Worker: what it forks opens an execution */
#define SP_TASK_RUNNER 4 /* Runner.Listener: judged, its children are not the job's */
#define SP_TASK_OPENS 8 /* first process of an execution, before its exec */
#define SP_TASK_ROOTLESS 16 /* K: had nothing of root's when it was last looked at, at its fork or exec */
#define SP_TASK_RAISED 32 /* K: has it from a set-uid file, and runs that file still */
#define SP_TASK_MACHINE 64 /* scope of the machine: no step is known to have begun it; which container it goes into tells more */
#define SP_TASK_RUNTIME 128 /* beside it: a runtime's exempt daemon has executed it (a shim, runc, a hook): it reaches its daemon */

#define SP_TICK_NS 10000000 /* USER_HZ is 100 */

struct task_tag {
	__u64 process;
	__u64 start_boot_ns; /* of the group's leader; A: to the tick */
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
	__u32 own; /* 1 = a process of the job has made it (podman, a daemon of the job's): it names, and excuses nothing */
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
