// What stands between JNI and waymark/c.h: clients by number, texts as bytes, callbacks into Java.
//
// - Java holds a number, never a pointer: null, a number of nobody and one of a client that is
//   closed are answers, also while another thread closes it.
// - Texts are UTF-8 in byte arrays, both ways. JNI's own strings are Modified UTF-8, which is
//   another encoding for emoji and breaks at lone surrogates.
// - Nothing that Java throws in a callback goes on; nothing is thrown here.
#ifndef WAYMARK_ANDROID_JNI_CLIENT_H_
#define WAYMARK_ANDROID_JNI_CLIENT_H_

#include <jni.h>

#include <memory>
#include <string>

#include "waymark/c.h"

namespace waymark::android {

// A byte array as text with a NUL behind it; null stays null.
class Text {
 public:
  // At most this many bytes are copied: one more than waymark/c.h takes of any document.
  static constexpr jsize kBytesMax = WAYMARK_DOCUMENT_BYTES_MAX + 1;

  Text(JNIEnv* env, jbyteArray array, jsize bytes_max = kBytesMax);
  const char* data() const { return null_ ? nullptr : bytes_.c_str(); }
  const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(data()); }
  size_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
  bool null_ = true;
};

// Null where Java has no memory for it; an exception is then pending.
jbyteArray ToArray(JNIEnv* env, const char* text, size_t size);

// What Java says of an opening: the arguments of Native.open.
struct Opening {
  jobject host;
  jbyteArray config;
  jbyteArray directory;
  jbyteArray region;
  jbyteArray sdk_version;
  jlong intake_bytes_max;
  jlong memory_bytes_max;
};

// The number of a new client, or 0. `status[0]` says what came of it. Never waits: Native.ready
// does.
jlong Open(JNIEnv* env, const Opening& opening, jintArray status);

// Closes; all that is left of the client goes with the last call that is under way.
jint Close(jlong number, jlong wait_ms);

// The client of a number. While this lives it is not freed.
using Held = std::shared_ptr<waymark_client>;
Held Find(jlong number);
// What to answer where there is none.
waymark_status Missing(jlong number);

// Runs `call` with the client. The last stop of every exception.
template <typename Do>
jint Call(jlong number, Do call) {
  try {
    const Held client = Find(number);
    return client ? call(client.get()) : Missing(number);
  } catch (...) {
    return WAYMARK_NO_MEMORY;
  }
}

// The arguments of Native.capture.
struct Event {
  jint type;
  jbyteArray name;
  jbyteArray properties;
  jbyteArray context;
  jbyteArray user_id;
  jbyteArray other_id;
  jbyteArray priority;
  jbyteArray needs;
};
waymark_status Capture(JNIEnv* env, waymark_client* client, const Event& event);

// `answer` has the method onAnswer(byte[]).
waymark_status Ask(JNIEnv* env, waymark_client* client, const Text& question, jobject answer);

// Null: not open yet, closed, or nobody's number.
jbyteArray View(JNIEnv* env, jlong number);

// Fills `counters` in the order of waymark_counters, as far as there is room.
waymark_status Count(JNIEnv* env, waymark_client* client, jlongArray counters);

// The arguments of Native.httpDone.
struct HttpAnswer {
  jint error;
  jint status;
  jbyteArray retry_after;
  jbyteArray body;
};
waymark_status HttpDone(JNIEnv* env, waymark_client* client, jlong id, const HttpAnswer& answer);

}  // namespace waymark::android

#endif  // WAYMARK_ANDROID_JNI_CLIENT_H_
