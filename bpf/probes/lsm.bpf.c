/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guard.bpf.c kills for, refused before it happens.
 *
 * Why here: security_file_open and security_ptrace_access_check are asked whoever opens a file and by whichever call or ring, and
 * what they refuse does not come to be: there is no moment between the making of a descriptor and the signal, nothing that a ring
 * could hide, and no need to kill for what only might hide it. Since 5.7, where `bpf` is among the kernel's security modules (lsm=).
 * Optional: without it guard.bpf.c does what it can; before 6.7, where that does not load, this is the whole guard.
 * What it misses: descriptors that were open before; alone, perf_event_open, and all that guard.bpf.c sees besides memory.
 */

#define NOT_PERMITTED -1 /* EPERM */
#define ACCESS_ATTACH 2 /* PTRACE_MODE_ATTACH */
#define ACCESS_OF_FILE 8 /* PTRACE_MODE_FSCREDS: a file of procfs, which on_file_open has seen */

SEC("?lsm/file_open")
int BPF_PROG(on_file_open, struct file *file, int before)
{
	struct guard_modes *modes = the_guards();
	__u64 address = 0;

	if (before || !modes || !modes->lsm)
		return before;
	/* The same as `file`, as a number: the verifier gives no pointer of its own to a function that is not static. */
	bpf_probe_read_kernel(&address, sizeof(address), &ctx[0]);
	if (!is_kernels(file)) {
		/* What holds a disk is known when it is open, which it is not yet. */
		if (modes->lsm != SP_LSM_ALONE || (BPF_CORE_READ(file, f_inode, i_mode) & FILE_TYPE) == BLOCK_DEVICE)
			return 0;
	}
	return look_at_file(address) ? NOT_PERMITTED : 0;
}

SEC("?lsm/ptrace_access_check")
int BPF_PROG(on_ptrace_access, struct task_struct *child, unsigned int mode, int before)
{
	struct guard_modes *modes = the_guards();
	struct intrusion what = { .call = SP_INTRUSION_TRACED };
	struct member who;

	if (before || !modes || modes->lsm != SP_LSM_ALONE || !(mode & ACCESS_ATTACH) || mode & ACCESS_OF_FILE)
		return before;
	if (!guarded_caller(&who) || !foreign_target(&who, child->tgid, &what))
		return 0;
	return intrude(&who, &what) ? NOT_PERMITTED : 0;
}
