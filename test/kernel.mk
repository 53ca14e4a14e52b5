# The kernel alone, without PostgreSQL: unit tests and fuzz targets.
#
#   make -f test/kernel.mk unit       under AddressSanitizer and UBSan
#   make -f test/kernel.mk valgrind   plain, under valgrind
#   make -f test/kernel.mk replay     fuzz targets that read files, without libFuzzer
#   make -f test/kernel.mk fuzzers    fuzz targets for libFuzzer, with clang
#   make -f test/kernel.mk seeds      write the first files of test/fuzz/corpus
#
# Run from the top of the tree. Each test/unit/test_*.c is a program that
# prints TAP, each test/fuzz/fuzz_*.c defines LLVMFuzzerTestOneInput, and every
# one is linked with all files of the kernel.

CC = gcc
CLANG = clang-14
PROVE = prove
STRICT = -std=c11 -Wall -Wextra -Wconversion -Wshadow -Werror -Wstrict-prototypes -Wmissing-prototypes
COMMON = -Isrc -Itest -ffp-contract=off -g
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

GENERATED = $(patsubst %.proto,%.pb-c.c,$(wildcard src/model/*.proto))
KERNEL = $(sort $(filter-out %.pb-c.c,$(wildcard src/stats/*.c src/model/*.c src/train/*.c)) $(GENERATED))
LIBRARIES = -lprotobuf-c -lm
TESTS = $(patsubst test/unit/%.c,%,$(sort $(wildcard test/unit/test_*.c)))
FUZZERS = $(patsubst test/fuzz/%.c,%,$(sort $(wildcard test/fuzz/fuzz_*.c)))
INCLUDES = $(wildcard src/stats/*.h src/model/*.h src/train/*.h test/unit/*.h test/fuzz/*.h)

COMPILE_asan = $(CC) $(STRICT) $(COMMON) -O1 $(SANITIZE)
COMPILE_plain = $(CC) $(STRICT) $(COMMON) -O2
COMPILE_fuzz = $(CLANG) $(STRICT) $(COMMON) -O1 $(SANITIZE) -fsanitize=fuzzer-no-link

.PHONY: unit valgrind replay fuzzers seeds programs-asan programs-plain
.SECONDARY:

unit: programs-asan
	$(PROVE) -e '' $(TESTS:%=build/asan/%)

valgrind: programs-plain
	DRIFT_TEST_ROWS=100000 $(PROVE) -e 'sh test/lib/valgrind.sh' $(TESTS:%=build/plain/%)

programs-asan: $(TESTS:%=build/asan/%)
programs-plain: $(TESTS:%=build/plain/%)
replay: $(FUZZERS:%=build/asan/replay_%)
fuzzers: $(FUZZERS:%=build/fuzz/%)

seeds: build/asan/seeds
	mkdir -p $(FUZZERS:%=test/fuzz/corpus/%)
	build/asan/seeds test/fuzz/corpus

src/%.pb-c.c: src/%.proto
	cd src && protoc-c --c_out=. $*.proto

define VARIANT
build/$(1)/%.o: %.c $(INCLUDES) $(GENERATED)
	@mkdir -p $$(@D)
	$$(COMPILE_$(1)) -c -o $$@ $$<

build/$(1)/test_%: build/$(1)/test/unit/test_%.o $(KERNEL:%.c=build/$(1)/%.o)
	$$(COMPILE_$(1)) -o $$@ $$^ $$(LIBRARIES)
endef

$(foreach v,asan plain fuzz,$(eval $(call VARIANT,$(v))))

build/asan/replay_%: build/asan/test/fuzz/%.o build/asan/test/fuzz/replay.o $(KERNEL:%.c=build/asan/%.o)
	$(COMPILE_asan) -o $@ $^ $(LIBRARIES)

build/fuzz/fuzz_%: build/fuzz/test/fuzz/fuzz_%.o $(KERNEL:%.c=build/fuzz/%.o)
	$(COMPILE_fuzz) -fsanitize=fuzzer -o $@ $^ $(LIBRARIES)

build/asan/seeds: build/asan/test/fuzz/seeds.o $(KERNEL:%.c=build/asan/%.o)
	$(COMPILE_asan) -o $@ $^ $(LIBRARIES)
