/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory and the environment of the runner and of other steps; the kernel programs of the agent.
 *
 * Why here: tp_btf/sys_enter and sys_exit (5.5) see every call with its arguments in registers, 32-bit ones too, which tracepoints
 * by name do not. What is opened is looked at when the call returns, by its inode: paths lie, other threads rewrite them. A
 * process that is to be killed has the signal before it is back in user space, and reads no memory from there on. io_uring makes
 * no call: ring.bpf.c.
 * What it misses: a thread that guesses the descriptor and reads in the moment between its making and the end of the call that
 * makes it. With BPF LSM (lsm.bpf.c) there is no such moment.
 */

#define PROC_MAGIC 0x9fa0
#define PIDFS_MAGIC 0x50494446
#define READABLE 1 /* FMODE_READ */
#define WRITABLE 2 /* FMODE_WRITE */
#define CHARACTER_DEVICE 0020000
#define REGULAR_FILE 0100000
#define BLOCK_DEVICE 0060000
#define MEMORY_DEVICE (1 << 20 | 1)

/* bpf(2) */
#define COMMAND_LOAD 5
#define COMMAND_ATTACH 8
#define COMMAND_DETACH 9
#define COMMAND_PROGRAM_BY_ID 13
#define COMMAND_MAP_BY_ID 14
#define COMMAND_RAW_TRACEPOINT 17
#define COMMAND_LINK 28
#define COMMAND_LINK_UPDATE 29
#define COMMAND_LINK_BY_ID 30
#define COMMAND_LINK_DETACH 34

static __always_inline __u64 call_argument(struct pt_regs *regs, bool compat, int index)
{
#ifdef __TARGET_ARCH_arm64
	/* The first one's register has the result by the time that the call returns. */
	return index ? BPF_CORE_READ(regs, regs[1]) : BPF_CORE_READ(regs, orig_x0);
#else
	if (compat)
		return (__u32)(index ? regs->cx : regs->bx);
	return index ? regs->si : regs->di;
#endif
}

static __always_inline long call_number(struct pt_regs *regs)
{
#ifdef __TARGET_ARCH_arm64
	return regs->syscallno;
#else
	return regs->orig_ax;
#endif
}

/* The first seven bytes of a name, as a number that a literal has too. */
#define NAME7(a, b, c, d, e, f, g)                                                                    \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 |       \
	 (__u64)(f) << 40 | (__u64)(g) << 48)
#define NAME_MEM NAME7('m', 'e', 'm', 0, 0, 0, 0)
#define NAME_ENVIRON NAME7('e', 'n', 'v', 'i', 'r', 'o', 'n')
#define NAME_KCORE NAME7('k', 'c', 'o', 'r', 'e', 0, 0)
#define NAME_CORE_PATTERN NAME7('c', 'o', 'r', 'e', '_', 'p', 'a')
#define NAME_BPF_MAP NAME7('b', 'p', 'f', '-', 'm', 'a', 'p')
#define NAME_BPF_PROGRAM NAME7('b', 'p', 'f', '-', 'p', 'r', 'o')
#define NAME_BPF_LINK NAME7('b', 'p', 'f', '_', 'l', 'i', 'n') /* as its maker has it */
#define NAME_BPF_LINK_BY_ID NAME7('b', 'p', 'f', '-', 'l', 'i', 'n')

