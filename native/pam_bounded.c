/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `sudo: bounded`: a session module of PAM (pam(8)) that sudo(8) runs as root, in its own process, before it forks for the command.
 * From there on the command and all that it starts lack SP_CAPABILITIES_BOUNDED, for the bounding set is what exec gives root, and
 * send no signal to the processes named, the agent's, nor set limits of theirs: user 0 may do that to user 0 without a capability, so
 * that takes a filter of system calls (seccomp(2)).
 *
 *   session required /var/lib/sallyport/bounds/JOB.so PID…
 *
 * What goes wrong ends the session, and sudo runs nothing. No header and no library of PAM's: two entry points, and numbers of
 * its ABI. Built by eng/build, carried by the agent.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "../bpf/include/capabilities.h"

#define PAM_SUCCESS 0
#define PAM_SESSION_ERR 14

#define MOST_PIDS 8
#define MOST_INSTRUCTIONS 512

#ifdef __aarch64__
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#define X32_BIT 0x40000000
#endif

/* fcntl(2): whom a descriptor signals, which needs no CAP_KILL of user 0 either. */
#define SET_OWNER 8
#define SET_OWNER_EX 15

struct program {
	struct sock_filter code[MOST_INSTRUCTIONS];
	unsigned short length;
};

static void add(struct program *program, unsigned short code, uint8_t yes, uint8_t no, uint32_t value)
{
	if (program->length < MOST_INSTRUCTIONS)
		program->code[program->length++] = (struct sock_filter){ code, yes, no, value };
}

static void load(struct program *program, uint32_t offset)
{
	add(program, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

static void deny(struct program *program, int error)
{
	add(program, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | (uint32_t)error);
}

static void allow(struct program *program)
{
	add(program, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

/* The lower half of an argument: a pid has 32 bits. Little endian, as both processors are. */
static uint32_t argument(int index)
{
	return offsetof(struct seccomp_data, args) + (uint32_t)index * 8;
}

/* The call is not carried out when its argument is one of the pids, one of their groups, or everybody (-1). */
static void protect(struct program *program, uint32_t call, int index, const uint32_t *pids, int count)
{
	load(program, offsetof(struct seccomp_data, nr));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(4 + 4 * count), call);
	load(program, argument(index));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)-1);
	deny(program, EPERM);
	for (int i = 0; i < count; i++) {
		add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, pids[i]);
		deny(program, EPERM);
		add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, -pids[i]);
		deny(program, EPERM);
	}
	allow(program);
}

static void refuse(struct program *program, uint32_t call, int error)
{
	load(program, offsetof(struct seccomp_data, nr));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call);
	deny(program, error);
}

/* fcntl(2): its second argument says what, its third whom. */
static void protect_owner(struct program *program, const uint32_t *pids, int count)
{
	load(program, offsetof(struct seccomp_data, nr));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(6 + 4 * count), SYS_fcntl);
	load(program, argument(1));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SET_OWNER_EX);
	deny(program, EPERM);
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(2 + 4 * count), SET_OWNER);
	load(program, argument(2));
	for (int i = 0; i < count; i++) {
		add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, pids[i]);
		deny(program, EPERM);
		add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, -pids[i]);
		deny(program, EPERM);
	}
	allow(program);
}

/* ioctl(2) of a socket says the same, of which the filter sees the number and not whom: nobody is named so. */
static void refuse_owner(struct program *program)
{
	load(program, offsetof(struct seccomp_data, nr));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, SYS_ioctl);
	load(program, argument(1));
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, FIOSETOWN);
	add(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SIOCSPGRP);
	deny(program, EPERM);
}

static int filter_signals(const uint32_t *pids, int count)
{
	static const uint32_t calls[] = { SYS_kill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_open,
					  SYS_prlimit64, SYS_sched_setscheduler, SYS_sched_setattr, SYS_sched_setaffinity };
	struct program program = { .length = 0 };
	struct sock_fprog filter;

	/* Calls of the 32-bit table have other numbers: there are none of them. */
	load(&program, offsetof(struct seccomp_data, arch));
	add(&program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, OWN_ARCHITECTURE);
	deny(&program, ENOSYS);
#ifdef X32_BIT
	load(&program, offsetof(struct seccomp_data, nr));
	add(&program, BPF_JMP | BPF_JGE | BPF_K, 0, 1, X32_BIT);
	deny(&program, ENOSYS);
#endif
	for (unsigned int i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		protect(&program, calls[i], 0, pids, count);
	/* By a thread's number, and by a descriptor that may be of /proc/PID: whose it is, the filter cannot see. */
	refuse(&program, SYS_tkill, EPERM);
	refuse(&program, SYS_pidfd_send_signal, ENOSYS);
	refuse_owner(&program);
	protect_owner(&program, pids, count);
	allow(&program);
	if (program.length >= MOST_INSTRUCTIONS)
		return -1;
	filter.len = program.length;
	filter.filter = program.code;
	/* Without no_new_privs, which root with CAP_SYS_ADMIN may: set-uid programs go on to work. */
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

static int drop_capabilities(void)
{
	for (int capability = 0; capability < 64; capability++) {
		if (!(SP_CAPABILITIES_BOUNDED & CAPABILITY(capability)))
			continue;
		if (prctl(PR_CAPBSET_READ, capability) != 1)
			continue; /* gone already, or this kernel has none of that number */
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
			return -1;
	}
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

__attribute__((visibility("default"))) int pam_sm_open_session(void *handle, int flags, int count, const char **words)
{
	uint32_t pids[MOST_PIDS];

	(void)handle;
	(void)flags;
	if (count < 1 || count > MOST_PIDS)
		return PAM_SESSION_ERR;
	for (int i = 0; i < count; i++) {
		long pid = strtol(words[i], NULL, 10);

		if (pid <= 1 || pid > 4194304)
			return PAM_SESSION_ERR;
		pids[i] = (uint32_t)pid;
	}
	/* The filter first: it takes CAP_SYS_ADMIN, which this process keeps until it executes another program. */
	return filter_signals(pids, count) || drop_capabilities() ? PAM_SESSION_ERR : PAM_SUCCESS;
}

__attribute__((visibility("default"))) int pam_sm_close_session(void *handle, int flags, int count, const char **words)
{
	(void)handle;
	(void)flags;
	(void)count;
	(void)words;
	return PAM_SUCCESS;
}
