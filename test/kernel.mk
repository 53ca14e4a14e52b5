# The kernel alone, without PostgreSQL: unit tests.
#
#   make -f test/kernel.mk unit       under AddressSanitizer and UBSan
#   make -f test/kernel.mk valgrind   plain, under valgrind
#
# Run from the top of the tree. Each test/unit/test_*.c is a program that
# prints TAP and is linked with every file of the kernel.

CC = gcc
STRICT = -std=c11 -Wall -Wextra -Wconversion -Wshadow -Werror -Wstrict-prototypes -Wmissing-prototypes
COMMON = -Isrc -ffp-contract=off -g
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

KERNEL = $(sort $(wildcard src/stats/*.c))
TESTS = $(patsubst test/unit/%.c,%,$(sort $(wildcard test/unit/test_*.c)))
INCLUDES = $(wildcard src/stats/*.h test/unit/*.h)

CFLAGS_asan = $(STRICT) $(COMMON) -O1 $(SANITIZE)
CFLAGS_plain = $(STRICT) $(COMMON) -O2

.PHONY: unit valgrind programs-asan programs-plain
.SECONDARY:

unit: programs-asan
	@for t in $(TESTS); do echo "# $$t"; build/asan/$$t || exit 1; done

valgrind: programs-plain
	@for t in $(TESTS); do echo "# $$t"; valgrind -q --leak-check=full --error-exitcode=99 build/plain/$$t || exit 1; done

programs-asan: $(TESTS:%=build/asan/%)
programs-plain: $(TESTS:%=build/plain/%)

define VARIANT
build/$(1)/%.o: %.c $(INCLUDES)
	@mkdir -p $$(@D)
	$(CC) $(CFLAGS_$(1)) -c -o $$@ $$<

build/$(1)/%: build/$(1)/test/unit/%.o $(KERNEL:%.c=build/$(1)/%.o)
	$(CC) $(CFLAGS_$(1)) -o $$@ $$^ -lm
endef

$(foreach v,asan plain,$(eval $(call VARIANT,$(v))))
