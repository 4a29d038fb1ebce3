// Tesseract behind one narrow door: one line of characters in, letters and digits out.
#ifndef CUSTODY_LINE_READER_HPP
#define CUSTODY_LINE_READER_HPP

#include <memory>
#include <string>

#include "gray_plane.hpp"

namespace custody {

enum class Alphabet { plate, mrz };

class LineReader {
 public:
  LineReader();  ///< throws std::runtime_error when Tesseract has no data
  ~LineReader();
  /// Characters of the alphabet in one line of dark print on light ground; the rest is left out.
  /// The caller wipes the result.
  std::string read(const Plane &line, Alphabet alphabet);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Overwrites and empties.
void wipe(std::string &text);

}  // namespace custody
#endif
