package io.waymark.android

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.Intent
import android.net.Uri
import io.waymark.Choice
import io.waymark.Options
import io.waymark.Sink
import io.waymark.Status
import io.waymark.Waymark
import io.waymark.lifecycle.Installation
import java.io.File
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** An app on the real library, under Robolectric: what the system tells becomes events. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class AppTest {
    private val application: Application = RuntimeEnvironment.getApplication()
    private val sink = Sink()
    private var opened: Waymark? = null

    class CartActivity : Activity()

    private fun open(options: Options = Options(region = "DE")): Waymark {
        val waymark = Waymark.open(application, Sink.config(sink.url), options)
        opened = waymark
        assertEquals(Status.OK, runBlocking { waymark.ready() })
        return waymark
    }

    private fun openAllowed(options: Options = Options(region = "DE")) = open(options).also {
        assertEquals(Status.OK, it.consent.set(mapOf("analytics" to Choice.GRANTED)))
    }

    private fun next(count: Int): List<JSONObject> = List(count) { sink.next() }

    private fun names(events: List<JSONObject>) = events.map { it.optString("event").ifEmpty { it.optString("name") } }

    @After
    fun end() {
        opened?.close()
        sink.close()
        File(application.noBackupFilesDir, "waymark").deleteRecursively()
    }

    @Test
    fun `a first visit is an installation, an opening and a screen`() {
        openAllowed()
        val activity = Robolectric.buildActivity(CartActivity::class.java).setup()
        val events = next(3)
        assertEquals(listOf("app_installed", "app_opened", "Cart"), names(events))
        assertEquals("screen", events[2].getString("type"))
        val context = events[1].getJSONObject("context")
        assertEquals("Android", context.getJSONObject("os").getString("name"))
        activity.pause().stop()
        assertEquals(listOf("app_backgrounded"), names(next(1)))
        activity.restart().start().resume()
        assertEquals(listOf("app_foregrounded", "Cart"), names(next(2)))
    }

    @Test
    fun `what was captured is sent when the app leaves, and nothing without an answer`() {
        val waymark = open()
        val activity = Robolectric.buildActivity(CartActivity::class.java).setup()
        activity.pause().stop()
        assertEquals(0L, waymark.view!!.queuedEvents)
        assertNull(waymark.view!!.anonymousId)
        waymark.consent.set(mapOf("analytics" to Choice.GRANTED))
        assertEquals("app_backgrounded", sink.next("app_backgrounded").getString("event"))
    }

    @Test
    fun `turning the device is neither background nor foreground`() {
        val waymark = openAllowed()
        val activity = Robolectric.buildActivity(CartActivity::class.java).setup()
        next(3)
        activity.recreate()
        waymark.track("after")
        assertEquals(listOf("Cart", "after"), names(next(2)))
    }

    @Test
    fun `a link is an event with its address, and its token goes out of it`() {
        openAllowed()
        val link = Uri.parse("https://shop.example/p/1?utm_campaign=may#waymark_handover=1.abc")
        val intent = Intent(Intent.ACTION_VIEW, link)
        val activity = Robolectric.buildActivity(CartActivity::class.java, intent).setup()
        val event = sink.next("deep_link_opened")
        assertEquals("https://shop.example/p/1?utm_campaign=may", event.getJSONObject("properties").getString("url"))
        // The same intent again is no new link.
        activity.pause().stop().restart().start().resume()
        assertEquals(listOf("Cart", "app_backgrounded", "app_foregrounded", "Cart"), names(next(4)))
    }

    @Test
    fun `a push that was tapped is one`() {
        openAllowed()
        val intent = Intent(Intent.ACTION_MAIN).putExtra("google.message_id", "m")
        Robolectric.buildActivity(CartActivity::class.java, intent).setup()
        assertEquals("push_opened", sink.next("push_opened").getString("event"))
    }

    @Test
    fun `what the store says of the installation is an event of its campaign`() {
        openAllowed().installReferrer("utm_source=news&utm_campaign=may")
        val event = sink.next("install_referred")
        val url = event.getJSONObject("context").getJSONObject("page").getString("url")
        assertEquals("https://play.google.com/store/apps/details?utm_source=news&utm_campaign=may", url)
    }

    @Test
    fun `an app may leave the lifecycle to itself`() {
        val waymark = openAllowed(Options(region = "DE", lifecycle = false, screens = false))
        Robolectric.buildActivity(CartActivity::class.java).setup().pause().stop()
        waymark.track("own")
        assertEquals(listOf("own"), names(next(1)))
    }

    @Test
    fun `a later start is no installation, an update is one update`() {
        assertEquals(Installation.NEW, Installation.judge(0, 100, false))
        assertEquals(Installation.UPDATED, Installation.judge(0, 100, true))
        assertEquals(Installation.UPDATED, Installation.judge(50, 100, true))
        assertEquals(Installation.KNOWN, Installation.judge(150, 100, true))
        assertEquals(Installation.KNOWN, Installation.judge(150, 100, false))
        open().close()
        val folder = File(application.noBackupFilesDir, "waymark")
        assertNotEquals(Installation.NEW, Installation.of(application, folder))
    }

    @Test
    fun `the keys of IAB's strings lie in the default preferences`() {
        val waymark = openAllowed()
        val preferences = application.getSharedPreferences("${application.packageName}_preferences", Context.MODE_PRIVATE)
        while ("IABTCF_TCString" !in preferences.all) runBlocking { waymark.consent.records() }
        assertEquals(1, preferences.getInt("IABTCF_gdprApplies", -1))
        assertTrue(preferences.getString("IABTCF_TCString", "")!!.isNotEmpty())
        assertTrue(preferences.all.keys.all { it.startsWith("IABTCF_") || it.startsWith("IABGPP_") })
    }

    @Test
    fun `questions are answered to coroutines, and after the end too`() {
        val waymark = openAllowed()
        while (!waymark.consent.state!!.isAnswered) runBlocking { waymark.consent.records() }
        runBlocking {
            val entries = waymark.consent.records()!!.getJSONArray("entries")
            assertTrue(entries.length() > 0)
            assertTrue(waymark.handOver.create("shop.example")!!.startsWith("1."))
            assertTrue(!waymark.handOver.accept("1.abc", "shop.example").accepted)
            waymark.close()
            assertNull(waymark.consent.records())
            assertEquals("off", waymark.handOver.accept("1.abc", "shop.example").why)
            assertEquals(Status.CLOSED, waymark.track("late"))
        }
    }

    @Test
    fun `who is called from Java is served`() {
        assertEquals(Status.OK, CalledFromJava.run(open()))
    }
}
