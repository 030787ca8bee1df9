#include "jni_client.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace waymark::android {
namespace {

constexpr jsize kEverything = std::numeric_limits<jsize>::max();
constexpr jint kLocalReferences = 16;  // of one callback; the longest makes 4

// The Java object that a client talks to, and how. Lives as long as the client may call.
class Host {
 public:
  static std::unique_ptr<Host> Of(JNIEnv* env, jobject object);
  ~Host();

  waymark_options Options();

 private:
  static void OnWorkerBegin(void* context);
  static void OnWorkerEnd(void* context);
  static void OnView(void* context);
  static void OnProblem(void* context, const char* code, const char* pointer, const char* found,
                        const char* allowed);
  static void OnPreference(void* context, const char* name, const char* json);
  static void Send(void* context, const waymark_http_request* request);
  static void Abort(void* context, int64_t id);

  template <typename... Arguments>
  void Tell(JNIEnv* env, jmethodID method, Arguments... arguments) const {
    if (!env->ExceptionCheck()) env->CallVoidMethod(object_, method, arguments...);
  }

  JavaVM* vm_ = nullptr;
  jobject object_ = nullptr;
  waymark_http http_ = {};
  jmethodID on_view_ = nullptr;
  jmethodID on_problem_ = nullptr;
  jmethodID on_preference_ = nullptr;
  jmethodID on_send_ = nullptr;
  jmethodID on_abort_ = nullptr;
};

JNIEnv* EnvOf(JavaVM* vm) {
  void* env = nullptr;
  return vm->GetEnv(&env, JNI_VERSION_1_6) == JNI_OK ? static_cast<JNIEnv*>(env) : nullptr;
}

// One visit to Java from a thread that never returns to it: references and exceptions go at its
// end.
class Visit {
 public:
  explicit Visit(JavaVM* vm) : env_(EnvOf(vm)) {
    if (env_ && env_->PushLocalFrame(kLocalReferences) != JNI_OK) {
      env_->ExceptionClear();
      env_ = nullptr;
    }
  }
  ~Visit() {
    if (!env_) return;
    env_->ExceptionClear();
    env_->PopLocalFrame(nullptr);
  }
  JNIEnv* env() const { return env_; }
  jbyteArray Array(const char* text) const { return Array(text, text ? std::strlen(text) : 0); }
  jbyteArray Array(const char* text, size_t size) const {
    return text && !env_->ExceptionCheck() ? ToArray(env_, text, size) : nullptr;
  }

