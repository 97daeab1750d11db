/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process becomes another program: path by inode, argv, cwd, user, and what its environment says of a step.
 * Why here: tp_btf/sched_process_exec (5.5) runs once the new program is in place, whoever asked and by whichever call; arguments of
 * the call itself could be rewritten meanwhile. What it misses: code that is mapped without an exec.
 */

#define PATH_SPACE (SP_PATH_BYTES + 256) /* a component is read behind the mask: 255 bytes at most */

struct path_walk {
	struct dentry *dentry;
	struct mount *mount;
	__u32 position; /* where the path begins in `text` */
	__u32 done;
	__u8 text[PATH_SPACE];
};

struct exec_scratch {
	struct sp_process_executed record;
	__u8 data[2 * SP_PATH_BYTES + SP_ARGV_BYTES];
	struct path_walk walk;
	__u64 hash;
	__u32 policy;
	__u32 length;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_scratch);
} exec_scratch SEC(".maps");

/* One component towards the root of the mount namespace, as d_path does, written from the end of the buffer. */
static long walk_up(__u32 index, void *context)
{
	struct path_walk *walk = *(struct path_walk **)context;
	struct dentry *dentry = walk->dentry;
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
	struct mount *mount = walk->mount;
	struct dentry *root = BPF_CORE_READ(mount, mnt.mnt_root);

	/* A memfd hangs on nothing: its name is all the path it has. */
	if (dentry == root || (dentry == parent && index)) {
		struct mount *above = BPF_CORE_READ(mount, mnt_parent);

		if (above == mount) {
			walk->done = 1;
			return 1;
		}
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = above;
		return 0;
	}

	__u32 length = BPF_CORE_READ(dentry, d_name.len);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);

	if (length > 255 || length + 1 > walk->position)
		return 1;

	__u32 start = walk->position - length - 1;

	asm volatile("" : "+r"(start));
	start &= SP_PATH_BYTES - 1;
	walk->text[start] = '/';
	asm volatile("" : "+r"(length));
	bpf_probe_read_kernel(&walk->text[start + 1], length & 255, name);
	walk->position = start;
	walk->dentry = parent;
	walk->done = dentry == parent;
	return walk->done;
}

/* Path of (dentry, mount) to scratch->data at `offset`; returns its length. */
static __always_inline __u32 path_text(struct exec_scratch *scratch, const struct path *path, __u32 offset,
				       __u32 truncated)
{
	struct path_walk *walk = &scratch->walk;
	struct vfsmount *vfs = BPF_CORE_READ(path, mnt);

	walk->dentry = BPF_CORE_READ(path, dentry);
	walk->mount = container_of(vfs, struct mount, mnt);
	walk->position = SP_PATH_BYTES - 1;
	walk->done = 0;
	bpf_loop(SP_PATH_DEPTH, walk_up, &walk, 0);
	if (!walk->done)
		scratch->record.flags |= truncated;

	__u64 length = SP_PATH_BYTES - 1 - walk->position;
	__u32 from = walk->position;

	if (!length) { /* the root itself */
		scratch->data[offset & (SP_PATH_BYTES - 1)] = '/';
		return 1;
	}
	asm volatile("" : "+r"(length));
	length &= SP_PATH_BYTES - 1;
	asm volatile("" : "+r"(from));
	from &= SP_PATH_BYTES - 1;
	/* The text ends at SP_PATH_BYTES - 1, which the verifier cannot see: reading behind it stays in scratch. */
	if (bpf_probe_read_kernel(&scratch->data[offset & (2 * SP_PATH_BYTES - 1)], length, &walk->text[from]))
		return 0;
	return length;
}

/* Policy by executable: the exact path, or the longest folder of a folder rule. */
static long match_executable(__u32 index, void *context)
{
	struct exec_scratch *scratch = *(struct exec_scratch **)context;

	if (index >= scratch->length)
		return 1;

	__u8 byte = scratch->data[index & (SP_PATH_BYTES - 1)];

	scratch->hash = (scratch->hash ^ byte) * 0x100000001b3ULL;
	if (byte == '/' || index + 1 == scratch->length) {
		__u64 key = scratch->hash;
		__u32 *policy = bpf_map_lookup_elem(&executables, &key);

		if (policy)
			scratch->policy = *policy;
	}
	return 0;
}

/* The field has had three shapes: i_ctime until 6.5, __i_ctime until 6.10, two numbers since. */
struct inode___older {
	struct timespec64 i_ctime;
	struct timespec64 __i_ctime;
} __attribute__((preserve_access_index));

