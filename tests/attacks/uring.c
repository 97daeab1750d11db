/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * io_uring without a library: socket, connect, send and sendmsg as ring operations. With `sqpoll` a
 * kernel thread submits them, and that thread is no child that fork reports.
 */
#include "uring.h"

#include <fcntl.h>

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
	deadline(fd, 3000);
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

/* openat, write and close of a file as ring operations: no system call says so. */
static int run_write(char **a, int sqpoll)
{
	struct ring ring;
	struct io_uring_sqe open_ = { .opcode = IORING_OP_OPENAT,
				      .fd = AT_FDCWD,
				      .addr = (unsigned long long)a[0],
				      .len = 0644,
				      .open_flags = O_WRONLY | O_TRUNC };
	struct io_uring_sqe write_ = { .opcode = IORING_OP_WRITE,
				       .addr = (unsigned long long)a[1],
				       .len = (unsigned int)strlen(a[1]) };
	struct io_uring_sqe close_ = { .opcode = IORING_OP_CLOSE };

	ring_open(&ring, sqpoll);
	write_.fd = checked("OP_OPENAT", ring_do(&ring, &open_));
	checked("OP_WRITE", ring_do(&ring, &write_));
	close_.fd = write_.fd;
	checked("OP_CLOSE", ring_do(&ring, &close_));
	return EXIT_SENT;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "write"))
		return run_write(argv + 2, argc == 5 && !strcmp(argv[4], "sqpoll"));

	int sqpoll = argc == 6 && !strcmp(argv[5], "sqpoll");

	if (argc >= 5 && !strcmp(argv[1], "connect"))
		return run_connect(argv + 2, sqpoll);
	if (argc >= 5 && !strcmp(argv[1], "sendmsg"))
		return run_sendmsg(argv + 2, sqpoll);
	usage("uring connect|sendmsg ADDR PORT TEXT [sqpoll], or write PATH TEXT [sqpoll]");
}
