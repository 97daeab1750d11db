/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The service's own object: tells when a Runner.Worker begins, and holds it until its job is protected.
 *
 * Why here: sched_process_exec runs before the first instruction of the new program, so there is no moment in which a
 * worker runs unseen. The name decides only who is looked at: the agent recognises a worker by its executable, its arguments
 * and its parent, and lets everybody else go on at once. tp_btf since 5.5, bpf_send_signal since 5.3.
 * What it misses: a worker that ran already; the agent looks for those when it starts.
 */
#include "include/vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "include/cgroup.h"
#include "include/wire.h"

#define SIGSTOP 19

/* Id of the cgroup that the service watches below; 0 = the whole machine. */
const volatile __u64 below SEC(".rodata.below") = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 << 10);
} arrivals SEC(".maps");

static __always_inline bool is_watched(struct task_struct *task)
{
	return !below || is_below(BPF_CORE_READ(task, cgroups, dfl_cgrp), below);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_worker, struct task_struct *task, pid_t old_pid, struct linux_binprm *binary)
{
	union {
		char text[16];
		__u64 word[2];
	} name = {}, want = { .text = "Runner.Worker" };
	struct sp_worker_arrived record = {};

	bpf_probe_read_kernel_str(name.text, sizeof(name.text), task->comm);
	if (name.word[0] != want.word[0] || name.word[1] != want.word[1] || !is_watched(task))
		return 0;
	record.header.type = SP_WORKER_ARRIVED;
	record.header.version = SP_WIRE_VERSION;
	record.header.length = sizeof(record);
	record.header.boot_ns = bpf_ktime_get_boot_ns();
	record.start_boot_ns = task->start_boottime;
	record.pid = task->tgid;
	record.held = !bpf_send_signal(SIGSTOP);
	/* When the ring is full it stays stopped: the agent looks for workers every second, too. */
	bpf_ringbuf_output(&arrivals, &record, sizeof(record), 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
