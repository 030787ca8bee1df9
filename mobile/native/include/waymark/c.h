/* Waymark for native programs: phones, kiosks, tills. This is the public C interface; client.h is
 * the same for C++, and the Kotlin and Swift classes stand upon it.
 *
 * What holds for every function:
 * - Threads. Any function may be called from any thread at any time, save waymark_client_free(),
 *   which must be the last one. A client has one thread of its own, the worker.
 * - Time. No call waits for the network, the engine or the worker, save waymark_client_open(),
 *   waymark_client_ready() and waymark_client_close(), whose bounds the caller gives.
 * - Errors are values. A client that is null or closed, text that is null or too long: the call
 *   says so and does nothing. Nothing throws, aborts or exits. What is found wrong later, on the
 *   worker, goes to `on_problem`.
 * - Texts are UTF-8. A size of 0 means "up to the NUL". A null text is an absent one. Texts are
 *   copied before the call returns; nothing of the caller's is kept.
 * - Consent. A call may always be made: what may be kept, sent or must be dropped is decided
 * inside.
 *
 * Names here begin with waymark_client_; abi.h is the engine's own boundary, and no public API.
 */
#ifndef WAYMARK_C_H_
#define WAYMARK_C_H_

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && defined(WAYMARK_SHARED)
#define WAYMARK_API __declspec(dllimport)
#elif defined(__GNUC__)
#define WAYMARK_API __attribute__((visibility("default")))
#else
#define WAYMARK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when a program built against an older header would no longer work. Structs grow at their
 * end without it: `struct_size` says which members the caller knows. */
#define WAYMARK_C_VERSION 1
WAYMARK_API uint32_t waymark_client_c_version(void);

/* Version of the library, "0.1.0". Lives as long as the program. */
WAYMARK_API const char* waymark_client_version(void);

typedef struct waymark_client waymark_client;

/* What a call answers. Values never change their meaning; new ones may be added at the end. */
typedef enum waymark_status {
  WAYMARK_OK = 0,
  WAYMARK_INVALID_ARGUMENT = 1,  /* null where something is needed, or out of its range */
  WAYMARK_CLOSED = 2,            /* the client is closed */
  WAYMARK_TOO_BIG = 3,           /* a text is over its limit; nothing was taken */
  WAYMARK_QUEUE_FULL = 4,        /* calls come faster than they can be put down; counted, lost */
  WAYMARK_CONFIG_REFUSED = 5,    /* the config does not fit; `on_problem` was told why */
  WAYMARK_STORE_BUSY = 6,        /* another client, here or in another process, has the directory */
  WAYMARK_STORE_UNAVAILABLE = 7, /* the directory cannot be made, read or written */
  WAYMARK_STORE_NEWER = 8,       /* written by a newer version; it is left as it is */
  WAYMARK_TIMEOUT = 9,           /* not done within the bound; it goes on, or was given up */
  WAYMARK_NO_MEMORY = 10,
  WAYMARK_VERSION_MISMATCH = 11 /* the program was built against another WAYMARK_C_VERSION */
} waymark_status;

/* The status as a sentence in English. Never null; lives as long as the program. */
WAYMARK_API const char* waymark_client_status_text(waymark_status status);

/* ---- Limits -----------------------------------------------------------------------------------
 */

/* Properties or traits of one event, as text. */
#define WAYMARK_PROPERTIES_BYTES_MAX 32000
/* Context of one event, as text. */
#define WAYMARK_CONTEXT_BYTES_MAX 16000
/* Name of an event. */
#define WAYMARK_NAME_BYTES_MAX 200
/* User, previous and group id, each. */
#define WAYMARK_ID_BYTES_MAX 512
/* Any other document: waymark_client_call(), waymark_client_ask(). */
#define WAYMARK_DOCUMENT_BYTES_MAX 262144

/* ---- Seams: each may be left null --------------------------------------------------------------
 */

typedef struct waymark_http_request {
  size_t struct_size;
  int64_t id;         /* for waymark_client_http_done(); never 0 */
  const char* method; /* "POST" or "GET" */
  const char* url;
  const char* headers; /* JSON object, name: value */
  const uint8_t* body; /* null with GET */
  size_t body_size;
  int64_t timeout_ms;      /* for the whole request */
  size_t answer_bytes_max; /* of the answer's body that are wanted; 0: none */
  int leaving; /* 1: the app goes to the background; use what outlives it, where there is such */
  int credentials; /* 1: with the cookies of the platform, where it has such */
} waymark_http_request;

