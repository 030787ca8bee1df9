#include "mapped_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace waymark::native {
namespace {

// A process whose files may not grow so far gets a signal that ends it, and only where that is
// blocked an error. One that was raised here is taken back.
class NoFileSizeSignal {
 public:
  NoFileSizeSignal() {
    sigemptyset(&only_);
    sigaddset(&only_, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &only_, &before_);
  }
  ~NoFileSizeSignal() {
    if (sigismember(&before_, SIGXFSZ)) return;
    sigset_t pending;
    sigpending(&pending);
    int taken = 0;
    if (sigismember(&pending, SIGXFSZ)) sigwait(&only_, &taken);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t only_;
  sigset_t before_;
};

Fault FaultOf(int error) {
  const bool full = error == ENOSPC || error == EFBIG || error == EDQUOT || error == ENOMEM;
  return full ? Fault::kQuota : Fault::kUnavailable;
}

// All blocks of the file; an errno, 0: done.
int Allocate(int descriptor, size_t bytes) {
  const NoFileSizeSignal no_signal;
#if defined(__APPLE__)
  fstore_t store = {F_ALLOCATEALL, F_PEOFPOSMODE, 0, static_cast<off_t>(bytes), 0};
  if (fcntl(descriptor, F_PREALLOCATE, &store) != 0) return errno;
  return ftruncate(descriptor, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
#else
  return posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
#endif
}

size_t PageBytes() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

}  // namespace

MappedFile::MappedFile(std::string path, int descriptor, char* data, size_t size)
    : path_(std::move(path)), descriptor_(descriptor), data_(data), size_(size) {}

MappedFile::~MappedFile() {
  munmap(data_, size_);
  close(descriptor_);
}

std::unique_ptr<MappedFile> MappedFile::Map(const std::string& path, int descriptor, size_t bytes,
                                            Fault* fault) {
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (data == MAP_FAILED) {
    *fault = FaultOf(errno);
    close(descriptor);
    return nullptr;
  }
  *fault = Fault::kNone;
  return std::unique_ptr<MappedFile>(
      new MappedFile(path, descriptor, static_cast<char*>(data), bytes));
}

std::unique_ptr<MappedFile> MappedFile::Create(const std::string& path, size_t bytes,
                                               Fault* fault) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    *fault = FaultOf(errno);
    return nullptr;
  }
  if (const int error = Allocate(descriptor, bytes); error != 0) {
    *fault = FaultOf(error);
    close(descriptor);
    unlink(path.c_str());
    return nullptr;
  }
  std::unique_ptr<MappedFile> file = Map(path, descriptor, bytes, fault);
  if (!file) unlink(path.c_str());
  return file;
}

std::unique_ptr<MappedFile> MappedFile::Open(const std::string& path, Fault* fault) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct stat about;
  if (descriptor < 0 || fstat(descriptor, &about) != 0) {
    *fault = FaultOf(errno);
    if (descriptor >= 0) close(descriptor);
    return nullptr;
  }
  if (!S_ISREG(about.st_mode) || about.st_size <= 0) {
    *fault = Fault::kCorrupt;
    close(descriptor);
    return nullptr;
  }
  return Map(path, descriptor, static_cast<size_t>(about.st_size), fault);
}

void MappedFile::Erase(size_t offset, size_t size) {
  const size_t page = PageBytes();
  const size_t first = (offset + page - 1) / page * page;
  const size_t last = (offset + size) / page * page;
#if defined(FALLOC_FL_PUNCH_HOLE)
  const bool whole =
      first < last && fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                static_cast<off_t>(first), static_cast<off_t>(last - first)) == 0;
#else
  const bool whole = false;
#endif
  if (!whole) {
    std::memset(data_ + offset, 0, size);
    return;
  }
  std::memset(data_ + offset, 0, first - offset);
  std::memset(data_ + last, 0, offset + size - last);
}

void MappedFile::Remove() { unlink(path_.c_str()); }

bool MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return true;
  struct stat about;
  return errno == EEXIST && stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

}  // namespace waymark::native
