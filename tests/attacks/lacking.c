/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * program|attach|map NUMBER COMMAND…: the command on a kernel that lacks this type of BPF program, of
 * attachment or of table: bpf(2) answers EINVAL where it is asked for, as such a kernel does. The rest
 * goes to the kernel. A supervisor of system calls (seccomp_unotify(2)) looks at each; it is nobody's
 * child, and ends with the command.
 */
#include "attack.h"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum lack { PROGRAM, ATTACH, MAP };

static int is_lacking(const union bpf_attr *attr, unsigned int command, enum lack lack, unsigned int number)
{
	switch (command) {
	case BPF_PROG_LOAD:
		return lack == PROGRAM && attr->prog_type == number;
	case BPF_MAP_CREATE:
		return lack == MAP && attr->map_type == number;
	case BPF_LINK_CREATE:
		return lack == ATTACH && attr->link_create.attach_type == number;
	case BPF_PROG_ATTACH:
		return lack == ATTACH && attr->attach_type == number;
	default:
		return 0;
	}
}

static void supervise(int listener, enum lack lack, unsigned int number)
{
	for (;;) {
		struct seccomp_notif call = { 0 };
		union bpf_attr attr = { 0 };
		struct pollfd wait = { .fd = listener, .events = POLLIN };

		if (poll(&wait, 1, -1) < 0 || wait.revents & POLLHUP)
			exit(EXIT_SENT);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call))
			continue; /* whoever asked is gone */

		size_t size = call.data.args[2] < sizeof(attr) ? call.data.args[2] : sizeof(attr);
		struct iovec here = { &attr, size }, there = { (void *)call.data.args[1], size };
		struct seccomp_notif_resp answer = { .id = call.id };

		if (process_vm_readv((pid_t)call.pid, &here, 1, &there, 1, 0) > 0 &&
		    is_lacking(&attr, (unsigned int)call.data.args[0], lack, number))
			answer.error = -EINVAL;
		else
			answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
		ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
}

static int send_descriptor(int to, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec one = { .iov_base = "x", .iov_len = 1 };
	struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(to, &message, 0) == 1;
}

static int receive_descriptor(int from)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte;
	struct iovec one = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(from, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
		refused("recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static int filtered(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(*filter), filter };
	int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);

	if (listener < 0)
		refused("seccomp");
	return listener;
}

int main(int argc, char **argv)
{
	static const char *const lacks[] = { "program", "attach", "map" };
	enum lack lack = PROGRAM;
	int ends[2];

	while (argc > 3 && lack <= MAP && strcmp(argv[1], lacks[lack]))
		lack++;
	if (argc <= 3 || lack > MAP)
		usage("lacking program|attach|map NUMBER COMMAND…");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		refused("socketpair");
	pid_t child = fork();

	if (child == 0) {
		if (fork() == 0) {
			int listener = dup2(receive_descriptor(ends[1]), 3);

			/* Holds nothing of the command's, whose end is the end of its pipes. */
			close_range(4, ~0U, 0);
			close_range(0, 2, 0);
			supervise(listener, lack, (unsigned int)atoi(argv[2]));
		}
		_exit(0);
	}
	waitpid(child, NULL, 0);

	int listener = filtered();

	if (!send_descriptor(ends[0], listener))
		refused("sendmsg");
	close(listener);
	execvp(argv[3], argv + 3);
	refused("execvp");
	return EXIT_REFUSED;
}
