package io.waymark.web

import android.annotation.SuppressLint
import android.os.Handler
import android.os.Looper
import android.webkit.JavascriptInterface
import android.webkit.WebView
import io.waymark.Client
import io.waymark.EventOptions
import io.waymark.EventType
import io.waymark.Problem
import io.waymark.Waymark
import io.waymark.strings
import io.waymark.text
import java.io.Closeable
import java.net.URI
import java.net.URISyntaxException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import org.json.JSONException
import org.json.JSONObject

/**
 * The app's half of `sdk/docs/web_view.md`: a page in [webView] has this app's identity, consent
 * and queue instead of its own. Attach it on the main thread before the page is loaded:
 *
 *     val bridge = WebViewBridge.attach(waymark, webView, setOf("https://www.shop.example"))
 *
 * What a page says is believed. Only pages of the named origins are heard; but a frame in such a
 * page is, too, so do not attach it where pages show frames of others.
 */
class WebViewBridge private constructor(
    waymark: Waymark,
    private val webView: WebView,
    private val origins: Set<String>,
) : Closeable {
    private val client: Client = waymark.client
    private val main = Handler(Looper.getMainLooper())
    private val viewListener = Runnable(::sendView)
    private val problemListener: (Problem) -> Unit = ::sendProblem

    /** A page is there that wants to hear. */
    private var greeted = false
    private var lastView = ""

    /** What the page sees as `WaymarkHost`. Its methods are called on a thread of the web view. */
    internal inner class WaymarkHost {
        @JavascriptInterface
        fun engine(): Boolean = onMain { isAllowed() } ?: false

        @JavascriptInterface
        fun postMessage(text: String?) {
            main.post { if (isAllowed()) hear(text.orEmpty()) }
        }
    }

    /** Ends it; the page that is there has no engine from now on. */
    override fun close() {
        client.removeViewListener(viewListener)
        client.removeProblemListener(problemListener)
        webView.removeJavascriptInterface(NAME)
    }

    private fun isAllowed(): Boolean = originOf(webView.url) in origins

    private fun hear(text: String) {
        val message = try {
            JSONObject(text)
        } catch (_: JSONException) {
            return
        }
        if (message.opt("waymark") != 1) return
        when (message.opt("type")) {
            "hello" -> {
                greeted = true
                lastView = ""
                sendView()
            }
            "input" -> message.optJSONObject("input")?.let(::take)
        }
    }

    private fun take(input: JSONObject) {
        val type = input.optString("type")
        // The app's own clock and entropy are put in behind this.
        input.remove("now")
        input.remove("entropy")
        when (type) {
            in EVENTS -> capture(EVENTS.getValue(type), input)
            in QUESTIONS -> ask(input)
            in COMMANDS -> client.call(input)
        }
    }

    private fun capture(type: EventType, input: JSONObject) {
        val needs = input.strings("needs").ifEmpty { null }
        val context = input.optJSONObject("context")
        client.capture(
            type,
            input.text("name"),
            input.opt("properties") ?: input.opt("traits"),
            input.text("user_id"),
            input.text("previous_id") ?: input.text("group_id"),
            EventOptions(context?.let(::membersOf), input.text("priority"), needs),
        )
    }

    private fun membersOf(json: JSONObject): Map<String, Any?> =
        json.keys().asSequence().associateWith { json.opt(it) }

    private fun ask(question: JSONObject) {
        // Each page counts its own: the number goes back to this page and nowhere else.
        val number = question.opt("request_id")
        question.remove("request_id")
        client.ask(question) { answer ->
            val message = JSONObject().put("type", "answer").put("request_id", number)
            main.post { send(message.put("answer", answer)) }
        }
    }

    private fun sendView() {
        val view = client.view()?.json ?: return
        val text = view.toString()
        if (!greeted || text == lastView) return
        lastView = text
        send(JSONObject().put("type", "view").put("view", view))
    }

    private fun sendProblem(problem: Problem) {
        if (!greeted) return
        val told = JSONObject()
            .put("code", problem.code)
            .put("pointer", problem.pointer)
            .put("found", problem.found)
            .put("allowed", problem.allowed)
        send(JSONObject().put("type", "problem").put("problem", told))
    }

    private fun send(message: JSONObject) {
        if (!isAllowed()) {
            greeted = false
            return
        }
        val text = JSONObject.quote(message.put("waymark", 1).toString())
        webView.evaluateJavascript(
            "window.dispatchEvent(new CustomEvent('waymark:host',{detail:$text}))", null,
        )
    }

    // The page waits for the answer, the main thread never does for the page.
    private fun <T : Any> onMain(what: () -> T): T? {
        if (Looper.myLooper() == Looper.getMainLooper()) return what()
        var result: T? = null
        val done = CountDownLatch(1)
        main.post {
            result = what()
            done.countDown()
        }
        return if (done.await(MAIN_MS, TimeUnit.MILLISECONDS)) result else null
    }

    companion object {
        private const val NAME = "WaymarkHost"
        private const val MAIN_MS = 1_000L
        private val EVENTS = EventType.entries.associateBy { it.name.lowercase() }
        private val QUESTIONS = setOf("records", "hand_over", "accept_hand_over")

        /** What a page may say beside events: nothing of the app's own life, clock and network. */
        private val COMMANDS = setOf(
            "reset", "set_consent", "set_context", "flush", "forget", "import_id", "signal",
        )

        /**
         * @param origins scheme, host and port, as `https://www.shop.example`.
         */
        @JvmStatic
        @SuppressLint("JavascriptInterface", "AddJavascriptInterface")
        fun attach(waymark: Waymark, webView: WebView, origins: Set<String>): WebViewBridge {
            val bridge = WebViewBridge(waymark, webView, origins.mapNotNull(::originOf).toSet())
            webView.addJavascriptInterface(bridge.WaymarkHost(), NAME)
            bridge.client.addViewListener(bridge.viewListener)
            bridge.client.addProblemListener(bridge.problemListener)
            return bridge
        }

        /** Scheme, host and port, where there are any. */
        internal fun originOf(address: String?): String? = try {
            val uri = URI(address.orEmpty().substringBefore('#').substringBefore('?'))
            val port = if (uri.port < 0) "" else ":${uri.port}"
            val isWhole = uri.scheme != null && uri.host != null
            if (isWhole) "${uri.scheme}://${uri.host}$port".lowercase() else null
        } catch (_: URISyntaxException) {
            null
        }
    }
}
