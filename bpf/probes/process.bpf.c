/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lineage: fork and exit; exec.bpf.c has what comes between.
 *
 * Why here: tp_btf tracepoints cost nothing for system calls, see every way to make a process (clone3, vfork, io_uring
 * workers are threads and share the tag), and run before the child does. Since 5.5 (tp_btf).
 * What they miss: a process made by somebody else for the job (daemons) has no tag; its cgroup tells (container.bpf.c).
 */

/* What the worker itself forks is a step or a part of one: which, the agent finds out. */
static __always_inline void open_execution(struct task_tag *tag)
{
	tag->execution = new_execution();
	tag->step_policy = settings.unknown_policy;
	tag->exe_policy = SP_NO_POLICY;
	tag->flags = SP_TASK_OPENS;
}

/* Scope of the machine: the child of an exempt process stays exempt until it execs, any other untagged one is judged. */
static __always_inline bool joins_machine(struct task_struct *parent, const struct task_tag *from, struct task_struct *child)
{
	__u32 parent_pid = parent->tgid;
	__u32 pid = child->tgid;
	__u64 start = child->start_boottime;
	__u64 *held;

	if (!settings.machine || child->flags & SP_KERNEL_THREAD)
		return false;
	held = bpf_map_lookup_elem(&exempt, &parent_pid);
	if (!(parent->flags & SP_KERNEL_THREAD) && !held)
		return settings.machine == SP_MACHINE_JUDGED && is_on_machine(child);
	if (held)
		start |= *held & (SP_EXEMPT_KEPT | SP_EXEMPT_RUNTIME);
	if (held && from && from->flags & SP_TASK_DAEMON)
		start |= SP_EXEMPT_RUNTIME;
	/* Full: the child is judged, which is the safe side. */
	bpf_map_update_elem(&exempt, &pid, &start, BPF_ANY);
	return false;
}

/*
 * A child without a tag would be free as soon as it has left the job's cgroup, so it does not get to run: its first
 * instruction finds SIGKILL pending. Where no program can do that, the one that made it is killed (docs/adr 0021).
 */
static __always_inline void refuse_child(struct task_struct *child)
{
	lose(SP_LOSS_TASK_TABLE);
	if (has_function(SP_SEND_SIGNAL_TASK))
		bpf_send_signal_task(child, 9, PIDTYPE_TGID, 0);
	else
		bpf_send_signal(9);
}

/* 'current' is the forking task also with CLONE_PARENT, which is what makes a step's origin provable. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 pid = child->tgid;
	__u32 parent_pid = parent->tgid;
	struct task_tag tag = {};
	struct sp_process_forked record = {};

	if (child->pid != child->tgid)
		return 0; /* a thread: its group has the tag */

	struct task_tag *from = tag_of_task(parent);
	struct cgroup_tag *group = 0;
	struct container_owner asked = {};
	bool by_request = false;
	bool joins = false;

	tag.cgroup = cgroup_of(child);
	if (!from || from->flags & (SP_TASK_DAEMON | SP_TASK_RUNNER | SP_TASK_MACHINE)) {
		group = bpf_map_lookup_elem(&cgroups, &tag.cgroup);
		/* Into a container at once (CLONE_INTO_CGROUP, runc 1.4 and crun): nobody moves it there later. */
		if (tag.cgroup != cgroup_of(parent))
			joins = joins_container((__u64)BPF_CORE_READ(child, cgroups, dfl_cgrp), group, &asked, &by_request);
		if (from && from->flags & SP_TASK_MACHINE && (group || by_request))
			from = 0;
	}
	if (from && !(from->flags & (SP_TASK_DAEMON | SP_TASK_RUNNER))) {
		watch_shared_table(parent, child);
		record.parent = from->process;
		if (from->flags & SP_TASK_WORKER) {
			open_execution(&tag);
			record.flags = SP_FORK_OPENS_EXECUTION;
		} else {
			tag.execution = from->execution;
			tag.step_policy = from->step_policy;
			tag.exe_policy = from->exe_policy;
			tag.flags = from->flags & (SP_TASK_MACHINE | SP_TASK_RUNTIME);
		}
	} else {
		if (!group && !joins && !joins_machine(parent, from, child))
			return 0;
		record.parent = asked.process;
		tag.execution = by_request ? asked.execution : group ? group->execution : 0;
		tag.step_policy = policy_until_known();
		tag.exe_policy = SP_NO_POLICY;
		tag.flags = group || joins ? 0 : SP_TASK_MACHINE;
	}
	tag.process = new_process();
	tag.start_boot_ns = child->start_boottime;
	mark_child(child, from, &tag);

	begin_record(&record.header, SP_PROCESS_FORKED, tag.process);
	record.start_boot_ns = tag.start_boot_ns;
	record.cgroup = tag.cgroup;
	record.pid = pid;
	record.parent_pid = parent_pid;
	record.execution = tag.execution;

	if (bpf_map_update_elem(&tasks, &pid, &tag, BPF_ANY))
		refuse_child(child);
	send_event(&record.header, sizeof(record));
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	__u32 pid = task->tgid;
	struct task_tag *tag = bpf_map_lookup_elem(&tasks, &pid);
	struct sp_process_exited record = {};

	/* The last thread takes the tag along; the leader may well end before it. */
	if (!tag) {
		if (settings.machine && BPF_CORE_READ(task, signal, live.counter) <= 0)
			bpf_map_delete_elem(&exempt, &pid);
		return 0;
	}
	if (BPF_CORE_READ(task, signal, live.counter) > 0)
		return 0;
	if (tag->flags & SP_TASK_DAEMON || !tag_of_task(task)) {
		bpf_map_delete_elem(&tasks, &pid);
		return 0;
	}
	begin_record(&record.header, SP_PROCESS_EXITED, tag->process);
	record.pid = pid;
	record.status = BPF_CORE_READ(task, signal, group_exit_code);
	if (!record.status)
		record.status = task->exit_code;
	/* In this order: whoever looks meanwhile finds it in one of the two. */
	bpf_map_update_elem(&ended, &pid, &record.header.boot_ns, BPF_ANY);
	bpf_map_delete_elem(&tasks, &pid);
	send_event(&record.header, sizeof(record));
	return 0;
}
