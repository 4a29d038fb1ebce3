// The one function of libFuzzer that is called rather than linked to by name
// (LLVM, compiler-rt/lib/fuzzer/FuzzerInterface.h and "Using libFuzzer as a library" of its manual).
#ifndef CUSTODY_CLIBFUZZER_H
#define CUSTODY_CLIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));

#endif
