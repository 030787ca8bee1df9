package io.waymark.ui

import android.content.Context
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.text.TextUtils
import android.util.AttributeSet
import android.view.View
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.Toast
import io.waymark.Waymark
import io.waymark.ui.ConsentScreen.Layer
import java.util.Locale
import org.json.JSONObject

/**
 * The question, the notice, and behind "Settings" every purpose and vendor with a switch of its
 * own: the same policy, words and rules as on the web (`sdk/docs/banner.md`). It decides nothing:
 * what it shows is [ConsentScreens]', what is answered goes to `consent.set`.
 *
 * - To refuse takes one press, as to accept does, by buttons of the same size and look, which are
 *   in sight however long the words are.
 * - Nothing is on beforehand that is not allowed already.
 * - Colours and fonts are those of the theme of its context, light or dark.
 * - What changes elsewhere is drawn anew, save for a person who has begun to choose.
 */
class ConsentView @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : LinearLayout(context, attributes) {
    /** Called when the person has decided, here or elsewhere: time to take the view away. */
    var onDecided: Runnable? = null

    /** What is shown. */
    var screen: ConsentScreen? = null
        private set

    private val canvas = ConsentCanvas(context, ::press, ::move, ::openCentre)
    private val scroller = ScrollView(context)
    private val viewed = Runnable(::viewChanged)
    private var waymark: Waymark? = null
    private var screens: ConsentScreens? = null
    private var layer = Layer.QUESTION
    private var moved = emptyMap<String, Boolean>()
    private var log: JSONObject? = null
    private var generation = -1L

    init {
        orientation = VERTICAL
        scroller.addView(canvas.rows)
        addView(scroller, LayoutParams(LayoutParams.MATCH_PARENT, 0, 1f))
        addView(canvas.buttons, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT))
    }

    /** Asks what is due. */
    fun showQuestion(waymark: Waymark) = show(waymark, Layer.QUESTION)

    /** Tells what is on where nobody is asked before. */
    fun showNotice(waymark: Waymark) = show(waymark, Layer.NOTICE)

    /** Shows every purpose as it stands: the way back to each decision. */
    fun showSettings(waymark: Waymark) = show(waymark, Layer.CENTRE)

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        waymark?.addViewListener(viewed)
    }

    override fun onDetachedFromWindow() {
        waymark?.removeViewListener(viewed)
        super.onDetachedFromWindow()
    }

    private fun show(waymark: Waymark, layer: Layer) {
        if (isAttachedToWindow && this.waymark !== waymark) {
            this.waymark?.removeViewListener(viewed)
            waymark.addViewListener(viewed)
        }
        this.waymark = waymark
        this.layer = layer
        moved = emptyMap()
        log = null
        redraw()
        scroller.scrollTo(0, 0)
        if (layer == Layer.CENTRE) readLog()
    }

    private fun openCentre() {
        waymark?.let { show(it, Layer.CENTRE) }
    }

    // The choices so far take a moment: nobody waits for them.
    private fun readLog() {
        waymark?.consent?.records { answer ->
            Handler(Looper.getMainLooper()).post {
                log = answer
                redraw()
            }
        }
    }

    private fun viewChanged() {
        val state = waymark?.consent?.state ?: return
        val isNews = state.generation != generation
        val isAsked = state.due.isNotEmpty() || state.conflicts.isNotEmpty()
        when {
            layer == Layer.QUESTION && screen != null && !isAsked -> onDecided?.run()
            moved.isEmpty() -> redraw()
        }
        if (isNews && layer == Layer.CENTRE) readLog()
    }

    private fun redraw() {
        val waymark = waymark ?: return
        val screens = waymark.consent.screens(resources.configuration.languages()) ?: return
        this.screens = screens
        generation = waymark.consent.state?.generation ?: generation
        draw(
            when {
                layer == Layer.QUESTION && screens.isDue -> screens.question()
                layer == Layer.NOTICE -> screens.notice()
                else -> screens.centre(moved, log)
            },
        )
    }

    private fun draw(screen: ConsentScreen) {
        val isSame = this.screen?.let { it.layer == screen.layer && it.words == screen.words }
        this.screen = screen
        layer = screen.layer
        textDirection = View.TEXT_DIRECTION_LOCALE
        val locale = Locale.forLanguageTag(screen.language)
        layoutDirection = TextUtils.getLayoutDirectionFromLocale(locale)
        // Readers of the screen say it when it comes, and when it becomes another.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) accessibilityPaneTitle = screen.title
        if (isSame == true) canvas.update(screen) else canvas.draw(screen)
    }

    private fun move(id: String, on: Boolean) {
        val screens = screens ?: return
        moved = screens.move(moved, id, on)
        draw(screens.centre(moved, log))
    }

    private fun press(button: ConsentScreen.Button) {
        val choices = button.choices ?: return openCentre()
        val screen = screen ?: return
        waymark?.consent?.set(choices, screen.shown(button))
        moved = emptyMap()
        if (button.control != "ok") tell(screens?.savedWords)
        // Who takes back one thing may want to take back another.
        if (button.control != "withdraw") onDecided?.run()
    }

    private fun tell(words: String?) {
        if (!words.isNullOrEmpty()) Toast.makeText(context, words, Toast.LENGTH_SHORT).show()
    }
}