 private:
  JNIEnv* env_;
};

// A method of a class that is not ours to trust: null and no exception where there is none.
jmethodID MethodOf(JNIEnv* env, jobject object, const char* name, const char* signature) {
  const jclass type = env->GetObjectClass(object);
  const jmethodID method = env->GetMethodID(type, name, signature);
  if (!method) env->ExceptionClear();
  env->DeleteLocalRef(type);
  return method;
}

std::unique_ptr<Host> Host::Of(JNIEnv* env, jobject object) {
  auto host = std::make_unique<Host>();
  if (!object || env->GetJavaVM(&host->vm_) != JNI_OK) return nullptr;
  host->on_view_ = MethodOf(env, object, "onView", "()V");
  host->on_problem_ = MethodOf(env, object, "onProblem", "([B[B[B[B)V");
  host->on_preference_ = MethodOf(env, object, "onPreference", "([B[B)V");
  host->on_send_ = MethodOf(env, object, "onSend", "(J[B[B[B[BJJZZ)V");
  host->on_abort_ = MethodOf(env, object, "onAbort", "(J)V");
  const bool whole = host->on_view_ && host->on_problem_ && host->on_preference_ &&
                     host->on_send_ && host->on_abort_;
  if (!whole) return nullptr;
  host->object_ = env->NewGlobalRef(object);
  return host->object_ ? std::move(host) : nullptr;
}

Host::~Host() {
  JNIEnv* const env = object_ ? EnvOf(vm_) : nullptr;
  if (env) env->DeleteGlobalRef(object_);
}

waymark_options Host::Options() {
  http_.struct_size = sizeof http_;
  http_.context = this;
  http_.send = Send;
  http_.abort = Abort;
  waymark_options options = {};
  options.struct_size = sizeof options;
  options.c_version = WAYMARK_C_VERSION;
  options.sdk_name = "waymark-android";
  options.http = &http_;
  options.context = this;
  options.on_view = OnView;
  options.on_problem = OnProblem;
  options.on_preference = OnPreference;
  options.on_worker_begin = OnWorkerBegin;
  options.on_worker_end = OnWorkerEnd;
  return options;
}

void Host::OnWorkerBegin(void* context) {
  JavaVMAttachArgs arguments = {JNI_VERSION_1_6, const_cast<char*>("waymark"), nullptr};
  JNIEnv* env = nullptr;
#ifdef __ANDROID__
  static_cast<Host*>(context)->vm_->AttachCurrentThreadAsDaemon(&env, &arguments);
#else
  static_cast<Host*>(context)->vm_->AttachCurrentThreadAsDaemon(reinterpret_cast<void**>(&env),
                                                                &arguments);
#endif
}

void Host::OnWorkerEnd(void* context) { static_cast<Host*>(context)->vm_->DetachCurrentThread(); }

void Host::OnView(void* context) {
  const auto* host = static_cast<Host*>(context);
  const Visit visit(host->vm_);
  if (visit.env()) host->Tell(visit.env(), host->on_view_);
}

void Host::OnProblem(void* context, const char* code, const char* pointer, const char* found,
                     const char* allowed) {
  const auto* host = static_cast<Host*>(context);
  const Visit visit(host->vm_);
  if (!visit.env()) return;
  host->Tell(visit.env(), host->on_problem_, visit.Array(code), visit.Array(pointer),
             visit.Array(found), visit.Array(allowed));
}

void Host::OnPreference(void* context, const char* name, const char* json) {
  const auto* host = static_cast<Host*>(context);
  const Visit visit(host->vm_);
  if (visit.env()) {
    host->Tell(visit.env(), host->on_preference_, visit.Array(name), visit.Array(json));
  }
}

void Host::Send(void* context, const waymark_http_request* request) {
  const auto* host = static_cast<Host*>(context);
  const Visit visit(host->vm_);
  if (!visit.env()) return;
  const auto* body = reinterpret_cast<const char*>(request->body);
  host->Tell(visit.env(), host->on_send_, static_cast<jlong>(request->id),
             visit.Array(request->method), visit.Array(request->url), visit.Array(request->headers),
             visit.Array(body, request->body_size), static_cast<jlong>(request->timeout_ms),
             static_cast<jlong>(request->answer_bytes_max),
             static_cast<jboolean>(request->leaving != 0),
             static_cast<jboolean>(request->credentials != 0));
}

void Host::Abort(void* context, int64_t id) {
  const auto* host = static_cast<Host*>(context);
  const Visit visit(host->vm_);
  if (visit.env()) host->Tell(visit.env(), host->on_abort_, static_cast<jlong>(id));
}

// All clients of the process, by number. Never destroyed: threads may outlive main().
class Clients {
 public:
  static Clients& All() {
    static Clients* const all = new Clients;
    return *all;
  }
  jlong Add(Held client) {
    const std::unique_lock hold(lock_);
    clients_.emplace(++last_, std::move(client));
    return last_;
  }
  Held Find(jlong number) {
    const std::shared_lock hold(lock_);
    const auto found = clients_.find(number);
    return found == clients_.end() ? nullptr : found->second;
  }
  void Remove(jlong number) {
    Held client = Find(number);  // goes after the lock
    const std::unique_lock hold(lock_);
    clients_.erase(number);
  }
  bool Knew(jlong number) {
    const std::shared_lock hold(lock_);
    return number > 0 && number <= last_;
  }

 private:
  std::shared_mutex lock_;
  std::unordered_map<jlong, Held> clients_;
  jlong last_ = 0;
};

waymark_status OpenHeld(JNIEnv* env, const Opening& opening, Held* client) {
  std::unique_ptr<Host> host = Host::Of(env, opening.host);
  if (!host) return WAYMARK_INVALID_ARGUMENT;
  const Text config(env, opening.config, kEverything);
  const Text directory(env, opening.directory);
  const Text region(env, opening.region);
  const Text version(env, opening.sdk_version);
  waymark_options options = host->Options();
  options.config = config.data();
  options.config_size = config.size();
  options.directory = directory.data();
  options.region = region.data();
  options.sdk_version = version.data();
  options.open_wait_ms = -1;
  options.intake_bytes_max = static_cast<size_t>(std::max<jlong>(opening.intake_bytes_max, 0));
  options.memory_bytes_max = static_cast<size_t>(std::max<jlong>(opening.memory_bytes_max, 0));
  waymark_client* opened = nullptr;
  const waymark_status status = waymark_client_open(&options, &opened);
  if (!opened) return status;
  // The callbacks outlive the client.
  client->reset(opened, [kept = std::shared_ptr<Host>(std::move(host))](waymark_client* freed) {
    waymark_client_free(freed);
  });
  return status;
}

struct Answering {
  JavaVM* vm;
  jobject object;
  jmethodID on_answer;
};

void OnAnswer(void* context, const char* text, size_t size) {
  const std::unique_ptr<Answering> answering(static_cast<Answering*>(context));
  const Visit visit(answering->vm);
  if (!visit.env()) return;
  visit.env()->CallVoidMethod(answering->object, answering->on_answer, visit.Array(text, size));
  visit.env()->DeleteGlobalRef(answering->object);
}

}  // namespace

Text::Text(JNIEnv* env, jbyteArray array, jsize bytes_max) : null_(array == nullptr) {
  if (null_) return;
  bytes_.resize(static_cast<size_t>(std::min(env->GetArrayLength(array), bytes_max)));
  env->GetByteArrayRegion(array, 0, static_cast<jsize>(bytes_.size()),
                          reinterpret_cast<jbyte*>(bytes_.data()));
}