/* Names in procfs and of anonymous inodes are the kernel's own: nobody renames them, and a bind mount keeps them. */
static __always_inline __u64 name_of(struct file *file)
{
	union {
		char text[8];
		__u64 number;
	} name = {};

	bpf_probe_read_kernel_str(name.text, sizeof(name.text), BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return name.number;
}

/*
 * Credentials have well-known names in well-known folders. By the names that the file itself hangs on, so a link to it is no way
 * around; a copy is.
 */
static __always_inline void look_at_name(struct member *who, struct file *file, __u8 mode)
{
	struct intrusion what = { .call = SP_INTRUSION_CREDENTIAL_OPENED, .mode = mode };
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	const unsigned char *folder = BPF_CORE_READ(dentry, d_parent, d_name.name);
	struct secret_name key = {};
	char first[2] = {};
	__u32 *family;

	/* Nearly every file is neither hidden nor in a hidden folder, nor in that of gh or gcloud. */
	bpf_probe_read_kernel(&first[0], 1, name);
	bpf_probe_read_kernel(&first[1], 1, folder);
	if (first[0] != '.' && first[1] != '.' && first[1] != 'g')
		return;
	bpf_probe_read_kernel_str(key.file, sizeof(key.file), name);
	bpf_probe_read_kernel_str(key.folder, sizeof(key.folder), folder);
	family = bpf_map_lookup_elem(&secret_names, &key);
	if (!family) {
		__builtin_memset(key.folder, 0, sizeof(key.folder));
		family = bpf_map_lookup_elem(&secret_names, &key);
	}
	if (!family || !(BPF_CORE_READ(file, f_mode) & READABLE))
		return;
	what.detail = *family;
	intrude(who, &what);
}

/* A block device that a file system, a mapping or swap has for itself, and not whoever has just opened it (O_EXCL). */
static __always_inline bool is_held(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_mapping, host);
	struct bdev_inode *device = (void *)inode - bpf_core_field_offset(struct bdev_inode, vfs_inode);
	void *holder = BPF_CORE_READ(device, bdev.bd_holder);

	return holder && holder != file;
}

/* Of procfs, or the memory of the machine: where there is BPF LSM, looked at before it is opened. */
static __always_inline bool is_kernels(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	return BPF_CORE_READ(inode, i_sb, s_magic) == PROC_MAGIC ||
	       ((BPF_CORE_READ(inode, i_mode) & FILE_TYPE) == CHARACTER_DEVICE && BPF_CORE_READ(inode, i_rdev) == MEMORY_DEVICE);
}

/*
 * Told and, where ordered, prevented when it is one of those files; gives 1 where it is to be prevented. `address` is of a struct file; the verifier walks a function
 * that is not static once, however many call it.
 */
__global int look_at_file(__u64 address)
{
	struct file *file = (struct file *)address;
	struct guard_modes *modes = the_guards();
	struct intrusion what = {};
	struct proc_inode *proc;
	struct inode *inode;
	struct member caller;
	struct member *who = &caller;
	__u64 name;

	if (!modes || !file || !guarded_caller(who))
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	what.mode = modes->kernel_memory;
	if (BPF_CORE_READ(inode, i_sb, s_magic) != PROC_MAGIC) {
		__u32 type = BPF_CORE_READ(inode, i_mode) & FILE_TYPE;

		if (type == REGULAR_FILE && modes->credentials)
			look_at_name(who, file, modes->credentials);
		if (type == BLOCK_DEVICE && modes->disks && BPF_CORE_READ(file, f_mode) & WRITABLE && is_held(file)) {
			what.call = SP_INTRUSION_DISK_OPENED;
			what.mode = modes->disks;
			return intrude(who, &what);
		}
		if (type != CHARACTER_DEVICE || BPF_CORE_READ(inode, i_rdev) != MEMORY_DEVICE)
			return 0;
		what.call = SP_INTRUSION_KERNEL_MEMORY_OPENED;
		return intrude(who, &what);
	}
	name = name_of(file);
	if (name == NAME_MEM || name == NAME_ENVIRON) {
		proc = (void *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode);
		if (!foreign_target(who, task_of(BPF_CORE_READ(proc, pid)), &what))
			return 0;
		/* What ran before the job shows its environment to every tool that lists processes. */
		if (name == NAME_ENVIRON && what.target_kind == SP_INTRUSION_OF_OTHERS)
			return 0;
		what.call = name == NAME_MEM ? SP_INTRUSION_MEMORY_OPENED : SP_INTRUSION_ENVIRONMENT_OPENED;
		return intrude(who, &what);
	} else if (name == NAME_KCORE) {
		what.call = SP_INTRUSION_KERNEL_MEMORY_OPENED;
		return intrude(who, &what);
	} else if (name == NAME_CORE_PATTERN && BPF_CORE_READ(file, f_mode) & WRITABLE) {
		what.call = SP_INTRUSION_CORE_PATTERN_OPENED;
		what.mode = modes->core_pattern;
		return intrude(who, &what);
	}
	return 0;
}