static __always_inline __u64 change_time(struct inode *inode)
{
	struct inode___older *old = (void *)inode;

	/* Since 6.13 the highest bit of the nanoseconds says that somebody asked (I_CTIME_QUERIED). */
	if (bpf_core_field_exists(inode->i_ctime_sec))
		return BPF_CORE_READ(inode, i_ctime_sec) * 1000000000ULL +
		       (BPF_CORE_READ(inode, i_ctime_nsec) & 0x7fffffff);
	if (bpf_core_field_exists(old->__i_ctime))
		return BPF_CORE_READ(old, __i_ctime.tv_sec) * 1000000000ULL + BPF_CORE_READ(old, __i_ctime.tv_nsec);
	if (bpf_core_field_exists(old->i_ctime))
		return BPF_CORE_READ(old, i_ctime.tv_sec) * 1000000000ULL + BPF_CORE_READ(old, i_ctime.tv_nsec);
	return 0;
}

struct environment_walk {
	__u64 start; /* address in the process */
	__u32 total;
	__u32 held;
	__u32 execution;
	__u32 failed;
	__u64 process;
};

struct environment_scratch {
	struct sp_environment record;
	__u8 data[SP_ENVIRONMENT_PIECE];
	struct environment_walk walk;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct environment_scratch);
} environment_scratch SEC(".maps");

static long send_piece(__u32 index, void *context)
{
	struct environment_scratch *scratch = *(struct environment_scratch **)context;
	struct environment_walk *walk = &scratch->walk;
	struct sp_environment *record = &scratch->record;
	__u32 position = index * SP_ENVIRONMENT_PIECE;
	__u64 length;

	if (position >= walk->total && index)
		return 1;
	length = walk->total - position;
	if (length > SP_ENVIRONMENT_PIECE)
		length = SP_ENVIRONMENT_PIECE;
	asm volatile("" : "+r"(length));
	length &= 2 * SP_ENVIRONMENT_PIECE - 1;
	if (length > SP_ENVIRONMENT_PIECE)
		return 1;
	if (length && bpf_probe_read_user(scratch->data, length, (void *)(walk->start + position)))
		length = 0; /* the agent sees that a piece is missing */
	begin_record(&record->header, SP_ENVIRONMENT, walk->process);
	record->execution = walk->execution;
	record->total = walk->total;
	record->position = position;
	record->held = walk->held;
	record->data_offset = sizeof(*record);
	record->data_length = length;
	record->padding = 0;
	send_alert(&record->header, sizeof(*record) + length);
	return 0;
}

/*
 * The environment says which step this is; it is complete at exec, and a process that lives for a millisecond would be
 * gone before anybody could read /proc. With policies per step it waits here, before its first instruction, until the
 * agent has joined it to its step: no step ever acts under another's policy.
 */
static __always_inline void tell_execution(struct task_struct *task, struct task_tag *tag)
{
	__u32 zero = 0;
	struct environment_scratch *scratch = bpf_map_lookup_elem(&environment_scratch, &zero);
	struct environment_scratch *context = scratch;

	if (!scratch)
		return;

	__u64 start = BPF_CORE_READ(task, mm, env_start);
	__u64 total = BPF_CORE_READ(task, mm, env_end) - start;

	if (total > 0x7fffffff)
		total = 0;
	scratch->walk.start = start;
	scratch->walk.total = total;
	scratch->walk.held = settings.holds_executions && !bpf_send_signal(19); /* SIGSTOP */
	scratch->walk.execution = tag->execution;
	scratch->walk.process = tag->process;
	bpf_loop(SP_ENVIRONMENT_BYTES / SP_ENVIRONMENT_PIECE, send_piece, &context, 0);
}

