package io.waymark.android

import android.app.Activity
import android.content.pm.ApplicationInfo
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.view.accessibility.AccessibilityNodeInfo
import android.widget.Button
import android.widget.Switch
import android.widget.TextView
import io.waymark.Options
import io.waymark.Sink
import io.waymark.Status
import io.waymark.Waymark
import io.waymark.objects
import io.waymark.ui.ConsentDialog
import io.waymark.ui.ConsentEntry
import io.waymark.ui.ConsentScreen.Layer
import io.waymark.ui.ConsentView
import java.io.File
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowDialog
import org.robolectric.shadows.ShadowToast

/** The consent screen over the real engine. What stands on it, and why: ConsentScreensTest. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
class ConsentViewTest {
    private val application = RuntimeEnvironment.getApplication()
    private lateinit var activity: Activity
    private lateinit var waymark: Waymark
    private lateinit var view: ConsentView
    private var decided = 0
    private var generation = 0L

    @Before
    fun begin() {
        // As the manifest of an app says it.
        activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        activity.applicationInfo.flags = activity.applicationInfo.flags or ApplicationInfo.FLAG_SUPPORTS_RTL
        open(Options(region = "DE", lifecycle = false, screens = false))
    }

    private fun open(options: Options, config: String = Sink.config("http://127.0.0.1:9")) {
        if (::waymark.isInitialized) end()
        waymark = Waymark.open(application, config, options)
        assertEquals(Status.OK, runBlocking { waymark.ready() })
        view = ConsentView(activity)
        view.onDecided = Runnable { decided++ }
        generation = waymark.consent.state!!.generation
    }

    private fun openUnasked() {
        val regions = """"regions": [{"match": ["US-CA"], "model": "opt_out", "gpc": "opt_out"}],"""
        val vendors = """"vendors": [{"id": "cdp", "name": "Our CDP", "purposes": ["analytics"]}],"""
        val config = Sink.config("http://127.0.0.1:9")
            .replace(""""purposes": [""", """$regions $vendors "purposes": [""")
            .replace(""""id": "segment",""", """"id": "segment", "vendor": "cdp",""")
        open(Options(region = "US-CA", lifecycle = false, screens = false), config)
    }

    @After
    fun end() {
        waymark.close()
        File(application.noBackupFilesDir, "waymark").deleteRecursively()
    }

    private fun below(view: View): List<View> = listOf(view) +
        if (view is ViewGroup) List(view.childCount, view::getChildAt).flatMap(::below) else emptyList()

    private fun all(root: View = view): List<TextView> = below(root).filterIsInstance<TextView>()

    private fun words(root: View = view) = all(root).map { (it.contentDescription ?: it.text).toString() }

    private fun find(words: String, root: View = view) =
        all(root).first { (it.contentDescription ?: it.text).toString() == words }

    private fun press(words: String, root: View = view) = find(words, root).performClick()

    private fun switch(id: String) = all().first { it is Switch && it.tag == id } as Switch

    /** Lets what was told on other threads be heard. */
    private fun hear() {
        runBlocking { waymark.consent.records() }
        shadowOf(Looper.getMainLooper()).idle()
    }

    private fun await(isThere: () -> Boolean) {
        while (!isThere()) hear()
    }

    /** How the purposes stand after the next decision. */
    private fun states(): Map<String, String> {
        await { waymark.consent.state!!.generation != generation }
        generation = waymark.consent.state!!.generation
        return waymark.consent.state!!.purposes.mapValues { it.value.state }
    }

    private fun entries() = runBlocking { waymark.consent.records() }!!.objects("entries")

    private fun shown(): String = entries().last { it.has("shown") }.getJSONObject("shown").let { shown ->
        listOf("layer", "control", "language", "version").joinToString(" ") { shown.getString(it) }
    }

    @Test
    fun `to refuse takes one press by a button like that which accepts`() {
        assertTrue(waymark.consent.isDue)
        view.showQuestion(waymark)
        assertTrue(words().containsAll(listOf("Your privacy choices", "Reject all", "Accept all", "•  Statistics")))
        val (reject, accept) = listOf(find("Reject all"), find("Accept all"))
        assertEquals(accept.javaClass, reject.javaClass)
        assertEquals(accept.textSize, reject.textSize)
        assertEquals(accept.minHeight, reject.minHeight)
        assertEquals(accept.currentTextColor, reject.currentTextColor)
        press("Reject all")
        assertEquals(1, decided)
        assertEquals("Your choice has been saved.", ShadowToast.getTextOfLatestToast())
        assertEquals("denied", states()["analytics"])
        assertFalse(waymark.consent.isDue)
        assertEquals("question reject en 2026-11-01", shown())
        assertEquals(64, entries().last().getJSONObject("shown").getString("text_sha256").length)
    }

    @Test
    fun `accept allows all that was asked`() {
        view.showQuestion(waymark)
        press("Accept all")
        val states = states()
        assertEquals(listOf("granted", "granted"), listOf(states["analytics"], states["marketing"]))
    }

    @Test
    fun `in the settings nothing is on beforehand, and what requires another goes with it`() {
        view.showQuestion(waymark)
        press("Settings")
        assertFalse(switch("analytics").isChecked)
        assertFalse(switch("marketing").isEnabled)
        switch("analytics").isChecked = true
        switch("marketing").isChecked = true
        assertTrue(switch("marketing").isChecked)
        switch("analytics").isChecked = false
        assertFalse(switch("marketing").isChecked)
        assertTrue("Always on" in words())
        switch("analytics").isChecked = true
        press("Save choices")
        val states = states()
        assertEquals(listOf("granted", "denied"), listOf(states["analytics"], states["marketing"]))
        view.showSettings(waymark)
        assertTrue(switch("analytics").isChecked)
        press("Reject all")
        assertEquals("denied", states()["analytics"])
        assertEquals("centre reject en 2026-11-01", shown())
    }

    @Test
    fun `all that is said is drawn, and all buttons are`() {
        view.showSettings(waymark)
        await { "Your choices so far" in words() }
        val screen = view.screen!!
        assertEquals(Layer.CENTRE, screen.layer)
        assertEquals(screen.words.lines().sorted(), words().map { it.removePrefix("•  ") }.sorted())
        assertEquals(screen.buttons.map { it.text }, all().filterIsInstance<Button>().filter { it !is Switch }.map { it.text })
    }

    @Test
    fun `what is allowed can be taken back by itself, and the screen stays`() {
        view.showQuestion(waymark)
        press("Accept all")
        states()
        view.showSettings(waymark)
        await { "Withdraw: Statistics" in words() }
        press("Your choices so far")
        press("Withdraw: Statistics")
        assertEquals(1, decided)
        assertEquals("denied", states()["analytics"])
        assertEquals("centre withdraw en 2026-11-01", shown())
    }

    @Test
    fun `where nobody is asked a notice says so until it was read, and refuses by one press`() {
        openUnasked()
        assertFalse(waymark.consent.isDue)
        ConsentDialog.askWhenDue(activity, waymark)
        await { ShadowDialog.getLatestDialog() != null }
        val dialog = ShadowDialog.getLatestDialog() as ConsentDialog
        val refuse = "Do not sell or share my personal information"
        assertTrue(words(dialog.view).containsAll(listOf(refuse, "OK", "Settings", "•  Statistics")))
        press(refuse, dialog.view)
        assertFalse(dialog.isShowing)
        assertEquals("denied", states()["analytics"])
        assertEquals("notice reject en 2026-11-01", shown())
        ShadowDialog.reset()
        ConsentDialog.askWhenDue(activity, waymark)
        repeat(3) { hear() }
        assertNull(ShadowDialog.getLatestDialog())
    }

    @Test
    fun `to have read the notice is no consent`() {
        openUnasked()
        view.showNotice(waymark)
        press("OK")
        await { entries().any { it.optString("by") == "person" } }
        assertEquals("granted default", waymark.consent.state!!.purposes.getValue("analytics").run { "$state $why" })
        assertEquals("notice ok en 2026-11-01", shown())
    }

    @Test
    fun `a vendor has a switch of its own`() {
        openUnasked()
        view.showSettings(waymark)
        press("Partners: 1")
        assertTrue(switch("vendor:cdp").isChecked)
        switch("vendor:cdp").isChecked = false
        press("Save choices")
        val states = states()
        assertEquals(listOf("granted", "denied"), listOf(states["analytics"], states["vendor:cdp"]))
    }

    @Test
    fun `the way back is called by what it is for, and leads to the settings`() {
        val entry = ConsentEntry(activity).apply { attach(waymark) }
        assertEquals("Privacy settings", entry.text)
        openUnasked()
        entry.attach(waymark)
        assertEquals("Your privacy choices", entry.text)
        entry.performClick()
        val dialog = ShadowDialog.getLatestDialog() as ConsentDialog
        assertEquals(Layer.CENTRE, dialog.view.screen!!.layer)
        press("Do not sell or share my personal information", dialog.view)
        assertEquals("denied", states()["marketing"])
    }

    @Test
    fun `a question that is answered elsewhere goes, and one that was dismissed is no answer`() {
        ConsentDialog.askWhenDue(activity, waymark)
        await { ShadowDialog.getLatestDialog() != null }
        val dialog = ShadowDialog.getLatestDialog()
        waymark.consent.withdraw("analytics", "marketing")
        await { !dialog.isShowing }
        assertEquals(1, entries().size)
    }

    @Test
    fun `screen readers are told what things are`() {
        view.showSettings(waymark)
        assertEquals("Privacy settings", view.accessibilityPaneTitle)
        assertTrue(find("Privacy settings").isAccessibilityHeading)
        await { "Your choices so far" in words() }
        val fold = find("Your choices so far")
        val said = { AccessibilityNodeInfo().also(fold::onInitializeAccessibilityNodeInfo) }
        assertEquals(Button::class.java.name, said().className)
        val actions = { said().actionList.map { it.id } }
        assertTrue(AccessibilityNodeInfo.ACTION_EXPAND in actions())
        fold.performAccessibilityAction(AccessibilityNodeInfo.ACTION_EXPAND, null)
        assertTrue(AccessibilityNodeInfo.ACTION_COLLAPSE in actions())
        assertFalse(AccessibilityNodeInfo.ACTION_EXPAND in actions())
    }

    @Test
    fun `what the owner's vendor list says is shown`() {
        val list = JSONObject(File(System.getProperty("waymark.contract")!!, "../screens/cases.json").readText())
            .getJSONObject("lists").getJSONObject("list")
        val config = Sink.config("http://127.0.0.1:9").replace(
            """"purposes": [""",
            """"vendors": [{"id": "big", "tcf_id": 12, "name": "Big", "purposes": ["analytics"]}], "purposes": [""",
        )
        val options = Options(region = "DE", lifecycle = false, screens = false, vendorList = "$list")
        open(options, config)
        view.showSettings(waymark)
        await {
            view.showSettings(waymark)
            "Features: 2" in words()
        }
        assertNotNull(find("Kept for 30 days"))
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
        assertEquals(View.LAYOUT_DIRECTION_RTL, view.layoutDirection)
    }
}
