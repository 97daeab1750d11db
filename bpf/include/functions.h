/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions of the kernel (kfuncs), by numbers of our own. Declared as __ksym, libbpf would read all types of the kernel to
 * find them; the agent, which has them mapped for its own use, puts the kernel's numbers here while it loads (KernelReferences.cs).
 * A call that stays as it is here is refused by the verifier; behind `has_function` it is not there for it. Numbers are put in
 * where a program's section is tp_btf, lsm or cgroup/connect_unix: programs of other sections may not call any.
 */
#pragma once

/* Set before loading: one bit for each that this kernel has. */
const volatile __u32 kernel_functions SEC(".rodata.functions");

static __always_inline bool has_function(__u32 number)
{
	return kernel_functions & 1U << number;
}

static struct bpf_sock_addr_kern *(*bpf_cast_to_kern_ctx)(void *ctx) = (void *)(SP_FUNCTION_BASE + SP_CAST_TO_KERN_CTX);

/* Since 6.13. */
static int (*bpf_send_signal_task)(struct task_struct *task, int signal, enum pid_type type, __u64 value) =
	(void *)(SP_FUNCTION_BASE + SP_SEND_SIGNAL_TASK);

/* Since 6.7, as the hook is. Sets the whole of sun_path: what is behind the NUL does not count for a path. */
static int (*bpf_sock_addr_set_sun_path)(struct bpf_sock_addr_kern *kernel, const __u8 *path, __u32 path__sz) =
	(void *)(SP_FUNCTION_BASE + SP_SOCK_ADDR_SET_SUN_PATH);
