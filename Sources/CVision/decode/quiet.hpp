// Silence for libraries that print their complaints.
#ifndef CUSTODY_DECODE_QUIET_HPP
#define CUSTODY_DECODE_QUIET_HPP

namespace custody::decoding {

/// Makes the stream that takes what nobody shall read. At start-up.
void initialize_quiet();

/// While one exists, what is printed to the C library's `stderr` goes nowhere. Debian's libjxl is built with its
/// diagnostics on, and a file must not be able to write to the terminal. One thread.
class Quiet {
 public:
  Quiet();
  ~Quiet();
  Quiet(const Quiet &) = delete;
  Quiet &operator=(const Quiet &) = delete;

 private:
  void *saved_;
};

}  // namespace custody::decoding
#endif
