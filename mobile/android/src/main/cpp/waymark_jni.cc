// The native methods of io.waymark.Native: one line a function. What they do stands in c.h.
#include "jni_client.h"

using namespace waymark::android;  // NOLINT: this file is the way out of it

#define WAYMARK_NATIVE(type, name) extern "C" JNIEXPORT type JNICALL Java_io_waymark_Native_##name

WAYMARK_NATIVE(jlong, open)
(JNIEnv* env, jclass, jobject host, jbyteArray config, jbyteArray directory, jbyteArray region,
 jbyteArray version, jlong intake_bytes, jlong memory_bytes, jintArray status) {
  return Open(env, {host, config, directory, region, version, intake_bytes, memory_bytes}, status);
}

WAYMARK_NATIVE(jint, ready)(JNIEnv*, jclass, jlong client, jlong wait_ms) {
  return Call(client, [&](waymark_client* c) { return waymark_client_ready(c, wait_ms); });
}

WAYMARK_NATIVE(jint, close)(JNIEnv*, jclass, jlong client, jlong wait_ms) {
  return Close(client, wait_ms);
}

WAYMARK_NATIVE(jint, capture)
(JNIEnv* env, jclass, jlong client, jint type, jbyteArray name, jbyteArray properties,
 jbyteArray context, jbyteArray user_id, jbyteArray other_id, jbyteArray priority,
 jbyteArray needs) {
  const Event event{type, name, properties, context, user_id, other_id, priority, needs};
  return Call(client, [&](waymark_client* c) { return Capture(env, c, event); });
}

WAYMARK_NATIVE(jint, setConsent)
(JNIEnv* env, jclass, jlong client, jbyteArray choices, jbyteArray source, jbyteArray shown) {
  return Call(client, [&](waymark_client* c) {
    return waymark_client_set_consent(c, Text(env, choices).data(), Text(env, source).data(),
                                      Text(env, shown).data());
  });
}

WAYMARK_NATIVE(jint, setContext)(JNIEnv* env, jclass, jlong client, jbyteArray context) {
  return Call(client, [&](waymark_client* c) {
    return waymark_client_set_context(c, Text(env, context).data());
  });
}

WAYMARK_NATIVE(jint, signal)
(JNIEnv* env, jclass, jlong client, jbyteArray name, jbyteArray value) {
  return Call(client, [&](waymark_client* c) {
    return waymark_client_signal(c, Text(env, name).data(), Text(env, value).data(), nullptr);
  });
}

WAYMARK_NATIVE(jint, reset)(JNIEnv*, jclass, jlong client) {
  return Call(client, waymark_client_reset);
}

WAYMARK_NATIVE(jint, flush)(JNIEnv*, jclass, jlong client) {
  return Call(client, waymark_client_flush);
}

WAYMARK_NATIVE(jint, forget)(JNIEnv*, jclass, jlong client) {
  return Call(client, waymark_client_forget);
}

WAYMARK_NATIVE(jint, lifecycle)(JNIEnv*, jclass, jlong client, jint state) {
  return Call(client, [&](waymark_client* c) {
    return waymark_client_lifecycle(c, static_cast<waymark_lifecycle>(state));
  });
}

WAYMARK_NATIVE(jint, connectivity)
(JNIEnv*, jclass, jlong client, jboolean online, jboolean metered) {
  return Call(client,
              [&](waymark_client* c) { return waymark_client_connectivity(c, online, metered); });
}

WAYMARK_NATIVE(jint, call)(JNIEnv* env, jclass, jlong client, jbyteArray command) {
  const Text text(env, command);
  return Call(client,
              [&](waymark_client* c) { return waymark_client_call(c, text.data(), text.size()); });
}

WAYMARK_NATIVE(jint, ask)(JNIEnv* env, jclass, jlong client, jbyteArray question, jobject answer) {
  return Call(client, [&](waymark_client* c) { return Ask(env, c, Text(env, question), answer); });
}

WAYMARK_NATIVE(jbyteArray, view)(JNIEnv* env, jclass, jlong client) { return View(env, client); }

WAYMARK_NATIVE(jint, counters)(JNIEnv* env, jclass, jlong client, jlongArray counters) {
  return Call(client, [&](waymark_client* c) { return Count(env, c, counters); });
}

WAYMARK_NATIVE(jint, httpDone)
(JNIEnv* env, jclass, jlong client, jlong id, jint error, jint status, jbyteArray retry_after,
 jbyteArray body) {
  const HttpAnswer answer{error, status, retry_after, body};
  return Call(client, [&](waymark_client* c) { return HttpDone(env, c, id, answer); });
}