jbyteArray ToArray(JNIEnv* env, const char* text, size_t size) {
  const jbyteArray array = env->NewByteArray(static_cast<jsize>(size));
  if (array) {
    env->SetByteArrayRegion(array, 0, static_cast<jsize>(size),
                            reinterpret_cast<const jbyte*>(text));
  }
  return array;
}

jlong Open(JNIEnv* env, const Opening& opening, jintArray status) {
  Held client;
  jint came = WAYMARK_NO_MEMORY;
  jlong number = 0;
  try {
    came = OpenHeld(env, opening, &client);
    if (client) number = Clients::All().Add(std::move(client));
  } catch (...) {
    came = WAYMARK_NO_MEMORY;
  }
  if (status && env->GetArrayLength(status) > 0) env->SetIntArrayRegion(status, 0, 1, &came);
  return number;
}

Held Find(jlong number) { return Clients::All().Find(number); }

waymark_status Missing(jlong number) {
  return Clients::All().Knew(number) ? WAYMARK_CLOSED : WAYMARK_INVALID_ARGUMENT;
}

jint Close(jlong number, jlong wait_ms) {
  const jint status =
      Call(number, [&](waymark_client* client) { return waymark_client_close(client, wait_ms); });
  // A worker that the system holds may still tell something: that client stays, closed.
  if (status == WAYMARK_OK) Clients::All().Remove(number);
  return status;
}

waymark_status Capture(JNIEnv* env, waymark_client* client, const Event& event) {
  const Text name(env, event.name);
  const Text properties(env, event.properties);
  const Text context(env, event.context);
  const Text user_id(env, event.user_id);
  const Text other_id(env, event.other_id);
  const Text priority(env, event.priority);
  const Text needs(env, event.needs);
  waymark_event captured = {};
  captured.struct_size = sizeof captured;
  captured.type = static_cast<waymark_event_type>(event.type);
  captured.name = name.data();
  captured.name_size = name.size();
  captured.properties = properties.data();
  captured.properties_size = properties.size();
  captured.context = context.data();
  captured.context_size = context.size();
  captured.user_id = user_id.data();
  captured.user_id_size = user_id.size();
  captured.other_id = other_id.data();
  captured.other_id_size = other_id.size();
  captured.priority = priority.data();
  captured.needs = needs.data();
  return waymark_client_capture(client, &captured);
}

waymark_status Ask(JNIEnv* env, waymark_client* client, const Text& question, jobject answer) {
  if (!answer) return WAYMARK_INVALID_ARGUMENT;
  auto answering = std::make_unique<Answering>();
  answering->on_answer = MethodOf(env, answer, "onAnswer", "([B)V");
  if (!answering->on_answer || env->GetJavaVM(&answering->vm) != JNI_OK) {
    return WAYMARK_INVALID_ARGUMENT;
  }
  answering->object = env->NewGlobalRef(answer);
  if (!answering->object) return WAYMARK_NO_MEMORY;
  const jobject object = answering->object;
  const waymark_status status =
      waymark_client_ask(client, question.data(), question.size(), OnAnswer, answering.get());
  if (status == WAYMARK_OK) {
    static_cast<void>(answering.release());  // OnAnswer has it, or has had it
  } else {
    env->DeleteGlobalRef(object);
  }
  return status;
}

jbyteArray View(JNIEnv* env, jlong number) {
  std::string view;
  const jint status = Call(number, [&](waymark_client* client) {
    size_t size = waymark_client_view(client, nullptr, 0);
    // It may grow between two looks.
    while (size > view.size()) {
      view.resize(size);
      size = waymark_client_view(client, view.data(), view.size() + 1);
    }
    view.resize(size);
    return WAYMARK_OK;
  });
  return status == WAYMARK_OK && !view.empty() ? ToArray(env, view.data(), view.size()) : nullptr;
}

waymark_status Count(JNIEnv* env, waymark_client* client, jlongArray counters) {
  if (!counters) return WAYMARK_INVALID_ARGUMENT;
  waymark_counters all = {};
  all.struct_size = sizeof all;
  const waymark_status status = waymark_client_counters(client, &all);
  if (status != WAYMARK_OK) return status;
  const uint64_t values[] = {all.calls,          all.queue_full, all.off,
                             all.replayed,       all.torn,       all.corrupt_files,
                             all.store_failures, all.wake_ups,   all.intake_bytes,
                             all.memory_bytes,   all.requests,   all.request_bytes,
                             all.stored_segments};
  const jsize room = std::min<jsize>(env->GetArrayLength(counters), std::size(values));
  env->SetLongArrayRegion(counters, 0, room, reinterpret_cast<const jlong*>(values));
  return WAYMARK_OK;
}

waymark_status HttpDone(JNIEnv* env, waymark_client* client, jlong id, const HttpAnswer& answer) {
  const Text retry_after(env, answer.retry_after);
  const Text body(env, answer.body, kEverything);
  waymark_http_answer done = {};
  done.struct_size = sizeof done;
  done.error = static_cast<waymark_http_error>(answer.error);
  done.status = answer.status;
  done.retry_after = retry_after.data();
  done.body = body.bytes();
  done.body_size = body.size();
  return waymark_client_http_done(client, id, &done);
}

}  // namespace waymark::android
