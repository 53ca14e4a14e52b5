/*
 * compat.h
 *		Every difference between the PostgreSQL versions that drift supports.
 */
#ifndef DRIFT_COMPAT_H
#define DRIFT_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "drift requires PostgreSQL 15 or newer"
#endif

/* PG16 moved the varlena macros out of postgres.h */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* PG16 added soft errors for input functions; before that every error is hard */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#else
#define ereturn(context, dummy_value, ...) ereport(ERROR, __VA_ARGS__)
#endif

/* PG16 has one function for rights on objects of all kinds */
#if PG_VERSION_NUM >= 160000
#define function_aclcheck_compat(function, role) object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE)
#define foreign_server_aclcheck_compat(server, role) object_aclcheck(ForeignServerRelationId, server, role, ACL_USAGE)
#else
#define function_aclcheck_compat(function, role) pg_proc_aclcheck(function, role, ACL_EXECUTE)
#define foreign_server_aclcheck_compat(server, role) pg_foreign_server_aclcheck(server, role, ACL_USAGE)
#endif

/* PG16 lets the caller of tuplesort_getdatum() keep the sort's own copy; this one is always the caller's */
#if PG_VERSION_NUM >= 160000
#define tuplesort_getdatum_compat(sort, value, isnull) tuplesort_getdatum(sort, true, true, value, isnull, NULL)
#else
#define tuplesort_getdatum_compat(sort, value, isnull) tuplesort_getdatum(sort, true, value, isnull, NULL)
#endif

/* PG18 has base64 of uint8 instead of char */
#if PG_VERSION_NUM >= 180000
#define pg_b64_encode_compat(src, len, dst, dstlen) pg_b64_encode((const uint8 *) (src), len, dst, dstlen)
#define pg_b64_decode_compat(src, len, dst, dstlen) pg_b64_decode(src, len, (uint8 *) (dst), dstlen)
#else
#define pg_b64_encode_compat(src, len, dst, dstlen) pg_b64_encode(src, len, dst, dstlen)
#define pg_b64_decode_compat(src, len, dst, dstlen) pg_b64_decode(src, len, dst, dstlen)
#endif

/* PG18 has pg_noreturn, which stands before a declaration, in place of pg_attribute_noreturn() */
#if PG_VERSION_NUM < 180000
#define pg_noreturn _Noreturn
#endif

/* PG18 lets a module say its name and version */
#if PG_VERSION_NUM < 180000
#define PG_MODULE_MAGIC_EXT(...) PG_MODULE_MAGIC
#endif

#endif