/* HTTP by the platform. Without one libcurl is used where the library was built with it; otherwise
 * nothing is sent.
 *
 * Both functions are called on the worker and must not wait. The request and all in it are valid
 * until `send` returns. Every request gets exactly one waymark_client_http_done(), from any thread,
 * also from within `send`, also after `abort` (with WAYMARK_HTTP_ABORTED). Redirects must not be
 * followed, answers not be cached. */
typedef struct waymark_http {
  size_t struct_size;
  void* context;
  void (*send)(void* context, const waymark_http_request* request);
  void (*abort)(void* context, int64_t id);
} waymark_http;

typedef enum waymark_http_error {
  WAYMARK_HTTP_ANSWERED = 0, /* there is a status */
  WAYMARK_HTTP_NETWORK = 1,  /* no connection, or it broke */
  WAYMARK_HTTP_TIMED_OUT = 2,
  WAYMARK_HTTP_ABORTED = 3,
  WAYMARK_HTTP_REFUSED = 4, /* the platform would not take it */
  WAYMARK_HTTP_QUEUED = 5 /* the platform will send it after the app has gone: not an acceptance */
} waymark_http_error;

typedef struct waymark_http_answer {
  size_t struct_size;
  waymark_http_error error;
  int status;              /* HTTP's; 0 unless WAYMARK_HTTP_ANSWERED */
  const char* retry_after; /* the header as it came; null: absent */
  const uint8_t* body;     /* the first `answer_bytes_max` bytes; null where the body broke off */
  size_t body_size;
} waymark_http_answer;

/* Encryption of all that is put down on the device. Called on the worker and on the threads that
 * call the client, also at the same time. `name` says what the bytes are and must be bound to them
 * (additional data of an AEAD): what was sealed under one name must not open under another.
 *
 * Both return how many bytes they wrote into `out`, or 0 where that cannot be done; sealed bytes
 * that do not open are given up and counted. `out` has room for size + overhead_bytes. A sealed
 * value is never empty. Sealing costs the calling thread its time with every event. */
typedef struct waymark_cipher {
  size_t struct_size;
  void* context;
  size_t overhead_bytes; /* by how much a sealed text is longer, at most; 0 to 1024 */
  size_t (*seal)(void* context, const char* name, const uint8_t* bytes, size_t size, uint8_t* out);
  size_t (*open)(void* context, const char* name, const uint8_t* bytes, size_t size, uint8_t* out);
} waymark_cipher;

/* ---- Opening and closing -----------------------------------------------------------------------
 */

/* Fill with zeroes, then set `struct_size`, `c_version`, `config`, and what else is wanted. */
typedef struct waymark_options {
  size_t struct_size; /* sizeof(waymark_options) */
  uint32_t c_version; /* WAYMARK_C_VERSION */

  /* The config document, JSON; see sdk/docs/config.schema.json. Required. */
  const char* config;
  size_t config_size;

  /* Folder for this client alone; it is made if it is not there (mode 0700), its parent must exist.
   * Null: nothing is put down; what is not sent when the process ends is lost. Put it where backups
   * do not go (Android: noBackupFilesDir). */
  const char* directory;

  /* How long waymark_client_open() waits for store and engine. 0: 5,000. Negative: not at all;
   * calls are kept in memory meanwhile, and waymark_client_ready() tells what came of it. */
  int64_t open_wait_ms;

  /* Calls that were admitted and not yet taken over lie in mapped files, at most so many bytes of
   * them. 0: 16 MiB. From 64 KiB to 1 GiB. A call that finds no room is counted as lost (`quota`).
   */
  size_t intake_bytes_max;

  /* Calls that wait in memory, as those must of which nobody has decided whether they may be put
   * down: at most so many bytes. 0: 1 MiB. From 64 KiB to 64 MiB. */
  size_t memory_bytes_max;

  /* Which face this is. Null: "waymark-native" and this library's version. */
  const char* sdk_name;
  const char* sdk_version;

  const waymark_http* http;     /* copied; its context must outlive the client */
  const waymark_cipher* cipher; /* copied; its context must outlive the client */

  /* What the callbacks below get. All of them are called on the worker, one at a time, and must not
   * wait; they may call every function but waymark_client_close() and waymark_client_free(). The
   * last one returns before waymark_client_close() does, unless that says WAYMARK_TIMEOUT. */
  void* context;

  /* The view has changed: ask waymark_client_view() when it suits. */
  void (*on_view)(void* context);

  /* Something was refused, or went wrong: a code (sdk/docs/effect.md; those of the store are in
   * mobile/native/README.md), a JSON pointer, what was found, what is allowed. Never null, never
   * personal data. */
  void (*on_problem)(void* context, const char* code, const char* pointer, const char* found,
                     const char* allowed);

  /* IABTCF_… and IABGPP_… for the platform's default preferences: a number or a string of JSON;
   * null: remove it. */
  void (*on_preference)(void* context, const char* name, const char* json);

  /* First and last of all on the worker: JNI attaches and detaches its thread here. */
  void (*on_worker_begin)(void* context);
  void (*on_worker_end)(void* context);

  /* ISO 3166-1 or -2 place of the person, "DE" or "US-CA", told before anything else; null:
   * unknown. The same as a signal `region` from `host`. */
  const char* region;
} waymark_options;

