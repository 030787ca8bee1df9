package io.waymark

import java.io.IOException
import java.net.HttpURLConnection
import java.net.URL
import kotlin.concurrent.thread
import kotlin.coroutines.resume
import kotlinx.coroutines.suspendCancellableCoroutine
import org.json.JSONException
import org.json.JSONObject

/**
 * Journeys that go on on another device or host; `sdk/docs/hand_over.md`. Nothing here ever fails:
 * an answer says why there is none. Get one from [Waymark.handOver].
 */
class HandOver internal constructor(private val client: Client) {
    /** What came of a token. A refusal changes nothing. */
    class Answer internal constructor(json: JSONObject) {
        val accepted: Boolean = json.optBoolean("accepted")

        /** `adopted`, `joined` or `same`. */
        val how: String? = json.text("how")

        /** Why not: `token_expired`, `consent_missing`, … */
        val why: String? = if (accepted) null else json.text("why") ?: "off"
        val carry: JSONObject? = json.optJSONObject("carry")
    }

    /** A token, or null where nothing may be handed over; a problem then says why. */
    suspend fun create(
        to: String = "",
        ttlS: Int? = null,
        carry: Map<String, Any?>? = null,
    ): String? = suspendCancellableCoroutine { waiting ->
        create(to, ttlS, carry) { if (waiting.isActive) waiting.resume(it) }
    }

    /** The same for Java. */
    fun create(to: String, ttlS: Int?, carry: Map<String, Any?>?, made: Callback<String>) {
        val wish = mapOf("type" to "hand_over", "to" to to, "ttl_s" to ttlS, "carry" to carry)
        client.ask(wish.filterValues { it != null }) { answer ->
            val seal = answer?.text("seal")
            when {
                answer == null -> made.onResult(null)
                seal != null -> sealed(seal, answer, to, made)
                else -> {
                    answer.optJSONObject("problem")?.let(::tell)
                    made.onResult(answer.text("token"))
                }
            }
        }
    }

    private fun tell(problem: JSONObject) = client.tell(
        Problem(
            problem.optString("code"), problem.optString("pointer"),
            problem.optString("found"), problem.optString("allowed"),
        ),
    )

    // Where the server does not answer the engine's own token goes out, if there is one.
    private fun sealed(url: String, answer: JSONObject, to: String, made: Callback<String>) {
        val wish = mapOf("token" to answer.text("to_seal"), "to" to to)
        post(url, wish) { status, sealed ->
            val token = sealed?.text("token")?.takeIf(SEALED::matches)
            val good = status == HttpURLConnection.HTTP_OK
            made.onResult(token.takeIf { good } ?: answer.text("token"))
        }
    }

    /**
     * Takes a token that this device was given.
     *
     * @param host for which the token must be: that of the link, or the name of the app's kind.
     */
    suspend fun accept(token: String, host: String): Answer =
        suspendCancellableCoroutine { waiting ->
            accept(token, host) { if (waiting.isActive) waiting.resume(it!!) }
        }

    /** The same for Java; the result is never null. */
    fun accept(token: String, host: String, taken: Callback<Answer>) {
        val question = mapOf("type" to "accept_hand_over", "token" to token, "host" to host)
        client.ask(question) { first ->
            val open = first?.text("open")
            if (open != null) opened(open, question, taken)
            else taken.onResult(Answer(first ?: JSONObject()))
        }
    }

    private fun opened(url: String, question: Map<String, Any?>, taken: Callback<Answer>) {
        post(url, question - "type") { status, opened ->
            val token = opened?.text("token")
            if (status != HttpURLConnection.HTTP_OK || token == null) {
                val why = opened?.text("why") ?: "server_unreachable"
                taken.onResult(Answer(JSONObject().put("why", why)))
            } else {
                client.ask(question + mapOf("token" to token, "opened" to true)) {
                    taken.onResult(Answer(it ?: JSONObject()))
                }
            }
        }
    }

    // As `text/plain` and without redirects, like a page.
    private fun post(url: String, body: Map<String, Any?>, answered: (Int, JSONObject?) -> Unit) {
        thread(name = "waymark-hand-over", isDaemon = true) {
            val (status, answer) = try {
                exchange(url, Json.write(body))
            } catch (_: IOException) {
                0 to null
            } catch (_: JSONException) {
                0 to null
            } catch (_: RuntimeException) {
                0 to null
            }
            answered(status, answer)
        }
    }

    private fun exchange(url: String, body: String): Pair<Int, JSONObject?> {
        val connection = URL(url).openConnection() as HttpURLConnection
        try {
            connection.requestMethod = "POST"
            connection.connectTimeout = SERVER_MS
            connection.readTimeout = SERVER_MS
            connection.instanceFollowRedirects = false
            connection.useCaches = false
            connection.doOutput = true
            connection.setRequestProperty("Content-Type", "text/plain")
            connection.outputStream.use { it.write(body.toByteArray()) }
            val status = connection.responseCode
            val good = status < HttpURLConnection.HTTP_BAD_REQUEST
            val stream = if (good) connection.inputStream else connection.errorStream
            val text = stream?.use { String(it.readBytes(), Charsets.UTF_8) }.orEmpty()
            return status to JSONObject(text)
        } finally {
            connection.disconnect()
        }
    }

    internal companion object {
        private const val SERVER_MS = 5_000
        private val SEALED = Regex("""s\.[\w-]{1,400}""")
        private val TOKEN = Regex("""([#?&])waymark_handover=([^&#]*)(&?)""")

        /** The address without its token, and the token. */
        fun takeToken(url: String): Pair<String, String?> {
            val found = TOKEN.find(url) ?: return url to null
            val (before, token, more) = found.destructured
            val left = if (more.isEmpty()) "" else before
            return url.replaceRange(found.range, left) to token
        }
    }
}
