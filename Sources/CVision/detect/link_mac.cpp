// HMAC-SHA-256 of a reading, so that an operator can see that two pictures show the same plate without anybody
// storing the plate. Written out here because the worker links no cryptographic library.
#include <cstring>

#include "../vision.hpp"

namespace custody {

namespace {

constexpr uint32_t kRound[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

uint32_t rotated(uint32_t v, int n) { return (v >> n) | (v << (32 - n)); }

// Optimizers drop a plain memset of memory nobody reads again.
void wipe(void *memory, size_t size) {
  volatile uint8_t *p = static_cast<volatile uint8_t *>(memory);
  while (size--) *p++ = 0;
}

struct Sha256 {
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint8_t block[64] = {};
  size_t filled = 0;
  uint64_t total = 0;

  ~Sha256() { wipe(this, sizeof *this); }

  void compress() {
    uint32_t w[64];
    for (int i = 0; i < 16; ++i) {
      w[i] = uint32_t(block[4 * i]) << 24 | uint32_t(block[4 * i + 1]) << 16 | uint32_t(block[4 * i + 2]) << 8 |
             uint32_t(block[4 * i + 3]);
    }
    for (int i = 16; i < 64; ++i) {
      const uint32_t a = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ (w[i - 15] >> 3);
      const uint32_t b = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    uint32_t s[8];
    std::memcpy(s, h, sizeof s);
    for (int i = 0; i < 64; ++i) {
      const uint32_t e = rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25);
      const uint32_t t1 = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + kRound[i] + w[i];
      const uint32_t a = rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22);
      const uint32_t t2 = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      std::memmove(s + 1, s, 7 * sizeof s[0]);
      s[4] += t1;
      s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; ++i) h[i] += s[i];
    wipe(w, sizeof w);
    wipe(s, sizeof s);
  }

  void update(const uint8_t *data, size_t size) {
    total += size;
    for (size_t i = 0; i < size; ++i) {
      block[filled++] = data[i];
      if (filled == sizeof block) {
        compress();
        filled = 0;
      }
    }
  }

  void finish(uint8_t out[32]) {
    const uint64_t bits = total * 8;
    const uint8_t one = 0x80, zero = 0;
    update(&one, 1);
    while (filled != 56) update(&zero, 1);
    uint8_t length[8];
    for (int i = 0; i < 8; ++i) length[i] = uint8_t(bits >> (56 - 8 * i));
    update(length, sizeof length);
    for (int i = 0; i < 32; ++i) out[i] = uint8_t(h[i / 4] >> (24 - 8 * (i % 4)));
  }
};

}  // namespace

void link_mac(const cv_options &options, const std::string &reading, uint8_t out[16]) {
  // The key is at most 32 bytes, so it never has to be hashed down to the block size.
  uint8_t inner[64], outer[64], digest[32];
  for (size_t i = 0; i < sizeof inner; ++i) {
    const uint8_t key = i < options.link_key_length && i < sizeof options.link_key ? options.link_key[i] : 0;
    inner[i] = key ^ 0x36;
    outer[i] = key ^ 0x5c;
  }
  {
    Sha256 hash;
    hash.update(inner, sizeof inner);
    hash.update(reinterpret_cast<const uint8_t *>(reading.data()), reading.size());
    hash.finish(digest);
  }
  {
    Sha256 hash;
    hash.update(outer, sizeof outer);
    hash.update(digest, sizeof digest);
    hash.finish(digest);
  }
  std::memcpy(out, digest, 16);
  wipe(inner, sizeof inner);
  wipe(outer, sizeof outer);
  wipe(digest, sizeof digest);
}

}  // namespace custody
