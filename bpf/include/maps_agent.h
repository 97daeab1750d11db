/* SPDX-License-Identifier: GPL-2.0-only */
/* What goes to the agent: the rings, what they lost, the numbers that were given (K). */
#pragma once

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
