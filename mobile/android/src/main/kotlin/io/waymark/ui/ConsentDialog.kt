package io.waymark.ui

import android.app.Activity
import android.app.Dialog
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.Gravity
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.Window
import android.view.WindowManager.LayoutParams.FLAG_DIM_BEHIND
import android.view.WindowManager.LayoutParams.FLAG_NOT_TOUCH_MODAL
import io.waymark.Waymark
import io.waymark.ui.ConsentScreen.Layer

/**
 * [ConsentView] over an activity. Who closes it without an answer has not answered, and is asked
 * again at the next start. The notice lies at the bottom and leaves the app usable.
 */
class ConsentDialog private constructor(
    activity: Activity,
    private val waymark: Waymark,
    private val layer: Layer,
) : Dialog(activity) {
    /** What is in it. */
    val view = ConsentView(context)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        requestWindowFeature(Window.FEATURE_NO_TITLE)
        view.onDecided = Runnable(::dismiss)
        when (layer) {
            Layer.QUESTION -> view.showQuestion(waymark)
            Layer.NOTICE -> view.showNotice(waymark)
            Layer.CENTRE -> view.showSettings(waymark)
        }
        // A screen reader's name of the window.
        setTitle(view.screen?.title)
        setContentView(view)
        setCanceledOnTouchOutside(false)
        val window = window ?: return
        window.setLayout(MATCH_PARENT, WRAP_CONTENT)
        window.setGravity(Gravity.BOTTOM)
        if (layer != Layer.NOTICE) return
        window.addFlags(FLAG_NOT_TOUCH_MODAL)
        window.clearFlags(FLAG_DIM_BEHIND)
    }

    /** Waits until something is due, and shows it once. */
    private class Asking(private val activity: Activity, private val waymark: Waymark) : Runnable {
        private var isOver = false
        private var judged = ""

        override fun run() {
            val state = waymark.consent.state
            when {
                isOver || activity.isFinishing || activity.isDestroyed -> end()
                state == null -> Unit
                waymark.consent.isDue -> show(Layer.QUESTION)
                state.model != "opt_in" -> judge("${state.model} ${state.generation}")
            }
        }

        // Whether the notice has been read stands in the decision log alone.
        private fun judge(now: String) {
            if (now == judged) return
            judged = now
            waymark.consent.records { log ->
                Handler(Looper.getMainLooper()).post {
                    val screens = waymark.consent.screens(emptyList())
                    val isDue = log != null && screens?.isNoticeDue(log) == true
                    if (isDue && !isOver) show(Layer.NOTICE)
                }
            }
        }

        private fun show(layer: Layer) {
            end()
            if (activity.isFinishing || activity.isDestroyed) return
            ConsentDialog(activity, waymark, layer).show()
        }

        private fun end() {
            isOver = true
            waymark.removeViewListener(this)
        }
    }

    companion object {
        /**
         * Shows the question as soon as the engine says that it is due, or, where nobody is asked
         * before, the notice until somebody has read it; one of them, once.
         */
        @JvmStatic
        fun askWhenDue(activity: Activity, waymark: Waymark) =
            waymark.addViewListener(Asking(activity, waymark))

        /** The way back: every purpose as it stands. */
        @JvmStatic
        fun showSettings(activity: Activity, waymark: Waymark): Dialog =
            ConsentDialog(activity, waymark, Layer.CENTRE).apply { show() }
    }
}
