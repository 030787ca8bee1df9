package io.waymark

import io.waymark.platform.HttpAnswer
import io.waymark.platform.HttpRequest
import io.waymark.platform.HttpSender
import java.util.concurrent.CopyOnWriteArraySet
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executor
import java.util.concurrent.RejectedExecutionException
import org.json.JSONObject

/**
 * The native client with its seams: HTTP, preferences, listeners. Knows nothing of activities.
 *
 * @param listen where listeners are called; never the client's own thread.
 * @param prefer keeps a preference (a number or a text), or removes it (null).
 */
internal class Client(
    private val listen: Executor,
    private val prefer: (name: String, value: Any?) -> Unit,
) {
    internal class Opened(val number: Long, val status: Status)

    @Volatile internal var opened = Opened(0, Status.INVALID_ARGUMENT)
    private val isOpened = CountDownLatch(1)
    private val http = HttpSender(::answered)
    private val viewListeners = CopyOnWriteArraySet<Runnable>()
    private val problemListeners = CopyOnWriteArraySet<(Problem) -> Unit>()
    private val early = ArrayDeque<Problem>()

    fun open(config: String, directory: String?, options: Options): Status {
        val missing = Opened(0, Status.LIBRARY_MISSING)
        opened = if (Native.isThere) openNative(config, directory, options) else missing
        isOpened.countDown()
        if (opened === missing) {
            val allowed = "one for this device's processor"
            tell(Problem("library_missing", "", "no libwaymark_jni.so", allowed))
        }
        return opened.status
    }

    private fun openNative(config: String, directory: String?, options: Options): Opened {
        val status = IntArray(1)
        val number = Native.open(
            Host(),
            Json.utf8(config),
            Json.utf8(directory),
            Json.utf8(options.region),
            Json.utf8(VERSION),
            options.intakeBytesMax,
            options.memoryBytesMax,
            status,
        )
        return Opened(number, Status.of(status[0]))
    }

    /** What `call` answers for this client; what it was opened with, where there is none. */
    inline fun run(call: (Long) -> Int): Status {
        val now = opened
        return if (now.number == 0L) now.status.orElse() else Status.of(call(now.number))
    }

    internal fun Status.orElse() = if (this == Status.OK) Status.INVALID_ARGUMENT else this

    /** Waits at most so long. */
    fun ready(waitMs: Long): Status = run { Native.ready(it, waitMs) }

    fun close(waitMs: Long): Status {
        val status = run { Native.close(it, waitMs) }
        http.end()
        return status
    }

    fun capture(
        type: EventType,
        name: String? = null,
        properties: Any? = null,
        userId: String? = null,
        otherId: String? = null,
        options: EventOptions? = null,
    ): Status = writing {
        val texts = listOf(
            properties.jsonOrNull(), options?.context.jsonOrNull(),
            options?.needs.jsonOrNull(),
        )
        run {
            Native.capture(
                it,
                type.ordinal,
                Json.utf8(name),
                Json.utf8(texts[0]),
                Json.utf8(texts[1]),
                Json.utf8(userId),
                Json.utf8(otherId),
                Json.utf8(options?.priority),
                Json.utf8(texts[2]),
            )
        }
    }

    private fun Any?.jsonOrNull(): String? = when {
        this == null || (this is Map<*, *> && isEmpty()) -> null
        else -> Json.write(this)
    }

    fun call(command: Any): Status = writing {
        val text = Json.utf8(Json.write(command))
        run { Native.call(it, text) }
    }

    /** `answer` is called once, on the client's own thread: null where there is none. */
    fun ask(question: Any, answer: (JSONObject?) -> Unit): Status = writing {
        val text = Json.utf8(Json.write(question))
        run { Native.ask(it, text) { json -> answer(json.toJson()) } }
    }.also { if (it != Status.OK) answer(null) }

    /** Text that JSON has no way to write is a refusal that names the place. */
    inline fun writing(call: () -> Status): Status = try {
        call()
    } catch (unwritable: Json.Unwritable) {
        tell(Problem("wrong_type", unwritable.pointer, unwritable.found, "what JSON can hold"))
        Status.INVALID_ARGUMENT
    }

    fun view(): View? {
        val now = opened
        return if (now.number == 0L) null else Native.view(now.number).toJson()?.let(::View)
    }

    fun addViewListener(listener: Runnable) {
        viewListeners.add(listener)
        tellView()
    }

    fun removeViewListener(listener: Runnable) = viewListeners.remove(listener)

    /** Also hears of the problems that came before anybody listened, 20 at most. */
    fun addProblemListener(listener: (Problem) -> Unit) {
        val missed = synchronized(early) {
            problemListeners.add(listener)
            early.toList().also { early.clear() }
        }
        later { missed.forEach(listener) }
    }

    fun removeProblemListener(listener: (Problem) -> Unit) = problemListeners.remove(listener)

    fun tell(problem: Problem) {
        synchronized(early) {
            if (problemListeners.isEmpty() && early.size < EARLY_MAX) early.add(problem)
        }
        if (problemListeners.isNotEmpty()) later { problemListeners.forEach { it(problem) } }
    }

    fun tellView() {
        if (viewListeners.isNotEmpty()) later { viewListeners.forEach(Runnable::run) }
    }

    private fun later(what: Runnable) {
        try {
            listen.execute(what)
        } catch (_: RejectedExecutionException) {
            // Nobody listens any more.
        }
    }

    private fun answered(id: Long, answer: HttpAnswer) {
        isOpened.await()
        val retryAfter = Json.utf8(answer.retryAfter)
        run { Native.httpDone(it, id, answer.error, answer.status, retryAfter, answer.body) }
    }

    private inner class Host : NativeHost {
        override fun onView() = tellView()

        override fun onProblem(
            code: ByteArray?,
            pointer: ByteArray?,
            found: ByteArray?,
            allowed: ByteArray?,
        ) = tell(Problem(code.text(), pointer.text(), found.text(), allowed.text()))

        override fun onPreference(name: ByteArray?, json: ByteArray?) {
            prefer(name.text(), json?.let { JSONObject("{\"value\":${it.text()}}").opt("value") })
        }

        override fun onSend(
            id: Long,
            method: ByteArray?,
            url: ByteArray?,
            headers: ByteArray?,
            body: ByteArray?,
            timeoutMs: Long,
            answerBytesMax: Long,
            leaving: Boolean,
            credentials: Boolean,
        ) = http.send(
            HttpRequest(
                id,
                method.text(),
                url.text(),
                headers.text(),
                body,
                timeoutMs,
                answerBytesMax,
            ),
        )

        override fun onAbort(id: Long) = http.abort(id)

        private fun ByteArray?.text() = this?.let { String(it, Charsets.UTF_8) }.orEmpty()
    }

    private companion object {
        const val EARLY_MAX = 20
    }
}

/** In the order of `waymark_event_type`. */
internal enum class EventType { TRACK, PAGE, SCREEN, IDENTIFY, ALIAS, GROUP }

/** In the order of `waymark_lifecycle`. */
internal enum class AppState { FOREGROUND, BACKGROUND, CLOSING, FROZEN, RESUMED }

internal const val VERSION = "0.1.0"
