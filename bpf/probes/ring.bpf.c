/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guard.bpf.c looks for, asked of io_uring: its requests are no system calls.
 *
 * Why here: raw_tp/io_uring_submit_req (io_uring_submit_sqe before 6.3) and io_uring_file_get are told of each request before it is
 * done, io_uring_complete before the process knows of it, by whichever thread. Since 6.7, with what guard.bpf.c shares.
 * What it misses: nothing is prevented, the caller is killed. A request that is under way by then is handed to a worker of the ring
 * all the same, and a worker that was idle has taken its signal and reads as if there were none (docs/adr 0030).
 */

/* io_uring(7) */
#define RING_READV 1
#define RING_WRITEV 2
#define RING_READ_FIXED 4
#define RING_WRITE_FIXED 5
#define RING_OPENAT 18
#define RING_FILES_UPDATE 20
#define RING_READ 22
#define RING_WRITE 23
#define RING_OPENAT2 28
#define RING_SPLICE 30
#define RING_READ_MULTISHOT 49
#define RING_READV_FIXED 60
#define RING_WRITEV_FIXED 61
#define RING_FIXED_FILE 1 /* REQ_F_FIXED_FILE */
#define RING_HIDES 0x4c /* REQ_F_LINK, REQ_F_HARDLINK, REQ_F_CQE_SKIP: what comes next does not wait for the process */

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

/* Or writes: what is written into a process reads for whoever wrote it. */
static __always_inline bool ring_reads(__u8 operation)
{
	switch (operation) {
	case RING_READ:
	case RING_READV:
	case RING_READ_FIXED:
	case RING_READV_FIXED:
	case RING_READ_MULTISHOT:
	case RING_WRITE:
	case RING_WRITEV:
	case RING_WRITE_FIXED:
	case RING_WRITEV_FIXED:
	case RING_SPLICE:
		return true;
	default:
		return false;
	}
}

#define WORKERS_MOST_NS 100000000ULL /* once in the life of a process; on a machine that is starved, a worker waits that long for its turn */
#define WORKERS_MORE_NS 1000000ULL
#define GROUP_EXIT 4 /* SIGNAL_GROUP_EXIT */

struct workers {
	struct io_wq *pool;
	__u64 until;
};

/* The pool counts itself too. */
static long wait_for_worker(__u32 index, void *context)
{
	struct workers *workers = context;
	struct io_wq *pool = workers->pool;

	return BPF_CORE_READ(pool, worker_refs.counter) <= 1 || bpf_ktime_get_ns() > workers->until;
}

static __always_inline bool is_dying(void)
{
	return BPF_CORE_READ(bpf_get_current_task_btf(), signal, flags) & GROUP_EXIT;
}

/*
 * The caller has been killed, perhaps before (`was_dying`). It makes no new worker (fork finds the signal), and a pool without
 * workers carries nothing out: so it waits here until those that there are have gone. On its own processor none can run
 * meanwhile; it has its turn as soon as the call returns, before the caller takes its signal.
 */
static __noinline int outlast_workers(bool was_dying)
{
	struct workers workers = { .pool = BPF_CORE_READ(bpf_get_current_task_btf(), io_uring, io_wq) };

	if (!workers.pool)
		return 0;
	workers.until = bpf_ktime_get_ns() + (was_dying ? WORKERS_MORE_NS : WORKERS_MOST_NS);
	bpf_loop(1 << 23, wait_for_worker, &workers, 0);
	return 0;
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
	bool was_dying;

	if (!opens && ((operation != RING_FILES_UPDATE && !ring_reads(operation)) || !reads_are_watched()))
		return 0;
	/* With BPF LSM a ring hides no memory; disks and credentials are looked at when they are read. */
	if (!modes || (modes->lsm && !opens) || !guarded_caller(&who))
		return 0;
	if (opens)
		bpf_map_update_elem(&reads_looked_at, &zero, &one, BPF_ANY);
	if (modes->lsm)
		return 0;
	was_dying = is_dying();
	if (ring_reads(operation)) {
		if (BPF_CORE_READ(request, flags) & RING_FIXED_FILE) {
			struct file *file = fixed_file(request, BPF_CORE_READ(request, cqe.fd));

			if (look_at_file((__u64)file))
				outlast_workers(was_dying);
		}
		return 0;
	}
	/* Straight into the ring's own table, or by a number that was guessed: the next of the chain reads it at once. */
	if (opens && !BPF_CORE_READ((struct io_open *)request, file_slot) && !(BPF_CORE_READ(request, flags) & RING_HIDES))
		return 0;
	what.mode = modes->evasions;
	if (what.mode != SP_GUARD_OFF && intrude(&who, &what))
		outlast_workers(was_dying);
	return 0;
}

SEC("?raw_tp/io_uring_file_get")
int on_ring_file(struct bpf_raw_tracepoint_args *context)
{
	struct io_kiocb *request = (void *)context->args[0];
	bool was_dying = is_dying();

	if (!reads_are_watched() || !ring_reads(BPF_CORE_READ(request, opcode)))
		return 0;
	if (look_at_file((__u64)open_file(bpf_get_current_task_btf(), context->args[1])))
		outlast_workers(was_dying);
	return 0;
}

/* A descriptor that the process does not know of yet: whoever is killed here has nothing to read with. */
SEC("?raw_tp/io_uring_complete")
int on_ring_opened(struct bpf_raw_tracepoint_args *context)
{
	struct io_kiocb *request = (void *)context->args[1];
	__u8 operation;
	int opened;

	if (!request || !reads_are_watched())
		return 0;
	operation = BPF_CORE_READ(request, opcode);
	opened = BPF_CORE_READ(request, cqe.res);
	if ((operation != RING_OPENAT && operation != RING_OPENAT2) || opened < 0 ||
	    BPF_CORE_READ((struct io_open *)request, file_slot))
		return 0;
	return look_at_file((__u64)open_file(bpf_get_current_task_btf(), opened));
}
