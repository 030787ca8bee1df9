package io.waymark.platform

import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.SocketTimeoutException
import java.net.URL
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import org.json.JSONException
import org.json.JSONObject

internal class HttpRequest(
    val id: Long,
    val method: String,
    val url: String,
    /** JSON object, name: value. */
    val headers: String,
    val body: ByteArray?,
    val timeoutMs: Long,
    val answerBytesMax: Long,
)

/** `error` is one of `waymark_http_error`. */
internal class HttpAnswer(
    val error: Int,
    val status: Int = 0,
    val retryAfter: String? = null,
    val body: ByteArray? = null,
)

/**
 * HTTP by the platform. Every request gets exactly one answer. It has no thread while nothing is
 * under way.
 */
internal class HttpSender(private val done: (id: Long, answer: HttpAnswer) -> Unit) {
    private class UnderWay {
        val aborted = AtomicBoolean()
        @Volatile var connection: HttpURLConnection? = null
    }

    private val underWay = ConcurrentHashMap<Long, UnderWay>()
    private val threads = ThreadPoolExecutor(
        THREADS_MAX, THREADS_MAX, IDLE_S, TimeUnit.SECONDS, LinkedBlockingQueue(),
    ) { Thread(it, "waymark-http").apply { isDaemon = true } }
        .apply { allowCoreThreadTimeOut(true) }

    fun send(request: HttpRequest) {
        val own = UnderWay()
        underWay[request.id] = own
        try {
            threads.execute { carry(request, own) }
        } catch (_: RuntimeException) {
            finish(request.id, HttpAnswer(REFUSED))
        }
    }

    fun abort(id: Long) {
        val own = underWay[id] ?: return
        own.aborted.set(true)
        // It may take its time, and its caller has none.
        Thread { own.connection?.disconnect() }.start()
    }

    /** Takes no more; what is under way ends by itself. */
    fun end() = threads.shutdown()

    private fun carry(request: HttpRequest, own: UnderWay) {
        val answer = try {
            if (own.aborted.get()) HttpAnswer(ABORTED) else exchange(request, own)
        } catch (_: SocketTimeoutException) {
            HttpAnswer(TIMED_OUT)
        } catch (_: IOException) {
            HttpAnswer(NETWORK)
        } catch (_: JSONException) {
            HttpAnswer(REFUSED)
        } catch (_: RuntimeException) {
            // No permission for the Internet, or an address that is none.
            HttpAnswer(REFUSED)
        }
        finish(request.id, if (own.aborted.get()) HttpAnswer(ABORTED) else answer)
    }

    private fun finish(id: Long, answer: HttpAnswer) {
        if (underWay.remove(id) != null) done(id, answer)
    }

    private fun exchange(request: HttpRequest, own: UnderWay): HttpAnswer {
        val connection = URL(request.url).openConnection() as HttpURLConnection
        own.connection = connection
        try {
            prepare(connection, request)
            request.body?.let { body -> connection.outputStream.use { it.write(body) } }
            val status = connection.responseCode
            val retryAfter = connection.getHeaderField("Retry-After")
            val answer = readAnswer(connection, status, request.answerBytesMax)
            return HttpAnswer(ANSWERED, status, retryAfter, answer)
        } finally {
            connection.disconnect()
        }
    }

    private fun prepare(connection: HttpURLConnection, request: HttpRequest) {
        val timeoutMs = request.timeoutMs.coerceIn(1, Int.MAX_VALUE.toLong()).toInt()
        connection.requestMethod = request.method
        connection.connectTimeout = timeoutMs
        connection.readTimeout = timeoutMs
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        val headers = JSONObject(request.headers.ifEmpty { "{}" })
        for (name in headers.keys()) connection.setRequestProperty(name, headers.getString(name))
        val body = request.body ?: return
        connection.doOutput = true
        // Of a known length nothing is kept, and nothing is sent twice behind our back.
        connection.setFixedLengthStreamingMode(body.size)
    }

    private fun readAnswer(connection: HttpURLConnection, status: Int, bytesMax: Long): ByteArray? {
        if (bytesMax <= 0) return null
        val good = status < HttpURLConnection.HTTP_BAD_REQUEST
        return try {
            val stream = if (good) connection.inputStream else connection.errorStream
            stream?.use { readAtMost(it, bytesMax) } ?: ByteArray(0)
        } catch (_: IOException) {
            null
        }
    }

    private fun readAtMost(stream: InputStream, bytesMax: Long): ByteArray {
        val taken = java.io.ByteArrayOutputStream()
        val buffer = ByteArray(BUFFER_BYTES)
        while (taken.size() < bytesMax) {
            val wanted = minOf(buffer.size.toLong(), bytesMax - taken.size()).toInt()
            val read = stream.read(buffer, 0, wanted)
            if (read < 0) break
            taken.write(buffer, 0, read)
        }
        return taken.toByteArray()
    }

    private companion object {
        const val THREADS_MAX = 4
        const val IDLE_S = 5L
        const val BUFFER_BYTES = 4096

        const val ANSWERED = 0
        const val NETWORK = 1
        const val TIMED_OUT = 2
        const val ABORTED = 3
        const val REFUSED = 4
    }
}
