// Sets Tesseract up so that after the constructor it opens no file, starts no thread and prints nothing.
#include "line_reader.hpp"

#include <dlfcn.h>
#include <leptonica/allheaders.h>
#include <stdlib.h>
#include <tesseract/baseapi.h>

#include <cstring>
#include <stdexcept>

namespace tesseract {
// Not in an installed header, but exported: the first call opens `debug_file`, later ones use it.
extern void tprintf(const char *format, ...);
}  // namespace tesseract

namespace custody {

namespace {

// The environment variable counts only for a process that starts with it, because libgomp reads it when it is loaded.
// With no active level allowed, a parallel region runs in the thread that meets it.
void forbid_threads() {
  setenv("OMP_THREAD_LIMIT", "1", 1);
  if (void *symbol = dlsym(RTLD_DEFAULT, "omp_set_max_active_levels")) {
    reinterpret_cast<void (*)(int)>(symbol)(0);
  }
}

const char *alphabet_of(Alphabet alphabet) {
  return alphabet == Alphabet::mrz ? "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
}

}  // namespace

struct LineReader::State {
  tesseract::TessBaseAPI api;
  bool any = false;
  Alphabet last = Alphabet::plate;
};

LineReader::LineReader() : state_(new State) {
  forbid_threads();
  setMsgSeverity(L_SEVERITY_NONE);
  // Words of a dictionary are the opposite of what plates and machine readable zones hold.
  std::vector<std::string> names = {"load_system_dawg", "load_freq_dawg", "debug_file"};
  std::vector<std::string> values = {"0", "0", "/dev/null"};
  if (state_->api.Init(nullptr, "eng", tesseract::OEM_LSTM_ONLY, nullptr, 0, &names, &values, false) != 0) {
    throw std::runtime_error("Tesseract has no data for the language eng");
  }
  state_->api.SetPageSegMode(tesseract::PSM_SINGLE_LINE);
  tesseract::tprintf("%s", " ");
  // A first line makes the engine allocate and load whatever it puts off until it is used.
  Plane warm(160, 48, 255);
  for (int y = 10; y < 38; ++y) {
    for (int x = 20; x < 140; x += 20) std::memset(warm.row(y) + x, 0, 6);
  }
  std::string text = read(warm, Alphabet::plate);
  wipe(text);
}

LineReader::~LineReader() = default;

std::string LineReader::read(const Plane &line, Alphabet alphabet) {
  State &state = *state_;
  if (!state.any || state.last != alphabet) {
    state.api.SetVariable("tessedit_char_whitelist", alphabet_of(alphabet));
    state.any = true;
    state.last = alphabet;
  }
  state.api.SetImage(line.pixels.data(), line.width, line.height, 1, line.width);
  state.api.SetSourceResolution(300);
  std::string out;
  out.reserve(64);
  if (char *text = state.api.GetUTF8Text()) {
    for (char *p = text; *p; ++p) {
      if (std::strchr(alphabet_of(alphabet), *p)) out.push_back(*p);
      *reinterpret_cast<volatile char *>(p) = 0;
    }
    delete[] text;
  }
  state.api.Clear();
  return out;
}

void wipe(std::string &text) {
  volatile char *p = text.empty() ? nullptr : &text[0];
  for (size_t i = 0; i < text.size(); ++i) p[i] = 0;
  text.clear();
}

}  // namespace custody