/* Whose a pidfd is; in pidfs since 6.9. */
static __always_inline struct task_struct *task_of_pidfd(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	if (BPF_CORE_READ(inode, i_sb, s_magic) == PIDFS_MAGIC)
		return task_of(BPF_CORE_READ(inode, i_private));
	if (name_of(file) == NAME7('[', 'p', 'i', 'd', 'f', 'd', ']'))
		return task_of(BPF_CORE_READ(file, private_data));
	return 0;
}

static __always_inline bool reads_are_watched(void)
{
	__u32 zero = 0;
	__u32 *opened = bpf_map_lookup_elem(&reads_looked_at, &zero);

	return opened && *opened;
}

static __always_inline bool may_load(struct task_struct *task)
{
	return capabilities_of(task, false) & (CAPABILITY(39) | CAPABILITY(21)); /* CAP_BPF, CAP_SYS_ADMIN */
}

/* Tried, whether it came to pass or not: by who may. */
static __always_inline void look_at_module(struct task_struct *task, enum call_kind kind, __u8 when)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_MODULE_LOADED };
	__u64 needed = kind == CALL_EXTENDS ? CAPABILITY(16) : CAPABILITY(22); /* CAP_SYS_MODULE, CAP_SYS_BOOT */
	struct member who;

	if (!modes || modes->modules != when || !guarded_caller(&who) || !(capabilities_of(task, false) & needed))
		return;
	what.detail = kind == CALL_EXTENDS ? SP_MODULE_OF_KERNEL : SP_MODULE_NEW_KERNEL;
	what.mode = when;
	intrude(&who, &what);
}

static __always_inline bool loads(__u32 command)
{
	return command == COMMAND_LOAD || command == COMMAND_ATTACH || command == COMMAND_DETACH ||
	       command == COMMAND_RAW_TRACEPOINT || command == COMMAND_LINK || command == COMMAND_LINK_UPDATE ||
	       command == COMMAND_LINK_DETACH;
}

/* Gives 1 where it is to be prevented. */
static __always_inline int look_at_loading(struct task_struct *task, struct member *who, __u32 command, __u8 when)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_PROGRAM_LOADED, .detail = command };

	if (!modes || modes->programs != when || !loads(command) || !may_load(task))
		return 0;
	what.mode = when;
	return intrude(who, &what);
}

/* `key` is of own_objects, if it is the agent's. Gives 1 where it is to be prevented. */
static __always_inline int look_at_key(struct member *who, __u64 key)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_OBJECT_TAKEN, .detail = key >> 32 };

	if (!modes || !bpf_map_lookup_elem(&own_objects, &key))
		return 0;
	what.mode = modes->objects;
	return intrude(who, &what);
}

/* A descriptor of something that is the agent's, however it was come by. */
static __always_inline void look_at_object(struct member *who, struct file *file)
{
	__u64 name = file ? name_of(file) : 0;
	void *object = BPF_CORE_READ(file, private_data);
	__u64 key;

	if (!object)
		return;
	if (name == NAME_BPF_MAP)
		key = SP_OBJECT_MAP << 32 | BPF_CORE_READ((struct bpf_map *)object, id);
	else if (name == NAME_BPF_PROGRAM)
		key = SP_OBJECT_PROGRAM << 32 | BPF_CORE_READ((struct bpf_prog *)object, aux, id);
	else if (name == NAME_BPF_LINK || name == NAME_BPF_LINK_BY_ID)
		key = SP_OBJECT_LINK << 32 | BPF_CORE_READ((struct bpf_link *)object, id);
	else
		return;
	look_at_key(who, key);
}

