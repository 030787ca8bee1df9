// A file whose bytes are memory: what is written there survives the process by any end, since the
// pages are the system's.
#ifndef WAYMARK_MOBILE_NATIVE_MAPPED_FILE_H_
#define WAYMARK_MOBILE_NATIVE_MAPPED_FILE_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

#include "fault.h"

namespace waymark::native {

class MappedFile {
 public:
  // Makes a file of zeroes whose blocks are all there: a later write into the mapping cannot fail
  // because the disk is full, which would be a signal and not an error. Null with `fault`.
  static std::unique_ptr<MappedFile> Create(const std::string& path, size_t bytes, Fault* fault);
  // Null with `fault` when it is not there, empty, or cannot be mapped.
  static std::unique_ptr<MappedFile> Open(const std::string& path, Fault* fault);
  ~MappedFile();

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  char* data() { return data_; }
  const char* data() const { return data_; }
  size_t size() const { return size_; }
  const std::string& path() const { return path_; }

  // Zeroes, for what must not stay; the blocks of whole pages go back to the disk, so nothing is
  // ever written there again.
  void Erase(size_t offset, size_t size);
  // The mapping stays until the end of this object.
  void Remove();

 private:
  MappedFile(std::string path, int descriptor, char* data, size_t size);
  static std::unique_ptr<MappedFile> Map(const std::string& path, int descriptor, size_t bytes,
                                         Fault* fault);

  std::string path_;
  int descriptor_;
  char* data_;
  size_t size_;
};

// What lies in such a file begins at a multiple of eight; numbers are little-endian, as all targets
// are; tests read a file by hand.
inline size_t Padded(size_t size) { return (size + 7) / 8 * 8; }

template <typename T>
void Put(char* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

template <typename T>
T Get(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// Makes the folder unless it is there. False: it cannot be made, or is no folder.
bool MakeFolder(const std::string& path);

}  // namespace waymark::native

#endif  // WAYMARK_MOBILE_NATIVE_MAPPED_FILE_H_
