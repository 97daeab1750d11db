/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls by number: the processor's own table, and the one of 32-bit programs on it, which any program may call. */
#pragma once

#include "vmlinux.h"

#ifdef __TARGET_ARCH_arm64
#define CALL_OPENAT 56
#define CALL_OPENAT2 437
#define CALL_OPEN_HANDLE 265
#define CALL_PTRACE 117
#define CALL_READVM 270
#define CALL_WRITEVM 271
#define CALL_PIDFD_GETFD 438
#define CALL_BPF 280
#define CALL_INIT_MODULE 105
#define CALL_FINIT_MODULE 273
#define CALL_KEXEC 104
#define CALL_KEXEC_FILE 294
#define CALL_PERF 241
#define CALL_READ 63
#define CALL_READV 65
#define CALL_PREAD 67
#define CALL_PREADV 69
#define CALL_PREADV2 286
#define CALL_WRITE 64
#define CALL_WRITEV 66
#define CALL_PWRITE 68
#define CALL_PWRITEV 70
#define CALL_PWRITEV2 287
#define CALL_SENDFILE 71
#define CALL_SPLICE 76
#define CALL_COPY_RANGE 285
#define CALL_CONNECT 203
#define COMPAT_OPEN 5
#define COMPAT_CREAT 8
#define COMPAT_OPENAT 322
#define COMPAT_OPEN_HANDLE 371
#define COMPAT_PTRACE 26
#define COMPAT_READVM 376
#define COMPAT_WRITEVM 377
#define COMPAT_BPF 386
#define COMPAT_INIT_MODULE 128
#define COMPAT_FINIT_MODULE 379
#define COMPAT_KEXEC 347
#define COMPAT_PERF 364
#define COMPAT_PREAD 180
#define COMPAT_READ 3
#define COMPAT_READV 145
#define COMPAT_PREADV 361
#define COMPAT_PREADV2 392
#define COMPAT_WRITE 4
#define COMPAT_WRITEV 146
#define COMPAT_PWRITE 181
#define COMPAT_PWRITEV 362
#define COMPAT_PWRITEV2 393
#define COMPAT_SENDFILE 187
#define COMPAT_SENDFILE64 239
#define COMPAT_SPLICE 340
#define COMPAT_COPY_RANGE 391
#define COMPAT_CONNECT 283
#else
#define CALL_OPEN 2
#define CALL_OPENAT 257
#define CALL_OPENAT2 437
#define CALL_CREAT 85
#define CALL_OPEN_HANDLE 304
#define CALL_PTRACE 101
#define CALL_READVM 310
#define CALL_WRITEVM 311
#define CALL_PIDFD_GETFD 438
#define CALL_BPF 321
#define CALL_INIT_MODULE 175
#define CALL_FINIT_MODULE 313
#define CALL_KEXEC 246
#define CALL_KEXEC_FILE 320
#define CALL_PERF 298
#define CALL_READ 0
#define CALL_READV 19
#define CALL_PREAD 17
#define CALL_PREADV 295
#define CALL_PREADV2 327
#define CALL_WRITE 1
#define CALL_WRITEV 20
#define CALL_PWRITE 18
#define CALL_PWRITEV 296
#define CALL_PWRITEV2 328
#define CALL_SENDFILE 40
#define CALL_SPLICE 275
#define CALL_COPY_RANGE 326
#define CALL_CONNECT 42
#define COMPAT_OPEN 5
#define COMPAT_CREAT 8
#define COMPAT_OPENAT 295
#define COMPAT_OPEN_HANDLE 342
#define COMPAT_PTRACE 26
#define COMPAT_READVM 347
#define COMPAT_WRITEVM 348
#define COMPAT_BPF 357
#define COMPAT_INIT_MODULE 128
#define COMPAT_FINIT_MODULE 350
#define COMPAT_KEXEC 283
#define COMPAT_PERF 336
#define COMPAT_READ 3
#define COMPAT_READV 145
#define COMPAT_PREAD 180
#define COMPAT_PREADV 333
#define COMPAT_PREADV2 378
#define COMPAT_WRITE 4
#define COMPAT_WRITEV 146
#define COMPAT_PWRITE 181
#define COMPAT_PWRITEV 334
#define COMPAT_PWRITEV2 379
#define COMPAT_SENDFILE 187
#define COMPAT_SENDFILE64 239
#define COMPAT_SPLICE 313
#define COMPAT_COPY_RANGE 377
#define COMPAT_CONNECT 362
#define X32_BIT 0x40000000
#define X32_FIRST 512 /* below it the numbers are those of 64 bits */
#define X32_PTRACE 521
#define X32_READVM 539
#define X32_WRITEVM 540
#define X32_READV 515
#define X32_WRITEV 516
#define X32_PREADV 534
#define X32_PWRITEV 535
#define X32_PREADV2 546
#define X32_PWRITEV2 547
#define X32_KEXEC 528
#endif