/* Opens a client. `*client` is null unless the answer is WAYMARK_OK, or WAYMARK_TIMEOUT when store
 * and engine were not ready in time (or are not waited for: then it is WAYMARK_OK at once). All
 * functions take a null client and answer WAYMARK_INVALID_ARGUMENT. */
WAYMARK_API waymark_status waymark_client_open(const waymark_options* options,
                                               waymark_client** client);

/* Waits at most `wait_ms` until store and engine are open: WAYMARK_OK; WAYMARK_TIMEOUT; or why they
 * are not and never will be. */
WAYMARK_API waymark_status waymark_client_ready(waymark_client* client, int64_t wait_ms);

/* Takes no more calls, hands what was called to the engine, lets the engine put it down and send
 * what it can, then ends the worker: all that within `wait_ms` (0 to 60,000). A request that is
 * under way then is given up and sent again at the next start. WAYMARK_OK: all threads and files
 * of the client are gone. WAYMARK_TIMEOUT: the system did not let go of the worker (a disk that
 * hangs); it ends by itself. A second close answers WAYMARK_CLOSED. */
WAYMARK_API waymark_status waymark_client_close(waymark_client* client, int64_t wait_ms);

/* Frees what is left of a client, closing it with a bound of 0 if it is open. No other call with it
 * may be under way, or come later. Null is fine. */
WAYMARK_API void waymark_client_free(waymark_client* client);

/* ---- Events ------------------------------------------------------------------------------------
 */

typedef enum waymark_event_type {
  WAYMARK_TRACK = 0,
  WAYMARK_PAGE = 1,
  WAYMARK_SCREEN = 2,
  WAYMARK_IDENTIFY = 3,
  WAYMARK_ALIAS = 4,
  WAYMARK_GROUP = 5
} waymark_event_type;

/* Fill with zeroes; every text may be null where the verb does not need it. */
typedef struct waymark_event {
  size_t struct_size; /* sizeof(waymark_event) */
  waymark_event_type type;
  const char* name; /* track, screen; page: optional */
  size_t name_size;
  const char* properties; /* JSON object; identify and group: the traits */
  size_t properties_size;
  const char* context; /* JSON object: overrides members of the standing context, for this event */
  size_t context_size;
  const char* user_id; /* identify: optional; alias: required */
  size_t user_id_size;
  const char* other_id; /* alias: previous id, optional; group: group id, required */
  size_t other_id_size;
  const char* priority; /* "critical", "normal" or "bulk"; null: by name */
  const char* needs;    /* JSON array of purposes that it needs besides those of each collector */
} waymark_event;

/* Something happened. Costs about a microsecond. When this returns WAYMARK_OK, and consent at that
 * moment lets the event be kept, it lies in a mapped file: it survives the end of the process by
 * any means (not the power going within seconds). Whether the text is JSON is checked on the
 * worker: what is not is counted as `invalid` and reported. */
WAYMARK_API waymark_status waymark_client_capture(waymark_client* client,
                                                  const waymark_event* event);

/* The common ones, with texts that end with NUL. */
WAYMARK_API waymark_status waymark_client_track(waymark_client* client, const char* name,
                                                const char* properties);
WAYMARK_API waymark_status waymark_client_page(waymark_client* client, const char* name,
                                               const char* properties);
WAYMARK_API waymark_status waymark_client_screen(waymark_client* client, const char* name,
                                                 const char* properties);
WAYMARK_API waymark_status waymark_client_identify(waymark_client* client, const char* user_id,
                                                   const char* traits);
WAYMARK_API waymark_status waymark_client_alias(waymark_client* client, const char* user_id,
                                                const char* previous_id);
WAYMARK_API waymark_status waymark_client_group(waymark_client* client, const char* group_id,
                                                const char* traits);

/* ---- Commands ----------------------------------------------------------------------------------
 */

/* They take effect after all calls that were made before them, and before all that come later. */

/* The user has logged out: forgets user id, traits, anonymous id and session; consent stays. */
WAYMARK_API waymark_status waymark_client_reset(waymark_client* client);

