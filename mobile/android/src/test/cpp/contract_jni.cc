// The engine's boundary (waymark/abi.h) for the contract suite in JUnit: bytes in, bytes out.
// io.waymark.contract.Engine has these native methods. For tests alone.
#include <jni.h>

#include <string>

#include "waymark/abi.h"

namespace {

std::string BytesOf(JNIEnv* env, jbyteArray array) {
  std::string bytes(static_cast<size_t>(env->GetArrayLength(array)), '\0');
  env->GetByteArrayRegion(array, 0, static_cast<jsize>(bytes.size()),
                          reinterpret_cast<jbyte*>(bytes.data()));
  return bytes;
}

const uint8_t* Start(const std::string& bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

waymark_engine* EngineOf(jlong handle) { return reinterpret_cast<waymark_engine*>(handle); }

jbyteArray Result(JNIEnv* env, jlong handle, const uint8_t* result) {
  const auto size = static_cast<jsize>(waymark_result_size(EngineOf(handle)));
  const jbyteArray array = env->NewByteArray(size);
  if (array) env->SetByteArrayRegion(array, 0, size, reinterpret_cast<const jbyte*>(result));
  return array;
}

}  // namespace

#define WAYMARK_NATIVE(type, name) \
  extern "C" JNIEXPORT type JNICALL Java_io_waymark_contract_Engine_##name

WAYMARK_NATIVE(jlong, open)(JNIEnv* env, jclass, jbyteArray frame) {
  const std::string bytes = BytesOf(env, frame);
  return reinterpret_cast<jlong>(waymark_open(Start(bytes), bytes.size()));
}

WAYMARK_NATIVE(jbyteArray, handle)(JNIEnv* env, jclass, jlong engine, jbyteArray frame) {
  const std::string bytes = BytesOf(env, frame);
  return Result(env, engine, waymark_handle(EngineOf(engine), Start(bytes), bytes.size()));
}

WAYMARK_NATIVE(jbyteArray, query)(JNIEnv* env, jclass, jlong engine, jbyteArray frame) {
  const std::string bytes = BytesOf(env, frame);
  return Result(env, engine, waymark_query(EngineOf(engine), Start(bytes), bytes.size()));
}

WAYMARK_NATIVE(jbyteArray, view)(JNIEnv* env, jclass, jlong engine) {
  return Result(env, engine, waymark_view(EngineOf(engine)));
}

WAYMARK_NATIVE(void, close)(JNIEnv*, jclass, jlong engine) { waymark_close(EngineOf(engine)); }
