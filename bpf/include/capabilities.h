/* SPDX-License-Identifier: GPL-2.0-only */
/* Capabilities (capabilities(7)) by number, in sets of one bit each. No include: native/pam_bounded.c is built from it too. */
#pragma once

#define CAPABILITY(number) (1ULL << (number))

/*
 * Any of these is root, or makes one: CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, SETGID, SETUID, SETPCAP, SYS_MODULE,
 * SYS_RAWIO, SYS_CHROOT, SYS_PTRACE, SYS_ADMIN, MKNOD, SETFCAP, MAC_OVERRIDE, PERFMON, BPF. What ping and its like have is none.
 */
#define SP_CAPABILITIES_OF_ROOT                                                                                  \
	(CAPABILITY(0) | CAPABILITY(1) | CAPABILITY(2) | CAPABILITY(3) | CAPABILITY(4) | CAPABILITY(6) |          \
	 CAPABILITY(7) | CAPABILITY(8) | CAPABILITY(16) | CAPABILITY(17) | CAPABILITY(18) | CAPABILITY(19) |      \
	 CAPABILITY(21) | CAPABILITY(27) | CAPABILITY(31) | CAPABILITY(32) | CAPABILITY(38) | CAPABILITY(39))

/*
 * What `sudo: bounded` takes from root in the job: DAC_READ_SEARCH, KILL, NET_ADMIN, NET_RAW, SYS_MODULE, SYS_RAWIO, SYS_PTRACE,
 * SYS_ADMIN, SYS_BOOT, PERFMON, BPF, CHECKPOINT_RESTORE. Packages install without.
 */
#define SP_CAPABILITIES_BOUNDED                                                                                  \
	(CAPABILITY(2) | CAPABILITY(5) | CAPABILITY(12) | CAPABILITY(13) | CAPABILITY(16) | CAPABILITY(17) |      \
	 CAPABILITY(19) | CAPABILITY(21) | CAPABILITY(22) | CAPABILITY(38) | CAPABILITY(39) | CAPABILITY(40))