/* Scope of the machine: a program that begins now was not running before, whoever started it. */
static __always_inline struct task_tag *tag_at_exec(struct task_struct *task)
{
	__u32 pid = task->tgid;
	struct task_tag tag = {};
	struct sp_process_forked record = {};
	__u64 *held;

	if (!settings.machine)
		return 0;
	held = bpf_map_lookup_elem(&exempt, &pid);
	if (held && *held & SP_EXEMPT_KEPT)
		return 0;
	tag.flags = SP_TASK_MACHINE | (held && *held & SP_EXEMPT_RUNTIME ? SP_TASK_RUNTIME : 0);
	bpf_map_delete_elem(&exempt, &pid);
	if (!is_on_machine(task))
		return 0;
	tag.process = new_process();
	tag.start_boot_ns = task->start_boottime;
	tag.cgroup = cgroup_of(task);
	tag.step_policy = policy_until_known();
	tag.exe_policy = SP_NO_POLICY;
	if (bpf_map_update_elem(&tasks, &pid, &tag, BPF_ANY)) {
		lose(SP_LOSS_TASK_TABLE);
		return 0; /* neither tagged nor exempt: judged */
	}
	begin_record(&record.header, SP_PROCESS_FORKED, tag.process);
	record.start_boot_ns = tag.start_boot_ns;
	record.cgroup = tag.cgroup;
	record.pid = pid;
	record.parent_pid = BPF_CORE_READ(task, real_parent, tgid);
	send_event(&record.header, sizeof(record));
	return bpf_map_lookup_elem(&tasks, &pid);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *binary)
{
	__u32 zero = 0;
	__u32 pid = task->tgid;
	struct task_tag *tag = tag_of_task(task);

	if (!tag)
		tag = tag_at_exec(task);
	if (!tag || tag->flags & SP_TASK_DAEMON)
		return 0;
	if (tag->flags & SP_TASK_OPENS) {
		tag->flags &= ~SP_TASK_OPENS;
		tell_execution(task, tag);
	}
	watch_shell(task);

	struct exec_scratch *scratch = bpf_map_lookup_elem(&exec_scratch, &zero);

	if (!scratch)
		return 0;

	struct sp_process_executed *record = &scratch->record;
	struct file *file = BPF_CORE_READ(binary, file);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	__u64 ids = bpf_get_current_uid_gid();

	begin_record(&record->header, SP_PROCESS_EXECUTED, tag->process);
	tag->cgroup = cgroup_of(task);
	record->start_boot_ns = tag->start_boot_ns;
	record->cgroup = tag->cgroup;
	record->inode = BPF_CORE_READ(inode, i_ino);
	record->size = BPF_CORE_READ(inode, i_size);
	record->device = BPF_CORE_READ(inode, i_sb, s_dev);
	record->pid = pid;
	record->uid = ids;
	record->gid = ids >> 32;
	record->flags = BPF_CORE_READ(inode, i_nlink) ? 0 : SP_EXEC_UNLINKED;
	record->execution = tag->execution;
	record->ctime_ns = change_time(inode);

	__u64 exe = path_text(scratch, &file->f_path, 0, SP_EXEC_PATH_TRUNCATED);

	watch_root(task, tag, inode, scratch->data, record->ctime_ns);
	tag->exe_policy = SP_NO_POLICY;
	if (settings.has_executables) {
		scratch->hash = 0xcbf29ce484222325ULL;
		scratch->policy = SP_NO_POLICY;
		scratch->length = exe;
		bpf_loop(SP_PATH_BYTES, match_executable, &scratch, 0);
		tag->exe_policy = scratch->policy;
	}

	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	asm volatile("" : "+r"(exe));
	exe &= SP_PATH_BYTES - 1;

	__u64 cwd = path_text(scratch, &fs->pwd, exe, SP_EXEC_CWD_TRUNCATED);
	__u64 start = BPF_CORE_READ(task, mm, arg_start);
	__u64 argv = BPF_CORE_READ(task, mm, arg_end) - start;
	__u64 total = exe + cwd;

	record->argv_total = argv;
	if (argv > SP_ARGV_BYTES - 1) {
		argv = SP_ARGV_BYTES - 1;
		record->flags |= SP_EXEC_ARGV_TRUNCATED;
	}
	asm volatile("" : "+r"(total));
	total &= 2 * SP_PATH_BYTES - 1;
	asm volatile("" : "+r"(argv));
	argv &= SP_ARGV_BYTES - 1;
	if (bpf_probe_read_user(&scratch->data[total], argv, (void *)start)) {
		lose(SP_LOSS_ARGUMENTS);
		argv = 0;
	}
	record->exe_offset = sizeof(*record);
	record->exe_length = exe;
	record->cwd_offset = sizeof(*record) + exe;
	record->cwd_length = cwd;
	record->argv_offset = sizeof(*record) + total;
	record->argv_length = argv;
	total += argv;
	asm volatile("" : "+r"(total));
	if (total > sizeof(scratch->data))
		return 0;
	send_event(&record->header, sizeof(*record) + total);
	return 0;
}