/* A decision. `choices`: JSON object, {"analytics": "granted", "marketing": "denied"}; what is not
 * named stays. `source`: "person" (also null) or "account". `shown`: JSON object of what the person
 * saw, at most 1,000 bytes; null: not told. From this call on nothing is written to the device on
 * the strength of what was decided before. */
WAYMARK_API waymark_status waymark_client_set_consent(waymark_client* client, const char* choices,
                                                      const char* source, const char* shown);

/* Replaces the named top-level members of the standing context; null removes one. JSON object. */
WAYMARK_API waymark_status waymark_client_set_context(waymark_client* client, const char* context);

/* A fact for the consent policy: name (`region`, `gpc`, `dnt`, `att`, `age`), its value as JSON
 * ("\"DE\"", "true"), where it comes from (null: "host"). */
WAYMARK_API waymark_status waymark_client_signal(waymark_client* client, const char* name,
                                                 const char* value, const char* source);

/* Sends what is queued now, as far as the collectors' back-off allows. */
WAYMARK_API waymark_status waymark_client_flush(waymark_client* client);

/* Deletes every identifier and everything queued; consent goes back to "never asked". */
WAYMARK_API waymark_status waymark_client_forget(waymark_client* client);

typedef enum waymark_lifecycle {
  WAYMARK_FOREGROUND = 0, /* visible */
  WAYMARK_BACKGROUND = 1, /* hidden: what is queued is put down and sent at once */
  WAYMARK_CLOSING = 2,    /* probably the end */
  WAYMARK_FROZEN = 3,
  WAYMARK_RESUMED = 4
} waymark_lifecycle;
WAYMARK_API waymark_status waymark_client_lifecycle(waymark_client* client,
                                                    waymark_lifecycle state);

/* `online`: 0 or 1. `metered`: 1 where bytes cost money: bulk events wait. */
WAYMARK_API waymark_status waymark_client_connectivity(waymark_client* client, int online,
                                                       int metered);

/* Any command of sdk/docs/input.md as a JSON object with its `type`: `narrow`, `import_id`, and all
 * of the above. `now` and `entropy` are added here. */
WAYMARK_API waymark_status waymark_client_call(waymark_client* client, const char* command,
                                               size_t size);

/* ---- Questions ---------------------------------------------------------------------------------
 */

/* `answer`: JSON object; null when the client was closed before there was one. Valid until the
 * function returns. Called on the worker, once. */
typedef void (*waymark_answer)(void* context, const char* answer, size_t size);

/* Asks the engine. `question` is a JSON object with either `query` (sdk/docs/effect.md: explain,
 * inventory, lint, admission) or `type` of an input that is answered (sdk/docs/input.md: records,
 * hand_over, accept_hand_over); `request_id`, `now` and `entropy` are added here. When this returns
 * WAYMARK_OK, `answer` is called exactly once. */
WAYMARK_API waymark_status waymark_client_ask(waymark_client* client, const char* question,
                                              size_t size, waymark_answer answer, void* context);

/* The view, a JSON object (sdk/docs/effect.md), as of the last `on_view`; not older than the last
 * answer of waymark_client_ask(). Writes at most `capacity` bytes into `buffer`, a NUL at the end
 * among them, and returns the size of the whole text without its NUL: call again with more room
 * where that is not less than `capacity`. 0: null client, or not open yet. */
WAYMARK_API size_t waymark_client_view(waymark_client* client, char* buffer, size_t capacity);

/* What the host itself counts, since the client was opened. What collectors never got stands in the
 * view (`losses`). */
typedef struct waymark_counters {
  size_t struct_size;       /* set it before the call */
  uint64_t calls;           /* events that were taken */
  uint64_t queue_full;      /* events and commands that found no room */
  uint64_t off;             /* events that nobody wants, or that the kill switch turned away */
  uint64_t replayed;        /* events of an earlier process that were found in the intake */
  uint64_t torn;            /* places in the intake that could not be read back */
  uint64_t corrupt_files;   /* files of the store that were set aside */
  uint64_t store_failures;  /* writes that the device refused */
  uint64_t wake_ups;        /* of the worker */
  uint64_t intake_bytes;    /* now */
  uint64_t memory_bytes;    /* now */
  uint64_t requests;        /* that were sent */
  uint64_t request_bytes;   /* bodies of these */
  uint64_t stored_segments; /* of events that lie in the store, now: of earlier processes, too */
} waymark_counters;
WAYMARK_API waymark_status waymark_client_counters(waymark_client* client,
                                                   waymark_counters* counters);

/* Tells what came of a request of the `http` seam. The answer and all in it are copied. An unknown
 * id is ignored. */
WAYMARK_API waymark_status waymark_client_http_done(waymark_client* client, int64_t id,
                                                    const waymark_http_answer* answer);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* WAYMARK_C_H_ */
