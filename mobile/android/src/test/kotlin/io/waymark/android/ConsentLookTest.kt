package io.waymark.android

import android.app.Activity
import android.content.pm.ApplicationInfo
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Rect
import android.view.View
import android.view.View.MeasureSpec
import android.view.ViewGroup
import android.widget.TextView
import io.waymark.Options
import io.waymark.Sink
import io.waymark.Status
import io.waymark.Waymark
import io.waymark.ui.ConsentView
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/**
 * The consent screen as Android draws it, in its own fonts and themes. `WAYMARK_PICTURES=<folder>`
 * keeps the pictures, to be looked at.
 */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE, qualifiers = "en-w360dp-h740dp-xhdpi")
class ConsentLookTest {
    private val application = RuntimeEnvironment.getApplication()
    private lateinit var waymark: Waymark

    @Before
    fun open() {
        val vendors = """"vendors": [{"id": "cdp", "name": "Our CDP", "purposes": ["analytics"], "privacy_url": "https://cdp.example"}],"""
        val config = Sink.config("http://127.0.0.1:9")
            .replace(""""purposes": [""", """$vendors "purposes": [""")
            .replace(""""id": "segment",""", """"id": "segment", "vendor": "cdp",""")
        waymark = Waymark.open(application, config, Options(region = "DE", lifecycle = false, screens = false))
        assertEquals(Status.OK, runBlocking { waymark.ready() })
    }

    @After
    fun end() {
        waymark.close()
        File(application.noBackupFilesDir, "waymark").deleteRecursively()
    }

    private fun draw(name: String, theme: Int, show: ConsentView.(Waymark) -> Unit): ConsentView {
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        activity.setTheme(theme)
        activity.applicationInfo.flags = activity.applicationInfo.flags or ApplicationInfo.FLAG_SUPPORTS_RTL
        val view = ConsentView(activity)
        view.show(waymark)
        val metrics = activity.resources.displayMetrics
        val width = MeasureSpec.makeMeasureSpec(metrics.widthPixels, MeasureSpec.EXACTLY)
        view.measure(width, MeasureSpec.makeMeasureSpec(metrics.heightPixels, MeasureSpec.AT_MOST))
        view.layout(0, 0, view.measuredWidth, view.measuredHeight)
        val picture = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        picture.eraseColor(groundOf(activity))
        view.draw(Canvas(picture))
        System.getenv("WAYMARK_PICTURES")?.let { folder ->
            File(folder, "$name.png").outputStream().use { picture.compress(Bitmap.CompressFormat.PNG, 100, it) }
        }
        return view
    }

    private fun groundOf(activity: Activity): Int {
        val found = activity.obtainStyledAttributes(intArrayOf(android.R.attr.colorBackground))
        return found.getColor(0, Color.WHITE).also { found.recycle() }
    }

    /** What is not folded away. */
    private fun below(view: View): List<View> = when {
        view.visibility != View.VISIBLE -> emptyList()
        view is ViewGroup -> listOf(view) + List(view.childCount, view::getChildAt).flatMap(::below)
        else -> listOf(view)
    }

    private fun texts(view: View) = below(view).filterIsInstance<TextView>()

    private fun answers(view: View) = texts(view).filter { it.text in listOf("Reject all", "Accept all") }

    /** Both have the same size, stand in sight, and no word is cut. */
    private fun check(view: ConsentView) {
        val (one, other) = answers(view)
        assertEquals(one.width to one.height, other.width to other.height)
        assertTrue(one.minHeight >= 48 * view.resources.displayMetrics.density)
        for (answer in listOf(one, other)) {
            val place = Rect(0, 0, answer.width, answer.height)
            view.offsetDescendantRectToMyCoords(answer, place)
            assertTrue("$place", place.top >= 0 && place.bottom <= view.height && place.right <= view.width)
        }
        for (text in texts(view)) {
            val layout = text.layout ?: continue
            assertTrue("${text.text}", layout.height + text.totalPaddingTop + text.totalPaddingBottom <= text.height)
        }
    }

    @Test
    fun `in light and dark`() {
        for ((name, theme) in listOf("light" to LIGHT, "dark" to DARK)) {
            check(draw("question-$name", theme, ConsentView::showQuestion))
            check(draw("centre-$name", theme, ConsentView::showSettings))
            draw("notice-$name", theme, ConsentView::showNotice)
        }
    }

    @Test
    @Config(qualifiers = "+ar-ldrtl")
    fun `from right to left`() {
        val view = draw("centre-ar", LIGHT, ConsentView::showSettings)
        assertEquals(View.LAYOUT_DIRECTION_RTL, view.layoutDirection)
    }

    @Test
    @Config(qualifiers = "+land")
    fun `at twice the size on its side the answers are in sight`() {
        RuntimeEnvironment.setFontScale(2f)
        check(draw("question-large", LIGHT, ConsentView::showQuestion))
    }

    private companion object {
        const val LIGHT = android.R.style.Theme_Material_Light_NoActionBar
        const val DARK = android.R.style.Theme_Material_NoActionBar
    }
}
