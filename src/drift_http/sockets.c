/*
 * sockets.c
 *		Sockets of connections. Those that are kept are known, so that they can
 *		be shut at once: libcurl says goodbye to mail servers and waits for the
 *		answer, which may never come.
 */
#include "postgres.h"

#include <sys/socket.h>
#include <unistd.h>

#include "drift_http/parts.h"

static curl_socket_t sockets[HTTP_MOST_SOCKETS];
static int n_sockets = 0;

curl_socket_t
HttpOpenSocket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	HttpRun *run = arg;
	int opened;

	if (!HttpMayReach(run->transfer->reach, &address->addr))
	{
		run->address_refused = true;
		return CURL_SOCKET_BAD;
	}
	if (n_sockets == HTTP_MOST_SOCKETS)
		return CURL_SOCKET_BAD;
	opened = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	if (opened >= 0)
		sockets[n_sockets++] = opened;
	return opened < 0 ? CURL_SOCKET_BAD : opened;
}

int
HttpCloseSocket(void *arg, curl_socket_t closed)
{
	for (int i = 0; i < n_sockets; i++)
		if (sockets[i] == closed)
		{
			sockets[i] = sockets[--n_sockets];
			break;
		}
	return close(closed);
}

void
HttpShutSockets(void)
{
	for (int i = 0; i < n_sockets; i++)
		(void) shutdown(sockets[i], SHUT_RDWR);
}
