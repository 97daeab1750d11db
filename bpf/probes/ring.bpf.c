/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guard.bpf.c looks for, asked of io_uring: its requests are no system calls.
 *
 * Why here: raw_tp/io_uring_submit_req (io_uring_submit_sqe before 6.3) and io_uring_file_get are told of each request before it is
 * done, by whichever thread. Since 6.7, with what guard.bpf.c shares.
 * What it misses: nothing is prevented, the caller is killed, and a read that is quicker may win.
 */

/* io_uring(7) */
#define RING_READV 1
#define RING_READ_FIXED 4
#define RING_OPENAT 18
#define RING_FILES_UPDATE 20
#define RING_READ 22
#define RING_OPENAT2 28
#define RING_SPLICE 30
#define RING_READ_MULTISHOT 49
#define RING_FIXED_FILE 1 /* REQ_F_FIXED_FILE */

/* A file in the ring's own table of descriptors. Until 6.13 another array. */
struct io_fixed_file___older {
	unsigned long file_ptr;
} __attribute__((preserve_access_index));

struct io_file_table___older {
	struct io_fixed_file___older *files;
} __attribute__((preserve_access_index));

static __always_inline struct file *fixed_file(struct io_kiocb *request, __u32 slot)
{
	struct io_ring_ctx *ring = BPF_CORE_READ(request, ctx);
	struct io_file_table *table = (void *)ring + bpf_core_field_offset(struct io_ring_ctx, file_table);
	struct io_file_table___older *older = (void *)table;
	unsigned long file = 0;

	if (slot > 65536)
		return 0;
	if (bpf_core_field_exists(table->data)) {
		struct io_rsrc_node **nodes = BPF_CORE_READ(table, data.nodes);
		struct io_rsrc_node *node = 0;

		bpf_probe_read_kernel(&node, sizeof(node), nodes + slot);
		file = node ? BPF_CORE_READ(node, file_ptr) : 0;
	} else if (bpf_core_field_exists(older->files)) {
		struct io_fixed_file___older *files = BPF_CORE_READ(older, files);

		bpf_probe_read_kernel(&file, sizeof(file), files + slot);
	}
	return (struct file *)(file & ~7UL); /* flags below */
}

static __always_inline bool ring_reads(__u8 operation)
{
	return operation == RING_READ || operation == RING_READV || operation == RING_READ_FIXED ||
	       operation == RING_SPLICE || operation == RING_READ_MULTISHOT;
}

/* Before it is carried out, perhaps on a thread of its own and behind others of a chain. */
SEC("?raw_tp/io_uring_submit_req")
int on_ring_submit(struct bpf_raw_tracepoint_args *context)
{
	struct io_kiocb *request = (void *)context->args[0];
	__u8 operation = BPF_CORE_READ(request, opcode);
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_DESCRIPTOR_HIDDEN, .detail = operation };
	bool opens = operation == RING_OPENAT || operation == RING_OPENAT2;
	__u32 zero = 0;
	__u32 one = 1;
	struct member who;

	if (!opens && ((operation != RING_FILES_UPDATE && !ring_reads(operation)) || !reads_are_watched()))
		return 0;
	/* With BPF LSM a ring hides no memory; disks and credentials are looked at when they are read. */
	if (!modes || (modes->lsm && !opens) || !guarded_caller(&who))
		return 0;
	if (opens)
		bpf_map_update_elem(&ring_opened, &zero, &one, BPF_ANY);
	if (modes->lsm)
		return 0;
	if (ring_reads(operation)) {
		if (BPF_CORE_READ(request, flags) & RING_FIXED_FILE) {
			struct file *file = fixed_file(request, BPF_CORE_READ(request, cqe.fd));

			look_at_file((__u64)file);
		}
		return 0;
	}
	/* Straight into the ring's own table: what reads it later in the same chain shows no file at all. */
	if (opens && !BPF_CORE_READ((struct io_open *)request, file_slot))
		return 0;
	what.mode = modes->runner_memory > modes->foreign_memory ? modes->runner_memory : modes->foreign_memory;
	if (what.mode == SP_GUARD_BLOCK)
		intrude(&who, &what);
	return 0;
}

SEC("?raw_tp/io_uring_file_get")
int on_ring_file(struct bpf_raw_tracepoint_args *context)
{
	struct io_kiocb *request = (void *)context->args[0];

	if (!reads_are_watched() || !ring_reads(BPF_CORE_READ(request, opcode)))
		return 0;
	return look_at_file((__u64)open_file(bpf_get_current_task_btf(), context->args[1]));
}
