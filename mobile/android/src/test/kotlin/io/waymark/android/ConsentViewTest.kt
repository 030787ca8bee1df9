package io.waymark.android

import android.app.Activity
import android.content.pm.ApplicationInfo
import android.view.ViewGroup
import android.widget.Button
import android.widget.Switch
import android.widget.TextView
import io.waymark.Options
import io.waymark.Sink
import io.waymark.Status
import io.waymark.Waymark
import io.waymark.ui.ConsentView
import java.io.File
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** The consent screen over the real engine. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class ConsentViewTest {
    private val application = RuntimeEnvironment.getApplication()
    private lateinit var waymark: Waymark
    private lateinit var view: ConsentView
    private var decided = 0
    private var generation = 0L

    @Before
    fun open() {
        val options = Options(region = "DE", lifecycle = false, screens = false)
        waymark = Waymark.open(application, Sink.config("http://127.0.0.1:9"), options)
        assertEquals(Status.OK, runBlocking { waymark.ready() })
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        // As the manifest of an app says it.
        activity.applicationInfo.flags = activity.applicationInfo.flags or ApplicationInfo.FLAG_SUPPORTS_RTL
        view = ConsentView(activity)
        view.onDecided = Runnable { decided++ }
        generation = waymark.consent.state!!.generation
    }

    @After
    fun end() {
        waymark.close()
        File(application.noBackupFilesDir, "waymark").deleteRecursively()
    }

    private fun all(): List<TextView> = (view.getChildAt(0) as ViewGroup).let { column ->
        List(column.childCount) { column.getChildAt(it) as TextView }
    }

    private fun words() = all().map { it.text.toString() }

    private fun press(name: String) = all().first { it is Button && it.tag == name }.performClick()

    private fun switch(purpose: String) = all().first { it is Switch && it.tag == purpose } as Switch

    /** How the purposes stand after the next decision. */
    private fun states(): Map<String, String> {
        while (waymark.consent.state!!.generation == generation) runBlocking { waymark.consent.records() }
        generation = waymark.consent.state!!.generation
        return waymark.consent.state!!.purposes.mapValues { it.value.state }
    }

    private fun lastEntry(): JSONObject {
        val entries = runBlocking { waymark.consent.records() }!!.getJSONArray("entries")
        return entries.getJSONObject(entries.length() - 1)
    }

    @Test
    fun `to refuse takes one press by a button like that which accepts`() {
        assertTrue(waymark.consent.isDue)
        view.showQuestion(waymark)
        assertTrue(words().containsAll(listOf("Your privacy choices", "Reject all", "Accept all", "•  Statistics")))
        val (reject, accept) = listOf("question.reject", "question.accept").map { name -> all().first { it.tag == name } }
        assertEquals(accept.javaClass, reject.javaClass)
        assertEquals(accept.textSize, reject.textSize)
        assertEquals(accept.minHeight, reject.minHeight)
        assertEquals(accept.currentTextColor, reject.currentTextColor)
        press("question.reject")
        assertEquals(1, decided)
        assertEquals("denied", states()["analytics"])
        assertFalse(waymark.consent.isDue)
        val shown = lastEntry().getJSONObject("shown")
        assertEquals("question reject en 2026-11-01", listOf("layer", "control", "language", "version").joinToString(" ") { shown.getString(it) })
        assertEquals(64, shown.getString("text_sha256").length)
    }

    @Test
    fun `accept allows all that was asked`() {
        view.showQuestion(waymark)
        press("question.accept")
        val states = states()
        assertEquals(listOf("granted", "granted"), listOf(states["analytics"], states["marketing"]))
    }

    @Test
    fun `in the settings nothing is on beforehand, and what requires another goes with it`() {
        view.showQuestion(waymark)
        press("settings")
        assertFalse(switch("analytics").isChecked)
        assertFalse(switch("marketing").isEnabled)
        switch("analytics").isChecked = true
        switch("marketing").isChecked = true
        assertTrue(switch("marketing").isChecked)
        switch("analytics").isChecked = false
        assertFalse(switch("marketing").isChecked)
        assertTrue("Always on" in words())
        switch("analytics").isChecked = true
        press("save")
        val states = states()
        assertEquals(listOf("granted", "denied"), listOf(states["analytics"], states["marketing"]))
        view.showSettings(waymark)
        assertTrue(switch("analytics").isChecked)
        press("centre.reject")
        assertEquals("denied", states()["analytics"])
    }

    @Test
    @Config(qualifiers = "de")
    fun `it speaks the person's language`() {
        view.showQuestion(waymark)
        assertTrue(words().containsAll(listOf("Ihre Datenschutz-Auswahl", "Alle ablehnen", "•  Statistik")))
    }

    @Test
    @Config(qualifiers = "ar")
    fun `from right to left, too`() {
        view.showQuestion(waymark)
        assertEquals(android.view.View.LAYOUT_DIRECTION_RTL, view.layoutDirection)
    }
}
