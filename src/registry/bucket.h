/*
 * bucket.h
 *		Which entities a deployment is for.
 */
#ifndef DRIFT_REGISTRY_BUCKET_H
#define DRIFT_REGISTRY_BUCKET_H

#define ROUTE_BUCKETS 10000

/*
 * The bucket of a key: the first 32 bits of the SHA-256 of salt, the byte 1F and
 * the key, in UTF-8 both, scaled to the number of buckets. Nothing else decides,
 * so it is the same on every platform.
 */
extern int32 RouteBucket(const char *salt, Size salt_length, const char *key, Size key_length);

#endif
