/*
 * replay.c
 *		Give each file named on the command line to a fuzz target, once.
 *
 * This is how a corpus is run without libFuzzer, by any compiler.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"

/* An allocation of exactly the file's size, so that a read past it is seen. */
static int
replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	long size;
	uint8_t *data;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
	{
		perror(path);
		return 1;
	}
	rewind(file);
	data = malloc(size > 0 ? (size_t) size : 1);
	if (data == NULL || fread(data, 1, (size_t) size, file) != (size_t) size)
	{
		perror(path);
		return 1;
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, (size_t) size);
	free(data);
	return 0;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
	{
		if (replay_file(argv[i]) != 0)
			return 1;
	}
	printf("%d files\n", argc - 1);
	return argc > 1 ? 0 : 1;
}
