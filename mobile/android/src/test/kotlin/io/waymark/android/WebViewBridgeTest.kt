package io.waymark.android

import android.os.Looper
import android.webkit.WebView
import io.waymark.Choice
import io.waymark.Options
import io.waymark.Sink
import io.waymark.Status
import io.waymark.Waymark
import io.waymark.web.WebViewBridge
import java.io.File
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.json.JSONTokener
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** The app's half of sdk/docs/web_view.md; what a page does is said as it says it. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class WebViewBridgeTest {
    private val application = RuntimeEnvironment.getApplication()
    private val sink = Sink()
    private lateinit var waymark: Waymark
    private lateinit var page: Page

    /** A web view that keeps what it is told to run. */
    private inner class Page : WebView(application) {
        private val told = ArrayList<JSONObject>()

        override fun evaluateJavascript(script: String, result: android.webkit.ValueCallback<String>?) {
            val detail = script.substringAfter("{detail:").substringBeforeLast("}))")
            told.add(JSONObject(JSONTokener(detail).nextValue() as String))
        }

        /** What Java shows the page. */
        fun host(): Any = shadowOf(this).getJavascriptInterface("WaymarkHost")

        fun hasEngine() = host().javaClass.getMethod("engine").invoke(host())

        fun post(message: String) {
            host().javaClass.getMethod("postMessage", String::class.java).invoke(host(), message)
            shadowOf(Looper.getMainLooper()).idle()
        }

        fun input(input: String) = post("""{"waymark":1,"type":"input","input":$input}""")

        /** What came of this type, once all that was asked before is answered. */
        fun heard(type: String): List<JSONObject> {
            runBlocking { waymark.consent.records() }
            shadowOf(Looper.getMainLooper()).idle()
            return told.filter { it.getString("type") == type }
        }
    }

    @Before
    fun open() {
        val options = Options(region = "DE", lifecycle = false, screens = false)
        waymark = Waymark.open(application, Sink.config(sink.url), options)
        assertEquals(Status.OK, runBlocking { waymark.ready() })
        page = Page()
        WebViewBridge.attach(waymark, page, setOf("https://www.shop.example/"))
        page.loadUrl("https://www.shop.example/cart?a=b#c")
    }

    @After
    fun end() {
        waymark.close()
        sink.close()
        File(application.noBackupFilesDir, "waymark").deleteRecursively()
    }

    @Test
    fun `the page has the app's engine, its view and its queue`() {
        assertEquals(true, page.hasEngine())
        page.post("""{"waymark":1,"type":"hello","engine":true}""")
        assertFalse(page.heard("view").last().getJSONObject("view").getJSONObject("consent").getBoolean("answered"))
        waymark.consent.set(mapOf("analytics" to Choice.GRANTED))
        page.input(
            """{"type":"track","name":"in_page","properties":{"text":"🥾 '"},"now":{"wall_ms":1},
                "context":{"page":{"title":"Cart"}}}""",
        )
        val event = sink.next("in_page")
        assertEquals("🥾 '", event.getJSONObject("properties").getString("text"))
        assertEquals("Cart", event.getJSONObject("context").getJSONObject("page").getString("title"))
        assertEquals(waymark.view!!.anonymousId, event.getString("anonymousId"))
        val purposes = page.heard("view").last().getJSONObject("view").getJSONObject("consent").getJSONObject("purposes")
        assertEquals("granted", purposes.getJSONObject("analytics").getString("state"))
    }

    @Test
    fun `a decision of the page is the app's, and answers go back under the page's number`() {
        page.post("""{"waymark":1,"type":"hello","engine":true}""")
        page.input("""{"type":"set_consent","choices":{"analytics":"granted"},"source":"person","now":{"wall_ms":1}}""")
        page.input("""{"type":"records","request_id":7,"now":{"wall_ms":1}}""")
        val answer = page.heard("answer").single()
        assertEquals(7, answer.getInt("request_id"))
        assertTrue(answer.getJSONObject("answer").getJSONArray("entries").length() > 0)
        while (!waymark.consent.state!!.isAnswered) page.heard("view")
        assertEquals("granted", waymark.consent.state!!.purposes["analytics"]!!.state)
        page.input("""{"type":"track","name":"","now":{"wall_ms":1}}""")
        assertEquals("/name", page.heard("problem").last().getJSONObject("problem").getString("pointer"))
    }

    @Test
    fun `another origin has no engine and is not heard`() {
        page.loadUrl("https://www.shop.example.evil.example/")
        assertEquals(false, page.hasEngine())
        page.post("""{"waymark":1,"type":"hello","engine":true}""")
        page.input("""{"type":"set_consent","choices":{"analytics":"granted"},"now":{"wall_ms":1}}""")
        assertTrue(page.heard("view").isEmpty())
        assertEquals("unknown", waymark.consent.state!!.purposes["analytics"]!!.state)
    }

    @Test
    fun `what is no message is nothing, and a page takes nothing away from the app`() {
        listOf("", "null", "[]", "{", """{"type":"hello"}""", """{"waymark":1,"type":"input"}""").forEach(page::post)
        for (type in listOf("narrow", "lifecycle", "connectivity", "wake", "lead")) {
            page.input("""{"type":"$type","document":{"off":true},"online":false,"state":"closing"}""")
        }
        assertTrue(page.heard("view").isEmpty())
        assertFalse(waymark.view!!.json.optBoolean("off"))
        assertNotNull(waymark.view)
    }

    @Test
    fun `origins are compared whole`() {
        assertEquals("https://www.shop.example", WebViewBridge.originOf("https://WWW.shop.example/a?b#c"))
        assertEquals("http://localhost:8080", WebViewBridge.originOf("http://localhost:8080/"))
        for (none in listOf(null, "", "about:blank", "javascript:1", "file:///a", "https://")) {
            assertNull(WebViewBridge.originOf(none))
        }
    }
}
