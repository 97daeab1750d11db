/* SPDX-License-Identifier: GPL-2.0-only */
/* Handing records to the agent: header, sequence, ring, and the count of what did not fit. */
#pragma once

#include "maps.h"

__global int lose(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&losses, &reason);

	if (count)
		(*count)++;
	return 0;
}

static __always_inline void begin_record(struct sp_header *header, __u16 type, __u64 process)
{
	header->type = type;
	header->version = SP_WIRE_VERSION;
	header->boot_ns = bpf_ktime_get_boot_ns();
	header->cpu = bpf_get_smp_processor_id();
	header->process = process;
}

/* The number is taken even when the ring is full: the gap proves the loss. */
static __always_inline void send_event(struct sp_header *header, __u32 length)
{
	__u32 zero = 0;
	struct sequence *sequence = bpf_map_lookup_elem(&sequences, &zero);

	if (!sequence)
		return;
	header->length = length;
	header->sequence = ++sequence->events;
	/* The agent drains every few milliseconds: waking it for each record is what costs. */
	if (bpf_ringbuf_output(&events, header, length, BPF_RB_NO_WAKEUP))
		lose(SP_LOSS_EVENT_RING);
}

static __always_inline void send_alert(struct sp_header *header, __u32 length)
{
	__u32 zero = 0;
	struct sequence *sequence = bpf_map_lookup_elem(&sequences, &zero);

	if (!sequence)
		return;
	header->length = length;
	header->sequence = ++sequence->alerts;
	if (bpf_ringbuf_output(&alerts, header, length, 0))
		lose(SP_LOSS_ALERT_RING);
}
