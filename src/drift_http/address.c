/*
 * address.c
 *		Which addresses a host may have. A name that leads to this machine or to
 *		the link's service addresses is how requests are forged: a host that is
 *		allowed by its name gets neither.
 */
#include "postgres.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "drift_http/parts.h"

typedef enum AddressKind
{
	ADDRESS_OF_NETWORK,
	ADDRESS_OF_MACHINE,
	ADDRESS_SPECIAL /* of the link, of many, of nobody */
} AddressKind;

/* In the order of the network */
static AddressKind
KindOf4(const uint8 *bytes)
{
	if (bytes[0] == 127)
		return ADDRESS_OF_MACHINE;
	if (bytes[0] == 0 || bytes[0] >= 224 || (bytes[0] == 169 && bytes[1] == 254))
		return ADDRESS_SPECIAL;
	return ADDRESS_OF_NETWORK;
}

static AddressKind
KindOf6(const uint8 *bytes)
{
	static const uint8 zeros[16] = {0};
	static const uint8 one[16] = {[15] = 1};
	static const uint8 mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8 translated[12] = {0, 0x64, 0xff, 0x9b};

	if (memcmp(bytes, one, 16) == 0)
		return ADDRESS_OF_MACHINE;
	/* IPv4 in IPv6: mapped, the same of long ago, translated, and by 6to4 */
	if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, zeros, 12) == 0 || memcmp(bytes, translated, 12) == 0)
		return KindOf4(bytes + 12);
	if (bytes[0] == 0x20 && bytes[1] == 0x02)
		return KindOf4(bytes + 2);
	if (bytes[0] == 0xff || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80))
		return ADDRESS_SPECIAL;
	return ADDRESS_OF_NETWORK;
}

bool
HttpMayReach(HttpReach reach, const struct sockaddr *address)
{
	AddressKind kind = ADDRESS_SPECIAL;

	if (address->sa_family == AF_INET)
		kind = KindOf4((const uint8 *) &((const struct sockaddr_in *) address)->sin_addr);
	else if (address->sa_family == AF_INET6)
		kind = KindOf6((const uint8 *) &((const struct sockaddr_in6 *) address)->sin6_addr);
	switch (reach)
	{
		case HTTP_REACH_NETWORK:
			return kind == ADDRESS_OF_NETWORK;
		case HTTP_REACH_MACHINE:
			return kind != ADDRESS_SPECIAL;
		case HTTP_REACH_ONLY_MACHINE:
			return kind == ADDRESS_OF_MACHINE;
		case HTTP_REACH_EVERY_ADDRESS:
			return address->sa_family == AF_INET || address->sa_family == AF_INET6;
	}
	return false;
}
