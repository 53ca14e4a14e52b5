/*
 * allowed_hosts.h
 *		drift.http_allowed_hosts: where messages may go.
 *
 * An entry is a host, an address, or *.domain for the hosts below a domain,
 * and may have a port; without one it means the ports of HTTPS and of mail.
 */
#ifndef DRIFT_REGISTRY_ALLOWED_HOSTS_H
#define DRIFT_REGISTRY_ALLOWED_HOSTS_H

#include "utils/guc.h"

#include "drift_http/http_library.h"

/* Check hook of the setting. */
extern bool AllowedHostsCheck(char **value, void **extra, GucSource source);

/* Whether the setting has it; an IPv6 address without brackets. */
extern bool HostIsAllowed(const char *host, int port);

/* Which addresses a host that is allowed may have. */
extern HttpReach ReachOfHost(const char *host);

#endif
