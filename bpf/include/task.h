/* SPDX-License-Identifier: GPL-2.0-only */
/* Who belongs to the job: by lineage (tag of the process), else by cgroup. */
#pragma once

#include "cgroup.h"
#include "record.h"

struct member {
	__u64 process;
	__u64 cgroup;
	__u32 pid;
	__u32 execution;
	__u8 step_policy;
	__u8 exe_policy;
	__u16 flags;
};

static __always_inline struct job *the_job(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&jobs, &zero);
}

/* While the agent has not looked at a socket that the job reached, it may be a runtime's. */
static __always_inline bool uses_runtime(void)
{
	__u32 zero = 0;
	__u32 one = 1;
	__u32 *used = bpf_map_lookup_elem(&runtime_used, &zero);
	__u64 *told = bpf_map_lookup_elem(&suspicions, &zero);
	__u64 *seen = bpf_map_lookup_elem(&suspicions, &one);

	return !used || !told || !seen || *used || *told != *seen;
}

static __always_inline void suspect_runtime(void)
{
	__u32 zero = 0;
	__u64 *told = bpf_map_lookup_elem(&suspicions, &zero);

	if (told)
		__sync_fetch_and_add(told, 1);
}

static __always_inline void runtime_is_used(void)
{
	__u32 zero = 0;
	__u32 one = 1;

	bpf_map_update_elem(&runtime_used, &zero, &one, BPF_ANY);
}

/*
 * What no step is known to have begun, in a container of a runner's job or on a machine that is the job's, is held to what all
 * steps may do together; where no step has a policy of its own, that is the top level's.
 */
static __always_inline __u8 policy_until_known(void)
{
	return settings.holds_executions ? settings.unknown_policy : 0;
}

static __always_inline __u64 new_process(void)
{
	struct job *job = the_job();

	return job ? __sync_fetch_and_add(&job->next_process, 1) + 1 : 0;
}

static __always_inline __u32 new_execution(void)
{
	struct job *job = the_job();

	return job ? __sync_fetch_and_add(&job->next_execution, 1) + 1 : 0;
}

#define SP_KERNEL_THREAD 0x00200000 /* PF_KTHREAD */

/* The tracepoints tell of the whole machine, the other programs only of what is below their folder. `address` is a cgroup's. */
__global int is_below_root(__u64 address)
{
	return is_below((struct cgroup *)address, settings.cgroup);
}

/* Scope of the machine: whether a task is on what is the machine here (agent.yml, cgroupRoot). */
static __always_inline bool is_on_machine(struct task_struct *task)
{
	return !settings.limited || is_below_root((__u64)BPF_CORE_READ(task, cgroups, dfl_cgrp));
}

/* Scope of the machine: whether a task without a tag is judged all the same. */
static __always_inline bool is_machines(struct task_struct *task)
{
	__u32 pid = task->tgid;

	return settings.machine == SP_MACHINE_JUDGED && !(task->flags & SP_KERNEL_THREAD) && !bpf_map_lookup_elem(&exempt, &pid)
		&& is_on_machine(task);
}

/* cgroup v2 id of a task; works for tasks other than the current one. */
static __always_inline __u64 cgroup_of(struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

/*
 * A tag counts for the process that it was given to: one that nobody took away may have a number that is another's by now. What
 * the agent writes is the start to the tick, rounded down, as /proc/PID/stat has it.
 */
static __always_inline struct task_tag *tag_of(__u32 pid, __u64 start_boot_ns)
{
	struct task_tag *tag = bpf_map_lookup_elem(&tasks, &pid);

	return tag && start_boot_ns - tag->start_boot_ns < SP_TICK_NS ? tag : 0;
}

/*
 * When the process of any thread began. For another than its first thread by a copy: the verifier goes through all types of the
 * kernel for each pointer that is followed itself, a millisecond each.
 */
static __always_inline __u64 start_of(struct task_struct *task)
{
	return task->pid == task->tgid ? task->start_boottime : BPF_CORE_READ(task, group_leader, start_boottime);
}

/* Of the group of any thread. */
static __always_inline struct task_tag *tag_of_task(struct task_struct *task)
{
	return tag_of(task->tgid, start_of(task));
}

/* The policies of a job may be replaced after the tag was given. What only goes by the name of a runtime is the machine's. */
static __noinline __attribute__((unused)) bool is_judged_by_scope(struct member *who)
{
	if (!(who->flags & SP_TASK_DAEMON)) {
		who->step_policy = policy_until_known();
		return true;
	}
	return uses_runtime() || is_machines(bpf_get_current_task_btf());
}

/*
 * The current task as a member of the job; false for everybody else, after one lookup for a tagged task and two for
 * an untagged one. A task without a tag in a cgroup of the job is the job's (process 0), never free: a tag can be
 * missing when the table was full, or when something outside moved the task in.
 */
__global int read_member(struct member *who)
{
	/* Not bpf_get_current_pid_tgid and ..._cgroup_id: tc programs have neither before 6.10. */
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_tag *tag = tag_of_task(task);

	if (!who)
		return 0;
	who->pid = task->tgid;
	if (tag) {
		who->process = tag->process;
		who->cgroup = tag->cgroup;
		who->execution = tag->execution;
		who->step_policy = tag->step_policy;
		who->exe_policy = tag->exe_policy;
		who->flags = tag->flags;
		return !(tag->flags & (SP_TASK_DAEMON | SP_TASK_MACHINE)) || is_judged_by_scope(who);
	}

	__u64 cgroup = cgroup_of(task);
	struct cgroup_tag *group = bpf_map_lookup_elem(&cgroups, &cgroup);

	if (!group && !is_machines(task))
		return false;
	who->cgroup = cgroup;
	who->execution = group ? group->execution : 0;
	who->step_policy = policy_until_known();
	who->exe_policy = SP_NO_POLICY;
	who->flags = group ? 0 : SP_TASK_MACHINE;
	return true;
}

static __always_inline bool current_member(struct member *who)
{
	__builtin_memset(who, 0, sizeof(*who));
	return read_member(who);
}
