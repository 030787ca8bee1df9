package io.waymark

/**
 * The native methods: one for each function of `waymark/c.h`, which says what they do. A client is
 * a number; 0, and the number of one that is closed, are answers. Texts are UTF-8. Statuses are
 * those of [Status].
 */
internal object Native {
    /** Whether the library could be loaded. Where not, no method here may be called. */
    @JvmStatic
    val isThere: Boolean = try {
        System.loadLibrary("waymark_jni")
        true
    } catch (_: LinkageError) {
        false
    } catch (_: SecurityException) {
        false
    }

    @JvmStatic
    @Suppress("LongParameterList")
    external fun open(
        host: NativeHost?,
        config: ByteArray?,
        directory: ByteArray?,
        region: ByteArray?,
        version: ByteArray?,
        intakeBytesMax: Long,
        memoryBytesMax: Long,
        status: IntArray?,
    ): Long

    @JvmStatic external fun ready(client: Long, waitMs: Long): Int

    @JvmStatic external fun close(client: Long, waitMs: Long): Int

    @JvmStatic
    @Suppress("LongParameterList")
    external fun capture(
        client: Long,
        type: Int,
        name: ByteArray?,
        properties: ByteArray?,
        context: ByteArray?,
        userId: ByteArray?,
        otherId: ByteArray?,
        priority: ByteArray?,
        needs: ByteArray?,
    ): Int

    @JvmStatic
    external fun setConsent(
        client: Long,
        choices: ByteArray?,
        source: ByteArray?,
        shown: ByteArray?,
    ): Int

    @JvmStatic external fun setContext(client: Long, context: ByteArray?): Int

    @JvmStatic external fun signal(client: Long, name: ByteArray?, value: ByteArray?): Int

    @JvmStatic external fun reset(client: Long): Int

    @JvmStatic external fun flush(client: Long): Int

    @JvmStatic external fun forget(client: Long): Int

    @JvmStatic external fun lifecycle(client: Long, state: Int): Int

    @JvmStatic external fun connectivity(client: Long, online: Boolean, metered: Boolean): Int

    @JvmStatic external fun call(client: Long, command: ByteArray?): Int

    @JvmStatic external fun ask(client: Long, question: ByteArray?, answer: NativeAnswer?): Int

    @JvmStatic external fun view(client: Long): ByteArray?

    @JvmStatic external fun counters(client: Long, counters: LongArray?): Int

    @JvmStatic
    external fun httpDone(
        client: Long,
        id: Long,
        error: Int,
        status: Int,
        retryAfter: ByteArray?,
        body: ByteArray?,
    ): Int
}

/** What a client tells. All are called on its one thread and must not wait. */
internal interface NativeHost {
    fun onView()

    fun onProblem(code: ByteArray?, pointer: ByteArray?, found: ByteArray?, allowed: ByteArray?)

    fun onPreference(name: ByteArray?, json: ByteArray?)

    @Suppress("LongParameterList")
    fun onSend(
        id: Long,
        method: ByteArray?,
        url: ByteArray?,
        headers: ByteArray?,
        body: ByteArray?,
        timeoutMs: Long,
        answerBytesMax: Long,
        leaving: Boolean,
        credentials: Boolean,
    )

    fun onAbort(id: Long)
}

/** Gets the answer to a question, once; null when the client was closed before there was one. */
internal fun interface NativeAnswer {
    fun onAnswer(json: ByteArray?)
}