/* Calls that reach into another process by themselves; those that make descriptors are looked at when they return. */
__global int look_at_call(__u64 argument, __u32 kind, __u32 number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct intrusion what = {};
	struct member who;
	struct task_struct *target;
	struct file *file;

	if (kind == CALL_READS || kind == CALL_SENDS)
		return look_at_file((__u64)open_file(task, argument));
	if (!guarded_caller(&who))
		return 0;
	if (kind == CALL_TAKES) {
		file = open_file(task, argument);
		target = file ? task_of_pidfd(file) : 0;
		what.call = SP_INTRUSION_DESCRIPTOR_TAKEN;
	} else {
		target = task_of_number(task, argument);
		what.call = kind == CALL_TRACES ? SP_INTRUSION_TRACED : SP_INTRUSION_MEMORY_COPIED;
		what.detail = number;
	}
	if (foreign_target(&who, target, &what))
		intrude(&who, &what);
	return 0;
}

static __always_inline __u64 telling_argument(struct pt_regs *regs, bool compat, enum call_kind kind)
{
	return call_argument(regs, compat, kind == CALL_SENDS || kind == CALL_TRACES);
}

/* Attached only where something blocks. */
/* "?": loaded only when the agent asks for it (ProbeSet.cs). */
SEC("?tp_btf/sys_enter")
int BPF_PROG(on_call, struct pt_regs *regs, long number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = is_compat(task);
	enum call_kind kind = compat ? kind_of_compat(number) : kind_of_call(number);
	struct member who;

	if (kind == CALL_OTHER || kind == CALL_OPENS || kind == CALL_CONNECTS)
		return 0;
	if (kind == CALL_EXTENDS || kind == CALL_REPLACES) {
		look_at_module(task, kind, SP_GUARD_BLOCK);
		return 0;
	}
	if ((kind == CALL_READS || kind == CALL_SENDS) && !reads_are_watched())
		return 0;
	if (kind != CALL_LOADS)
		return look_at_call(telling_argument(regs, compat, kind), kind, number);
	if (guarded_caller(&who))
		look_at_loading(task, &who, call_argument(regs, compat, 0), SP_GUARD_BLOCK);
	return 0;
}

SEC("?tp_btf/sys_exit")
int BPF_PROG(on_return, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	bool compat = is_compat(task);
	long number = call_number(regs);
	enum call_kind kind = compat ? kind_of_compat(number) : kind_of_call(number);
	struct guard_modes *modes;
	struct member who;

	if (kind == CALL_EXTENDS || kind == CALL_REPLACES) {
		look_at_module(task, kind, SP_GUARD_REPORT);
		return 0;
	}
	if (kind == CALL_OTHER || result < 0)
		return 0;
	modes = the_guards();
	if (kind == CALL_OPENS) {
		struct file *file = open_file(task, result);

		return modes && modes->lsm && is_kernels(file) ? 0 : look_at_file((__u64)file);
	}
	if (kind == CALL_CONNECTS)
		return look_at_connection(call_argument(regs, compat, 0));
	if ((kind == CALL_READS || kind == CALL_SENDS) && !reads_are_watched())
		return 0;
	if (kind == CALL_LOADS) {
		if (guarded_caller(&who)) {
			look_at_loading(task, &who, call_argument(regs, compat, 0), SP_GUARD_REPORT);
			look_at_object(&who, open_file(task, result));
		}
		return 0;
	}
	if (kind == CALL_TAKES && guarded_caller(&who))
		look_at_object(&who, open_file(task, result));
	if (!modes || modes->at_entry)
		return 0;
	return look_at_call(telling_argument(regs, compat, kind), kind, number);
}
