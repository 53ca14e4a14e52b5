/*
 * owner.h
 *		Running what somebody stored, as that somebody.
 *
 * A superuser's scheduler runs the queries and expressions of everybody. SET
 * ROLE would not guard it: the text could say RESET ROLE. So the text runs in
 * a security-restricted operation, as index expressions do, where the role
 * cannot be changed, nothing temporary can be made, and settings go back. It
 * also cannot write.
 */
#ifndef DRIFT_REGISTRY_OWNER_H
#define DRIFT_REGISTRY_OWNER_H

/* What it was before */
typedef struct OwnerScope
{
	Oid user;
	int security_context;
	int nest_level; /* of settings */
	bool read_only;
} OwnerScope;

/* An error unless whoever acts is a member of the role. */
extern void OwnerCheck(Oid owner);

/*
 * From here to OwnerLeave() the role acts, with names looked up on the path.
 * Where an error leaves it, whoever catches that aborts a (sub)transaction,
 * which gives back all of it.
 */
extern void OwnerEnter(OwnerScope *scope, Oid owner, const char *path);
extern void OwnerLeave(const OwnerScope *scope);

/* A setting until OwnerLeave(). */
extern void OwnerSet(const char *name, const char *value);

#endif
