/* SPDX-License-Identifier: GPL-2.0-only */
/* What a server that uses OpenSSL is told as the name of the host, by the bytes that a client sends it. */
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

struct told {
	char *names;
	size_t bytes;
	size_t used;
};

/* Called at the end of each hello, without a name too. */
static int named(SSL *tls, int *alert, void *context)
{
	struct told *told = context;
	const char *name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
	size_t length = name ? strlen(name) : 0;

	if (told->used + length + 1 > told->bytes)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	if (length)
		memcpy(told->names + told->used, name, length);
	told->used += length;
	told->names[told->used++] = '\n';
	return SSL_TLSEXT_ERR_OK;
}

/* With a key of its own: without one the server comes to no second hello. Made once. */
static SSL_CTX *the_server(void)
{
	static SSL_CTX *server;
	EVP_PKEY *key;
	X509 *certificate;

	if (server)
		return server;
	server = SSL_CTX_new(TLS_server_method());
	key = EVP_EC_gen("P-256");
	certificate = X509_new();
	X509_set_pubkey(certificate, key);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
	X509_sign(certificate, key, EVP_sha256());
	SSL_CTX_use_certificate(server, certificate);
	SSL_CTX_use_PrivateKey(server, key);
	SSL_CTX_set_tlsext_servername_callback(server, named);
	return server;
}

/* The names of all hellos that the server went by, a line each, empty where it was told none; bytes of `names`, or -1. */
EXPORT int server_names(const unsigned char *bytes, int length, char *names, int most)
{
	struct told told = { .names = names, .bytes = most };
	SSL_CTX *server = the_server();
	SSL *tls = SSL_new(server);
	BIO *in = BIO_new(BIO_s_mem());
	BIO *out = BIO_new(BIO_s_mem());
	int result = -1;

	if (tls && in && out && BIO_write(in, bytes, length) == length) {
		SSL_CTX_set_tlsext_servername_arg(server, &told);
		SSL_set_bio(tls, in, out);
		in = out = NULL;
		SSL_accept(tls);
		result = told.used;
	}
	BIO_free(in);
	BIO_free(out);
	SSL_free(tls);
	return result;
}
