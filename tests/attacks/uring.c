/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * io_uring without a library: sockets, files and their names as ring operations. With `sqpoll` a
 * kernel thread submits them, and that thread is no child that fork reports.
 */
#include "uring.h"

#include <fcntl.h>
#include <linux/openat2.h>

static int checked(const char *operation, int result)
{
	if (result < 0) {
		errno = -result;
		refused(operation);
	}
	return result;
}

/*
 * OP_SOCKET since Linux 5.19; on an older kernel a socket of the ordinary kind, unless the ring is
 * polled.
 */
static int ring_socket(struct ring *ring, int family, int type)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SOCKET,
				    .fd = family,
				    .off = (unsigned long long)type };
	int result = ring_do(ring, &sqe);

	if (result == -EINVAL && !ring->polled)
		return opened(family, type, 0);
	return checked("OP_SOCKET", result);
}

static int run_connect(char **a, int sqpoll)
{
	struct endpoint to = endpoint(a[0], a[1]);
	struct ring ring;

	ring_open(&ring, sqpoll);
	int fd = ring_socket(&ring, to.family, SOCK_STREAM);
	struct io_uring_sqe connect_ = { .opcode = IORING_OP_CONNECT,
					 .fd = fd,
					 .addr = (unsigned long long)&to.address,
					 .off = to.length };
	struct io_uring_sqe send_ = { .opcode = IORING_OP_SEND,
				      .fd = fd,
				      .addr = (unsigned long long)a[2],
				      .len = (unsigned int)strlen(a[2]),
				      .msg_flags = MSG_NOSIGNAL };

	checked("OP_CONNECT", ring_do(&ring, &connect_));
	checked("OP_SEND", ring_do(&ring, &send_));
	deadline(fd, PATIENCE);
	return finish(fd);
}

static int run_sendmsg(char **a, int sqpoll)
{
	struct endpoint to = endpoint(a[0], a[1]);
	struct ring ring;
	struct iovec text = { .iov_base = a[2], .iov_len = strlen(a[2]) };
	struct msghdr message = {
		.msg_name = &to.address, .msg_namelen = to.length, .msg_iov = &text, .msg_iovlen = 1
	};

	ring_open(&ring, sqpoll);
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SENDMSG,
				    .fd = ring_socket(&ring, to.family, SOCK_DGRAM),
				    .addr = (unsigned long long)&message,
				    .len = 1 };

	checked("OP_SENDMSG", ring_do(&ring, &sqe));
	return EXIT_SENT;
}

static struct io_uring_sqe operation(int opcode, const char *path)
{
	return (struct io_uring_sqe){ .opcode = (unsigned char)opcode,
				      .fd = AT_FDCWD,
				      .addr = (unsigned long long)path };
}

/* open, write and close of a file as ring operations: no system call says so. */
static int run_write(char **a, int by_openat2, int sqpoll)
{
	struct ring ring;
	struct open_how how = { .flags = O_WRONLY | O_CREAT | O_TRUNC, .mode = 0644 };
	struct io_uring_sqe open_ = operation(by_openat2 ? IORING_OP_OPENAT2 : IORING_OP_OPENAT, a[0]);
	struct io_uring_sqe write_ = { .opcode = IORING_OP_WRITE,
				       .addr = (unsigned long long)a[1],
				       .len = (unsigned int)strlen(a[1]) };
	struct io_uring_sqe close_ = { .opcode = IORING_OP_CLOSE };

	if (by_openat2) {
		open_.len = sizeof(how);
		open_.off = (unsigned long long)&how;
	} else {
		open_.len = 0644;
		open_.open_flags = O_WRONLY | O_TRUNC;
	}
	ring_open(&ring, sqpoll);
	write_.fd = checked(by_openat2 ? "OP_OPENAT2" : "OP_OPENAT", ring_do(&ring, &open_));
	checked("OP_WRITE", ring_do(&ring, &write_));
	close_.fd = write_.fd;
	checked("OP_CLOSE", ring_do(&ring, &close_));
	return EXIT_SENT;
}

/* A name given, or taken away, as a ring operation. */
static int run_name(const char *what, struct io_uring_sqe sqe, const char *to)
{
	struct ring ring;

	if (to) {
		sqe.len = (unsigned int)AT_FDCWD;
		sqe.off = (unsigned long long)to;
	}
	ring_open(&ring, 0);
	checked(what, ring_do(&ring, &sqe));
	return EXIT_SENT;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "write"))
		return run_write(argv + 2, 0, argc == 5 && !strcmp(argv[4], "sqpoll"));
	if (argc == 4 && !strcmp(argv[1], "write2"))
		return run_write(argv + 2, 1, 0);
	if (argc == 4 && !strcmp(argv[1], "rename"))
		return run_name("OP_RENAMEAT", operation(IORING_OP_RENAMEAT, argv[2]), argv[3]);
	if (argc == 4 && !strcmp(argv[1], "link"))
		return run_name("OP_LINKAT", operation(IORING_OP_LINKAT, argv[2]), argv[3]);
	if (argc == 3 && !strcmp(argv[1], "unlink"))
		return run_name("OP_UNLINKAT", operation(IORING_OP_UNLINKAT, argv[2]), NULL);

	int sqpoll = argc == 6 && !strcmp(argv[5], "sqpoll");

	if (argc >= 5 && !strcmp(argv[1], "connect"))
		return run_connect(argv + 2, sqpoll);
	if (argc >= 5 && !strcmp(argv[1], "sendmsg"))
		return run_sendmsg(argv + 2, sqpoll);
	usage("uring connect|sendmsg ADDR PORT TEXT [sqpoll], write PATH TEXT [sqpoll], write2 PATH TEXT,\n"
	      "rename|link PATH PATH, or unlink PATH");
}