enum call_kind {
	CALL_OTHER = 0,
	CALL_OPENS, /* returns a descriptor of a file */
	CALL_COPIES_MEMORY, /* first argument: a process */
	CALL_TRACES, /* second argument: a process */
	CALL_TAKES, /* first argument: a pidfd */
	CALL_LOADS, /* bpf(2) */
	CALL_READS, /* or writes. First argument: a descriptor; of sendfile(2) the second */
	CALL_SENDS,
	CALL_EXTENDS, /* init_module(2), finit_module(2): code of the kernel's own */
	CALL_CONNECTS, /* first argument: a descriptor of a socket */
	CALL_REPLACES, /* kexec_load(2), kexec_file_load(2): another kernel */
};

/* A call of the 32-bit table, also by `int $0x80` in a 64-bit program. Tracepoints by name (syscalls/sys_…) do not see those. */
static __always_inline bool is_compat(struct task_struct *task)
{
#ifdef __TARGET_ARCH_arm64
	return task->thread_info.flags & (1 << 22); /* TIF_32BIT */
#else
	return task->thread_info.status & 2; /* TS_COMPAT */
#endif
}

static __always_inline enum call_kind kind_of_compat(long number)
{
	switch (number) {
	case COMPAT_OPEN:
	case COMPAT_CREAT:
	case COMPAT_OPENAT:
	case COMPAT_OPEN_HANDLE:
	case CALL_OPENAT2:
		return CALL_OPENS;
	case COMPAT_READVM:
	case COMPAT_WRITEVM:
		return CALL_COPIES_MEMORY;
	case COMPAT_PTRACE:
	case COMPAT_PERF:
		return CALL_TRACES;
	case CALL_PIDFD_GETFD:
		return CALL_TAKES;
	case COMPAT_BPF:
		return CALL_LOADS;
	case COMPAT_INIT_MODULE:
	case COMPAT_FINIT_MODULE:
		return CALL_EXTENDS;
	case COMPAT_KEXEC:
		return CALL_REPLACES;
	case COMPAT_CONNECT:
		return CALL_CONNECTS;
	case COMPAT_READ:
	case COMPAT_READV:
	case COMPAT_PREAD:
	case COMPAT_PREADV:
	case COMPAT_PREADV2:
	case COMPAT_WRITE:
	case COMPAT_WRITEV:
	case COMPAT_PWRITE:
	case COMPAT_PWRITEV:
	case COMPAT_PWRITEV2:
	case COMPAT_SPLICE:
	case COMPAT_COPY_RANGE:
		return CALL_READS;
	case COMPAT_SENDFILE:
	case COMPAT_SENDFILE64:
		return CALL_SENDS;
	default:
		return CALL_OTHER;
	}
}

#ifdef X32_BIT
/* Of the x32 table (CONFIG_X86_X32), which has its own numbers for calls with pointers in structures. */
static __always_inline enum call_kind kind_of_x32(long number)
{
	switch (number) {
	case X32_READVM:
	case X32_WRITEVM:
		return CALL_COPIES_MEMORY;
	case X32_PTRACE:
		return CALL_TRACES;
	case X32_KEXEC:
		return CALL_REPLACES;
	case X32_READV:
	case X32_WRITEV:
	case X32_PREADV:
	case X32_PWRITEV:
	case X32_PREADV2:
	case X32_PWRITEV2:
		return CALL_READS;
	default:
		return CALL_OTHER;
	}
}
#endif

static __always_inline enum call_kind kind_of_call(long number)
{
#ifdef X32_BIT
	if (number > 0 && number & X32_BIT) {
		number &= ~X32_BIT;
		if (number >= X32_FIRST)
			return kind_of_x32(number);
	}
#endif
	switch (number) {
#ifdef CALL_OPEN
	case CALL_OPEN:
	case CALL_CREAT:
#endif
	case CALL_OPENAT:
	case CALL_OPEN_HANDLE:
	case CALL_OPENAT2:
		return CALL_OPENS;
	case CALL_READVM:
	case CALL_WRITEVM:
		return CALL_COPIES_MEMORY;
	case CALL_PTRACE:
	case CALL_PERF:
		return CALL_TRACES;
	case CALL_PIDFD_GETFD:
		return CALL_TAKES;
	case CALL_BPF:
		return CALL_LOADS;
	case CALL_INIT_MODULE:
	case CALL_FINIT_MODULE:
		return CALL_EXTENDS;
	case CALL_KEXEC:
	case CALL_KEXEC_FILE:
		return CALL_REPLACES;
	case CALL_CONNECT:
		return CALL_CONNECTS;
	case CALL_READ:
	case CALL_READV:
	case CALL_PREAD:
	case CALL_PREADV:
	case CALL_PREADV2:
	case CALL_WRITE:
	case CALL_WRITEV:
	case CALL_PWRITE:
	case CALL_PWRITEV:
	case CALL_PWRITEV2:
	case CALL_SPLICE:
	case CALL_COPY_RANGE:
		return CALL_READS;
	case CALL_SENDFILE:
		return CALL_SENDS;
	default:
		return CALL_OTHER;
	}
}
